"""The report of a run."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from tests.proof.calls import BOOKING, Call, Operation
from tests.proof.run import Outcome

# The number of complaints shown of each kind, since one bug often causes hundreds.
SHOWN = 2


def lines(outcome: Outcome) -> Iterator[str]:
    calls = outcome.calls
    yield f"Repeat with: {outcome.command}"
    yield f"Calls              {len(calls)}, {sum(call.response is not None for call in calls)} with a response"
    for operation in Operation:
        yield f"  {operation:<16} {_counted(Counter(c.outcome for c in calls if c.operation is operation))}"
    yield f"Sales              {sales(outcome)}"
    yield f"Refusals           {sum(call.response is not None and not call.succeeded for call in calls)}"
    yield f"Repeated           {sum(call.attempt > 1 for call in calls)}, replayed {_replays(calls)}"
    yield f"Clients            {_counted(outcome.actions)}"
    yield f"Proxy dropped      {_counted(outcome.dropped)}"
    yield f"Faults             {len(outcome.faults)}: {_counted(Counter(fault.kind for fault in outcome.faults))}"
    yield from _recoveries("First success after a fault, in seconds", recovery_seconds(outcome))
    if outcome.seconds_to_resume is not None:
        title = f"First change after a fault, in seconds (at most {outcome.seconds_to_resume:g})"
        yield from _recoveries(title, seconds_to_change(outcome))
    checked = outcome.checked
    yield (
        f"Checked            {checked.seats} seats, {checked.seat_calls} parts of calls, {checked.steps} steps, "
        f"{outcome.seconds_to_check:.1f} s"
    )
    yield from _verdict(outcome)


def held(outcome: Outcome) -> bool:
    """Whether every check passed, and enough happened for that to mean something."""
    problems = [*outcome.checked.complaints, *late(outcome), *shortcomings(outcome)]
    return outcome.is_verified and outcome.failure is None and not problems


def late(outcome: Outcome) -> Iterator[str]:
    """The faults after which no change was acknowledged in time."""
    if outcome.seconds_to_resume is None:
        return
    for kind, seconds in seconds_to_change(outcome):
        if seconds > outcome.seconds_to_resume:
            yield f"no change was acknowledged for {seconds:.1f} s after: {kind}"


def shortcomings(outcome: Outcome) -> Iterator[str]:
    """Required events that did not happen. Without them, the run proves nothing."""
    if not sales(outcome):
        yield "nothing was sold"
    outcomes = Counter(call.outcome for call in outcome.calls)
    if not outcomes["SeatsTaken"]:
        yield "no call was refused as SeatsTaken"
    if not outcome.faults:
        yield "no fault was injected"
    if not any(call.response is None for call in outcome.calls):
        yield "no response was lost"
    recoveries = recovery_seconds(outcome) if outcome.seconds_to_resume is None else seconds_to_change(outcome)
    if len(recoveries) < len(outcome.faults):
        yield "no call succeeded after one of the faults"


def sales(outcome: Outcome) -> int:
    """The number of bookings that were confirmed, according to the responses."""
    sold = {Operation.BOOK, Operation.CONFIRM}
    return len({call.booked.id for call in outcome.calls if call.booked and call.operation in sold})


def recovery_seconds(outcome: Outcome) -> list[tuple[str, float]]:
    """The seconds from each fault to the end of the first successful call that began after it."""
    return _seconds_until(outcome, (call for call in outcome.calls if call.succeeded))


def seconds_to_change(outcome: Outcome) -> list[tuple[str, float]]:
    """The seconds from each fault to the end of the first acknowledged change that began after it."""
    return _seconds_until(outcome, (call for call in outcome.calls if call.booked))


def _seconds_until(outcome: Outcome, calls: Iterable[Call]) -> list[tuple[str, float]]:
    succeeded = sorted((call.start, call.end) for call in calls)
    starts = [start for start, _ in succeeded]
    found = []
    for fault in outcome.faults:
        ends = [end for _, end in succeeded[bisect_left(starts, fault.at) :]]
        if ends:
            found.append((fault.kind, (min(ends) - fault.at) / 1e9))
    return found


def _recoveries(title: str, times: Sequence[tuple[str, float]]) -> Iterator[str]:
    if not times:
        return
    yield title
    width = max(20, *(len(kind) for kind, _ in times))
    for kind in sorted({kind for kind, _ in times}):
        yield f"  {kind:<{width}} {_median_and_worst([seconds for each, seconds in times if each == kind])}"
    yield f"  {'all':<{width}} {_median_and_worst([seconds for _, seconds in times])}"


def _verdict(outcome: Outcome) -> Iterator[str]:
    found = outcome.checked.complaints
    for kind in dict.fromkeys(complaint.kind for complaint in found):
        alike = [complaint.text for complaint in found if complaint.kind is kind]
        yield f"WRONG  {len(alike)} times: {kind}"
        yield from (f"  {text}" for text in alike[:SHOWN])
    yield from (f"Stored bookings    {line}" for line in outcome.verification)
    if outcome.failure is not None:
        yield f"FAILED  {outcome.failure}"
    for delay in late(outcome):
        yield f"LATE  {delay}"
    for shortcoming in shortcomings(outcome):
        yield f"PROVES NOTHING  {shortcoming}"
    yield "The promise held." if held(outcome) else "The promise did NOT hold, or the run proves nothing."


def _replays(calls: Sequence[Call]) -> int:
    keyed = Counter((c.user, c.key) for c in calls if c.key and c.outcome == BOOKING)
    return sum(count - 1 for count in keyed.values())


def _median_and_worst(seconds: list[float]) -> str:
    return f"median {median(seconds):.2f}, worst {max(seconds):.2f} ({len(seconds)})"


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{what} {count}" for what, count in counter.most_common()) or "none"

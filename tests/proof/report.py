"""The report of a run."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from tests.proof.calls import BOOKING, Call, Operation
from tests.proof.run import Outcome

# The number of complaints shown of each kind, since one bug often causes hundreds.
SHOWN = 2


def lines(outcome: Outcome) -> Iterator[str]:
    options, calls = outcome.options, outcome.calls
    more = f" --isolation '{options.isolation}'" if options.database == "postgresql" else ""
    more += f" --seeded-bug {options.seeded_bug}" if options.seeded_bug else ""
    yield (
        f"Repeat with: python -m tests.proof --seconds {options.seconds:g} --seed {options.seed} "
        f"--database {options.database}{more}"
    )
    yield f"Calls              {len(calls)}, {sum(call.response is not None for call in calls)} with a response"
    for operation in Operation:
        yield f"  {operation:<16} {_counted(Counter(c.outcome for c in calls if c.operation is operation))}"
    yield f"Sales              {sales(outcome)}"
    yield f"Refusals           {sum(call.response is not None and not call.succeeded for call in calls)}"
    yield f"Repeated           {sum(call.attempt > 1 for call in calls)}, replayed {_replays(calls)}"
    yield f"Clients            {_counted(outcome.actions)}"
    yield f"Proxy dropped      {_counted(outcome.dropped)}"
    yield f"Faults             {len(outcome.faults)}: {_counted(Counter(fault.kind for fault in outcome.faults))}"
    yield from _recoveries(outcome)
    checked = outcome.checked
    yield (
        f"Checked            {checked.seats} seats, {checked.seat_calls} parts of calls, {checked.steps} steps, "
        f"{outcome.seconds_to_check:.1f} s"
    )
    yield from _verdict(outcome)


def held(outcome: Outcome) -> bool:
    """Whether every check passed, and enough happened for that to mean something."""
    return outcome.is_verified and not outcome.checked.complaints and not list(shortcomings(outcome))


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
    if len(recovery_seconds(outcome)) < len(outcome.faults):
        yield "no call succeeded after one of the faults"


def sales(outcome: Outcome) -> int:
    """The number of bookings that were confirmed, according to the responses."""
    sold = {Operation.BOOK, Operation.CONFIRM}
    return len({call.booked.id for call in outcome.calls if call.booked and call.operation in sold})


def recovery_seconds(outcome: Outcome) -> list[tuple[str, float]]:
    """The seconds from each fault to the end of the first successful call that began after it."""
    succeeded = sorted((c.start, c.end) for c in outcome.calls if c.succeeded)
    starts = [start for start, _ in succeeded]
    found = []
    for fault in outcome.faults:
        ends = [end for _, end in succeeded[bisect_left(starts, fault.at) :]]
        if ends:
            found.append((fault.kind, (min(ends) - fault.at) / 1e9))
    return found


def _recoveries(outcome: Outcome) -> Iterator[str]:
    times = recovery_seconds(outcome)
    if not times:
        return
    yield "First success after a fault, in seconds"
    for kind in sorted({kind for kind, _ in times}):
        yield f"  {kind:<20} {_median_and_worst([seconds for each, seconds in times if each == kind])}"
    yield f"  {'all':<20} {_median_and_worst([seconds for _, seconds in times])}"


def _verdict(outcome: Outcome) -> Iterator[str]:
    found = outcome.checked.complaints
    for kind in dict.fromkeys(complaint.kind for complaint in found):
        alike = [complaint.text for complaint in found if complaint.kind is kind]
        yield f"WRONG  {len(alike)} times: {kind}"
        yield from (f"  {text}" for text in alike[:SHOWN])
    yield from (f"Stored bookings    {line}" for line in outcome.verification)
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

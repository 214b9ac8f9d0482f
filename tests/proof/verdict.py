"""All checks of a run. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.proof import attribution, availability, ownership, possible_ownership, responses, tables
from tests.proof.calls import NEVER, Call
from tests.proof.checker import DEFAULT_BUDGET, Result, Verdict, check
from tests.proof.complaints import Complaint, Kind
from tests.proof.history import seat_histories
from tests.proof.model import Part, SeatCall, State
from tests.proof.possible_ownership import Seat
from tests.proof.rows import Rows
from tests.proof.rules import Rules

# The number of calls shown before the one that no order explains.
SHOWN = 25


@dataclass
class Checked:
    complaints: list[Complaint] = field(default_factory=list)
    seats: int = 0
    seat_calls: int = 0
    steps: int = 0


def of_run(
    calls: Sequence[Call], rows: Rows, *, rules: Rules, ended_at: int, tolerance: int, budget: int = DEFAULT_BUDGET
) -> Checked:
    """Check everything, and return the complaints and some counts."""
    attributed = attribution.attribute(calls, rows)
    possibly_owned = list(possible_ownership.possibly_owned(calls, rows, attributed=attributed, rules=rules))
    checked = Checked(
        [
            *ownership.complaints(calls, rules=rules, tolerance=tolerance),
            *responses.complaints(calls, rules=rules),
            *availability.complaints(calls, possibly_owned, tolerance=tolerance),
            *tables.complaints(calls, rows, attributed=attributed, rules=rules),
        ]
    )
    histories = seat_histories(
        calls,
        rows,
        attributed=attributed,
        possibly_owned=possibly_owned,
        rules=rules,
        ended_at=ended_at,
        tolerance=tolerance,
    )
    for seat, history in sorted(histories.items()):
        result = check(history, tolerance=tolerance, budget=budget)
        checked.seats += 1
        checked.seat_calls += len(history)
        checked.steps += result.steps
        if result.verdict is not Verdict.HOLDS:
            checked.complaints.append(_complaint(seat, history, result))
    return checked


def _complaint(seat: Seat, history: Sequence[SeatCall], result: Result) -> Complaint:
    show, label = seat
    if result.stuck is None:
        text = f"Seat {label} of show {show}: undecided, there are too many possible orders of its calls"
        return Complaint(Kind.UNDECIDED, text)
    text = "\n".join(
        [
            f"Seat {label} of show {show}: no order of its calls explains {_call_text(result.stuck, result.stuck)}",
            *(f"    the seat may have been {_state_text(result.stuck, state)}" for state in result.before),
            "  the calls until then, by start; times in milliseconds from the end of that call:",
            *_calls_until(result.stuck, history),
        ]
    )
    return Complaint(Kind.NO_ORDER, text)


def _calls_until(stuck: SeatCall, history: Sequence[SeatCall]) -> Iterator[str]:
    earlier = sorted((call for call in history if call.start <= stuck.end), key=lambda call: (call.start, call.end))
    for call in earlier[-SHOWN:]:
        mark = ">>" if call is stuck else "  "
        yield f"  {mark} {_from(stuck, call.start):>9} to {_from(stuck, call.end):>9}  {_call_text(stuck, call)}"


def _call_text(stuck: SeatCall, call: SeatCall) -> str:
    words = [f"user {call.user} {call.part}"]
    if call.booking is not None:
        words.append(f"booking {call.booking}")
    if call.until is not None:
        words.append(f"until {_from(stuck, call.until)}")
    if call.part in {Part.SEEN_HELD, Part.SEEN_SOLD}:
        words.append("as mine" if call.mine else "as another's")
    if not call.certain:
        words.append("if it had an effect")
    if call.note:
        words.append(call.note)
    return ", ".join(words)


def _state_text(stuck: SeatCall, state: State) -> str:
    if state.owner is None:
        return "free"
    status = "sold" if state.owner.until is None else f"held until {_from(stuck, state.owner.until)}"
    return f"{status}, by user {state.owner.user} with booking {state.owner.booking}"


def _from(stuck: SeatCall, moment: int) -> str:
    return "any time" if moment == NEVER else f"{(moment - stuck.end) / 1e6:.1f}"

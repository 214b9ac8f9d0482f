"""No call is refused as `NotEnoughSeats` while enough seats are free. Pure.

`NotEnoughSeats` is about a whole show, so it is not checked seat by seat: a seat was certainly free during a call if
nobody can have owned it then.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tests.proof import possible_ownership
from tests.proof.calls import Call
from tests.proof.complaints import Complaint, Kind
from tests.proof.possible_ownership import PossibleOwnership, Seat


def complaints(
    calls: Sequence[Call], possibly_owned: Sequence[PossibleOwnership], *, tolerance: int
) -> Iterator[Complaint]:
    by_seat: dict[Seat, list[PossibleOwnership]] = defaultdict(list)
    for each in possibly_owned:
        by_seat[each.seat].append(each)
    seats_by_show: dict[int, set[Seat]] = defaultdict(set)
    for call in calls:
        if call.response and call.show is not None:
            seats_by_show[call.show] |= {(call.show, label) for label in call.response.seat_map}
    for call in calls:
        # Seats that must be together may be missing although enough seats are free.
        if call.response and call.response.kind == "NotEnoughSeats" and call.show is not None and not call.together:
            free = [
                seat
                for seat in seats_by_show[call.show]
                if not possible_ownership.during(by_seat[seat], call, tolerance=tolerance)
            ]
            if len(free) >= call.count:
                text = f"User {call.user} was refused {call.count} seats at {call.start}, and {sorted(free)} were free"
                yield Complaint(Kind.UNEXPECTED, text)

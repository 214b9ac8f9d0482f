"""Nobody is sent away for want of seats while there are enough. Pure.

`NotEnoughSeats` is about a whole house, so it is not checked seat by seat: a seat was surely free during a call if
nothing that may have happened to it can have kept it then.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.proof.calls import NEVER, Call, Operation
from tests.proof.complaints import Complaint, Kind
from tests.proof.history import Rules, Seat, seats_of_bookings
from tests.proof.rows import Rows
from tests.proof.stories import Story, stories


class Kept(NamedTuple):
    """From when until when a seat may have been somebody's."""

    since: int
    until: int


def complaints(
    calls: Sequence[Call], rows: Rows, *, makers: Mapping[int, Call], rules: Rules, tolerance: int
) -> Iterator[Complaint]:
    """`makers`: see `makers.found`."""
    told = list(stories(calls))
    kept = _perhaps_kept(told, seats_of_bookings(told, rows), makers, rules)
    houses: dict[int, set[Seat]] = defaultdict(set)
    for call in calls:
        if call.answer and call.show is not None:
            houses[call.show] |= {(call.show, label) for label in call.answer.seat_map}
    for call in calls:
        # Together they may not be, though there are enough.
        if call.answer and call.answer.kind == "NotEnoughSeats" and call.show is not None and not call.together:
            free = [seat for seat in houses[call.show] if _surely_free(kept[seat], call, tolerance)]
            if len(free) >= call.count:
                text = f"User {call.user} was refused {call.count} seats at {call.start}, and {sorted(free)} were free"
                yield Complaint(Kind.UNEXPECTED, text)


def _surely_free(kept: Sequence[Kept], call: Call, tolerance: int) -> bool:
    return all(each.until + tolerance < call.start or call.end < each.since for each in kept)


def _perhaps_kept(
    told: Sequence[Story], seats: Mapping[int, frozenset[Seat]], makers: Mapping[int, Call], rules: Rules
) -> dict[Seat, list[Kept]]:
    about: dict[int, list[Story]] = defaultdict(list)
    for story in told:
        about[story.about].append(story)
    made = {call: booking for booking, call in makers.items()}
    kept: dict[Seat, list[Kept]] = defaultdict(list)
    for story in told:
        if not story.first.makes_a_booking:
            continue
        untold = (made[call] for call in story.unanswered if call in made)
        booking = story.booking if story.told else next(untold, None)
        if booking is not None:
            for seat in seats[booking]:
                kept[seat].append(Kept(story.start, _until(story, about[booking], seat, rules)))
    return kept


def _until(maker: Story, later: Sequence[Story], seat: Seat, rules: Rules) -> int:
    """Until when the seat may have been kept, by all that was asked for about its booking."""
    created_at = maker.made.created_at if maker.made else NEVER
    ran_out = created_at + rules.hold
    confirms = [story for story in later if story.operation is Operation.CONFIRM and story.start < NEVER]
    extends = [story for story in later if story.operation is Operation.EXTEND and story.start < NEVER]
    sold_by = min((story.end for story in confirms), default=NEVER)
    if maker.operation is Operation.BOOK:
        until, sold_by = NEVER, 0
    elif confirms or not maker.told:
        until = NEVER
    else:
        until = created_at + rules.hold_at_most if extends else ran_out
    for story in later:
        gives_back = story.operation is Operation.CANCEL and (story.seats is None or seat[1] in story.seats)
        # Of a hold that may have run out before, nothing was given back, and it may still be confirmed.
        if gives_back and story.told and (story.end < ran_out or sold_by < story.start):
            until = min(until, story.end)
    return until

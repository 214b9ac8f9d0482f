"""Who may have had which seat, from when until when, at the very most. Pure.

What nothing that may have happened can have kept was surely free; and who has fewer seats than a limit allows even if
all that may be was theirs, was surely below it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.proof.calls import NEVER, Call, Operation
from tests.proof.logical_calls import Story, stories
from tests.proof.rows import Rows
from tests.proof.rules import Rules

Seat = tuple[int, str]


class Kept(NamedTuple):
    """A seat that may have been somebody's."""

    seat: Seat
    booking: int
    user: int
    since: int
    until: int


def perhaps(calls: Iterable[Call], rows: Rows, *, makers: Mapping[int, Call], rules: Rules) -> Iterator[Kept]:
    """Each seat of each booking once. `makers`: see `makers.found`."""
    told = list(stories(calls))
    seats = seats_of_bookings(told, rows)
    about: dict[int, list[Story]] = defaultdict(list)
    for story in told:
        about[story.about].append(story)
    made = {call: booking for booking, call in makers.items()}
    for story in told:
        if not story.first.makes_a_booking:
            continue
        untold = (made[call] for call in story.unanswered if call in made)
        booking = story.booking if story.told else next(untold, None)
        if booking is not None:
            for seat in seats[booking]:
                yield Kept(seat, booking, story.user, story.start, _until(story, about[booking], seat, rules))


def seats_of_bookings(told: Iterable[Story], rows: Rows) -> dict[int, frozenset[Seat]]:
    """Of each booking, from the tables and the answers together."""
    found: dict[int, set[Seat]] = defaultdict(set)
    for ticket in rows.tickets:
        found[ticket.booking].add((ticket.show, ticket.seat))
    for story in told:
        if story.made is not None and story.show is not None:
            found[story.made.id] |= {(story.show, label) for label in story.made.seats}
    return {booking: frozenset(seats) for booking, seats in found.items()}


def during(kept: Iterable[Kept], call: Call, *, tolerance: int) -> list[Kept]:
    """Those that may have been somebody's at some moment of the call."""
    return [each for each in kept if each.since <= call.end and call.start <= each.until + tolerance]


def most_at_once(kept: Iterable[Kept], call: Call, *, tolerance: int) -> int:
    """How many of them may have been somebody's at one moment of the call."""
    near = during(kept, call, tolerance=tolerance)
    # Their number grows only where one begins.
    moments = {max(call.start, each.since) for each in near}
    return max((sum(each.since <= at <= each.until + tolerance for each in near) for at in moments), default=0)


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

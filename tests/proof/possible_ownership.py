"""The longest time each user may have had each seat. Pure.

A seat that no possible ownership covers was certainly free. A user whose possible seats are fewer than a limit allows
was certainly below the limit.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.proof.calls import NEVER, Call, Operation
from tests.proof.logical_calls import LogicalCall, logical_calls
from tests.proof.rows import Rows
from tests.proof.rules import Rules

Seat = tuple[int, str]


class PossibleOwnership(NamedTuple):
    """A seat that may have been somebody's."""

    seat: Seat
    booking: int
    user: int
    since: int
    until: int


def possibly_owned(
    calls: Iterable[Call], rows: Rows, *, attributed: Mapping[int, Call], rules: Rules
) -> Iterator[PossibleOwnership]:
    """Each seat of each booking once. `attributed`: see `attributed.found`."""
    logical = list(logical_calls(calls))
    seats = seats_of_bookings(logical, rows)
    about: dict[int, list[LogicalCall]] = defaultdict(list)
    for logical_call in logical:
        about[logical_call.about].append(logical_call)
    made = {call: booking for booking, call in attributed.items()}
    for logical_call in logical:
        if not logical_call.first.makes_a_booking:
            continue
        unacknowledged = (made[call] for call in logical_call.unanswered if call in made)
        booking = logical_call.booking if logical_call.acknowledged else next(unacknowledged, None)
        if booking is not None:
            for seat in seats[booking]:
                yield PossibleOwnership(
                    seat,
                    booking,
                    logical_call.user,
                    logical_call.start,
                    _until(logical_call, about[booking], seat, rules),
                )


def seats_of_bookings(logical: Iterable[LogicalCall], rows: Rows) -> dict[int, frozenset[Seat]]:
    """Of each booking, from the tables and the answers together."""
    found: dict[int, set[Seat]] = defaultdict(set)
    for ticket in rows.tickets:
        found[ticket.booking].add((ticket.show, ticket.seat))
    for logical_call in logical:
        if logical_call.made is not None and logical_call.show is not None:
            found[logical_call.made.id] |= {(logical_call.show, label) for label in logical_call.made.seats}
    return {booking: frozenset(seats) for booking, seats in found.items()}


def during(kept: Iterable[PossibleOwnership], call: Call, *, tolerance: int) -> list[PossibleOwnership]:
    """Those that may have been somebody's at some moment of the call."""
    return [each for each in kept if each.since <= call.end and call.start <= each.until + tolerance]


def most_at_once(kept: Iterable[PossibleOwnership], call: Call, *, tolerance: int) -> int:
    """How many of them may have been somebody's at one moment of the call."""
    near = during(kept, call, tolerance=tolerance)
    # Their number grows only where one begins.
    moments = {max(call.start, each.since) for each in near}
    return max((sum(each.since <= at <= each.until + tolerance for each in near) for at in moments), default=0)


def _until(maker: LogicalCall, later: Sequence[LogicalCall], seat: Seat, rules: Rules) -> int:
    """Until when the seat may have been kept, by all that was asked for about its booking."""
    created_at = maker.made.created_at if maker.made else NEVER
    ran_out = created_at + rules.hold
    confirms = [
        logical_call
        for logical_call in later
        if logical_call.operation is Operation.CONFIRM and logical_call.start < NEVER
    ]
    extends = [
        logical_call
        for logical_call in later
        if logical_call.operation is Operation.EXTEND and logical_call.start < NEVER
    ]
    sold_by = min((logical_call.end for logical_call in confirms), default=NEVER)
    if maker.operation is Operation.BOOK:
        until, sold_by = NEVER, 0
    elif confirms or not maker.acknowledged:
        until = NEVER
    else:
        until = created_at + rules.hold_at_most if extends else ran_out
    for logical_call in later:
        gives_back = logical_call.operation is Operation.CANCEL and (
            logical_call.seats is None or seat[1] in logical_call.seats
        )
        # Of a hold that may have run out before, nothing was given back, and it may still be confirmed.
        if gives_back and logical_call.acknowledged and (logical_call.end < ran_out or sold_by < logical_call.start):
            until = min(until, logical_call.end)
    return until

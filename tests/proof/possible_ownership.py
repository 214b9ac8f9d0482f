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
    """The longest time that a booking may have owned a seat."""

    seat: Seat
    booking: int
    user: int
    since: int
    until: int


def possibly_owned(
    calls: Iterable[Call], rows: Rows, *, attributed: Mapping[int, Call], rules: Rules
) -> Iterator[PossibleOwnership]:
    """Each seat of each booking once. `attributed`: see `attribution`."""
    logical = list(logical_calls(calls))
    seats = seats_of_bookings(logical, rows)
    about: dict[int, list[LogicalCall]] = defaultdict(list)
    for logical_call in logical:
        about[logical_call.about].append(logical_call)
    created = {call: booking for booking, call in attributed.items()}
    for logical_call in logical:
        if not logical_call.first.creates_a_booking:
            continue
        unacknowledged = (created[call] for call in logical_call.without_response if call in created)
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
    """The seats of each booking, from the tables and the responses."""
    found: dict[int, set[Seat]] = defaultdict(set)
    for ticket in rows.tickets:
        found[ticket.booking].add((ticket.show, ticket.seat))
    for logical_call in logical:
        if logical_call.created is not None and logical_call.show is not None:
            found[logical_call.created.id] |= {(logical_call.show, label) for label in logical_call.created.seats}
    return {booking: frozenset(seats) for booking, seats in found.items()}


def during(owned: Iterable[PossibleOwnership], call: Call, *, tolerance: int) -> list[PossibleOwnership]:
    """The seats that may have been owned at some moment of the call."""
    return [each for each in owned if each.since <= call.end and call.start <= each.until + tolerance]


def most_at_once(owned: Iterable[PossibleOwnership], call: Call, *, tolerance: int) -> int:
    """The largest number of them that may have been owned at one moment of the call."""
    near = during(owned, call, tolerance=tolerance)
    # The number grows only where an ownership begins.
    moments = {max(call.start, each.since) for each in near}
    return max((sum(each.since <= at <= each.until + tolerance for each in near) for at in moments), default=0)


def _until(creator: LogicalCall, later: Sequence[LogicalCall], seat: Seat, rules: Rules) -> int:
    """The latest possible end of the ownership, by all calls about the booking."""
    created_at = creator.created.created_at if creator.created else NEVER
    expired = created_at + rules.hold
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
    if creator.operation is Operation.BOOK:
        until, sold_by = NEVER, 0
    elif confirms or not creator.acknowledged:
        until = NEVER
    else:
        until = created_at + rules.hold_at_most if extends else expired
    for logical_call in later:
        cancels = logical_call.operation is Operation.CANCEL and (
            logical_call.seats is None or seat[1] in logical_call.seats
        )
        # Cancelling a hold that may have expired before has no effect, and the hold may still be confirmed.
        if cancels and logical_call.acknowledged and (logical_call.end < expired or sold_by < logical_call.start):
            until = min(until, logical_call.end)
    return until

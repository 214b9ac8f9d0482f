"""Finds the call that created each booking that no response shows. Pure."""

from collections.abc import Iterable, Sequence

from tests.proof.calls import Call, Operation
from tests.proof.logical_calls import logical_calls
from tests.proof.rows import BookingRow, Rows


def attribute(calls: Sequence[Call], rows: Rows) -> dict[int, Call]:
    """The call that created each booking, by booking: a call of the same user and seats, without a response.

    A call with a key is found by its key. A call without one is matched. If several match, it makes no difference which
    of them it was, since each may have taken effect at any moment after its start.
    """
    logical = list(logical_calls(calls))
    known = {logical_call.booking for logical_call in logical}
    unacknowledged = [
        logical_call.without_response[0]
        for logical_call in logical
        if logical_call.first.creates_a_booking and logical_call.without_response and not logical_call.acknowledged
    ]
    keys = {(row.user, row.key): row.booking for row in rows.keys}
    keyed = {keys[call.user, call.key]: call for call in unacknowledged if call.key and (call.user, call.key) in keys}
    unkeyed = sorted((call for call in unacknowledged if not call.key), key=lambda call: call.start)
    others = [row for row in rows.bookings.values() if row.id not in known and row.id not in keyed]
    return keyed | _matched(others, unkeyed, rows)


def _matched(bookings: Iterable[BookingRow], calls: list[Call], rows: Rows) -> dict[int, Call]:
    seats = {booking: {ticket.seat for ticket in tickets} for booking, tickets in rows.tickets_of().items()}
    matched: dict[int, Call] = {}
    for booking in sorted(bookings, key=lambda row: row.created_at):
        creator = next((call for call in calls if _may_have_created(call, booking, seats[booking.id])), None)
        if creator:
            matched[booking.id] = creator
            calls.remove(creator)
    return matched


def _may_have_created(call: Call, booking: BookingRow, seats: set[str]) -> bool:
    # SQLite's clock has milliseconds.
    since = call.start - call.start % 1_000_000
    if (call.user, call.show) != (booking.user, booking.show) or booking.created_at < since:
        return False
    if call.operation is Operation.BOOK and booking.confirmed_at is None:
        return False
    return call.seats == seats if call.seats is not None else call.count == len(seats)

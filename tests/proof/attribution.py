"""Who made the bookings that nobody was told of. Pure."""

from collections.abc import Iterable, Sequence

from tests.proof.calls import Call, Operation
from tests.proof.logical_calls import stories
from tests.proof.rows import BookingRow, Rows


def found(calls: Sequence[Call], rows: Rows) -> dict[int, Call]:
    """By booking, the call that made it: one that was never answered, of its user and for these seats.

    A keyed call is known by its key. One without is matched: which of several alike it was makes no difference, since
    each may have had its effect at any moment after its start.
    """
    told = list(stories(calls))
    known = {story.booking for story in told}
    untold = [
        story.unanswered[0] for story in told if story.first.makes_a_booking and story.unanswered and not story.told
    ]
    keys = {(row.user, row.key): row.booking for row in rows.keys}
    keyed = {keys[call.user, call.key]: call for call in untold if call.key and (call.user, call.key) in keys}
    unkeyed = sorted((call for call in untold if not call.key), key=lambda call: call.start)
    others = [row for row in rows.bookings.values() if row.id not in known and row.id not in keyed]
    return keyed | _matched(others, unkeyed, rows)


def _matched(bookings: Iterable[BookingRow], calls: list[Call], rows: Rows) -> dict[int, Call]:
    seats = {booking: {ticket.seat for ticket in tickets} for booking, tickets in rows.tickets_of().items()}
    matched: dict[int, Call] = {}
    for booking in sorted(bookings, key=lambda row: row.created_at):
        maker = next((call for call in calls if _may_have_made(call, booking, seats[booking.id])), None)
        if maker:
            matched[booking.id] = maker
            calls.remove(maker)
    return matched


def _may_have_made(call: Call, booking: BookingRow, seats: set[str]) -> bool:
    # SQLite's clock is cut to milliseconds.
    since = call.start - call.start % 1_000_000
    if (call.user, call.show) != (booking.user, booking.show) or booking.created_at < since:
        return False
    if call.operation is Operation.BOOK and booking.confirmed_at is None:
        return False
    return call.seats == seats if call.seats is not None else call.count == len(seats)

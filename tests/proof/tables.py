"""Contradictions within the tables, and between tables and responses. Pure: takes rows, yields complaints."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.proof.calls import BookingSeen, Call
from tests.proof.complaints import Complaint, Kind
from tests.proof.logical_calls import LogicalCall, logical_calls
from tests.proof.rows import BookingRow, Rows
from tests.proof.rules import Rules


def complaints(
    calls: Sequence[Call], rows: Rows, *, attributed: Mapping[int, Call], rules: Rules
) -> Iterator[Complaint]:
    """Acknowledged bookings that are missing, bookings without a call, and contradictory rows."""
    logical = list(logical_calls(calls))
    yield from _lost(logical, rows)
    yield from _wrong_keys(logical, rows)
    explained = {logical_call.booking for logical_call in logical} | attributed.keys()
    for booking in rows.bookings.values():
        if booking.id not in explained:
            text = f"No call created booking {booking.id} of user {booking.user} for show {booking.show}"
            yield Complaint(Kind.UNASKED, text)
    yield from _owned_twice(rows)
    yield from _keys_twice(rows)
    yield from _inconsistent(rows, rules)


def _lost(logical: Iterable[LogicalCall], rows: Rows) -> Iterator[Complaint]:
    tickets = rows.tickets_of()
    for logical_call in logical:
        if logical_call.booking is None:
            continue
        row = rows.bookings.get(logical_call.booking)
        if row is None:
            text = f"Booking {logical_call.booking} was acknowledged to user {logical_call.user} and is lost"
            yield Complaint(Kind.LOST, text)
        elif logical_call.created is not None:
            yield from _changed(
                logical_call.created, logical_call, row, sorted(ticket.seat for ticket in tickets[row.id])
            )


def _changed(created: BookingSeen, logical_call: LogicalCall, row: BookingRow, seats: list[str]) -> Iterator[Complaint]:
    if seats != sorted(created.seats):
        text = f"Booking {row.id} was acknowledged for {sorted(created.seats)} and has tickets for {seats}"
        yield Complaint(Kind.LOST, text)
    if (row.user, row.show) != (logical_call.user, logical_call.show):
        text = (
            f"Booking {row.id} was acknowledged to user {logical_call.user} for show {logical_call.show}, and is {row}"
        )
        yield Complaint(Kind.LOST, text)


def _wrong_keys(logical: Iterable[LogicalCall], rows: Rows) -> Iterator[Complaint]:
    stored = {(row.user, row.key): row.booking for row in rows.keys}
    for logical_call in logical:
        key = logical_call.first.key
        if (
            key is not None
            and logical_call.acknowledged
            and stored.get((logical_call.user, key)) != logical_call.booking
        ):
            text = f"Key {key} of user {logical_call.user} does not refer to booking {logical_call.booking}"
            yield Complaint(Kind.KEY, f"{text}, but for {stored.get((logical_call.user, key))}")


def _owned_twice(rows: Rows) -> Iterator[Complaint]:
    owners = Counter((ticket.show, ticket.seat) for ticket in rows.tickets if ticket.unreleased)
    for (show, seat), count in owners.items():
        if count > 1:
            bookings = sorted(t.booking for t in rows.tickets if t.unreleased and (t.show, t.seat) == (show, seat))
            yield Complaint(
                Kind.OWNED_TWICE, f"Seat {seat} of show {show} is owned {count} times, by bookings {bookings}"
            )


def _keys_twice(rows: Rows) -> Iterator[Complaint]:
    for (user, key), count in Counter((row.user, row.key) for row in rows.keys).items():
        if count > 1:
            yield Complaint(Kind.KEY, f"Key {key} of user {user} is stored {count} times")


def _inconsistent(rows: Rows, rules: Rules) -> Iterator[Complaint]:
    """A booking and its tickets agree, and a hold has one of the allowed lifetimes."""
    tickets = rows.tickets_of()
    for booking in rows.bookings.values():
        expiries = {ticket.expires_at for ticket in tickets[booking.id] if ticket.unreleased}
        allowed = {"HELD": {booking.expires_at}, "CONFIRMED": {None}}.get(booking.status, set())
        if expiries != allowed:
            yield Complaint(
                Kind.INCONSISTENT,
                f"Booking {booking.id} is {booking.status}, and its tickets expire at {expiries or 'now'}",
            )
        lifetimes = {booking.created_at + rules.hold, booking.created_at + rules.hold_at_most}
        if booking.expires_at is not None and booking.expires_at not in lifetimes:
            yield Complaint(
                Kind.INCONSISTENT,
                f"Booking {booking.id} was created at {booking.created_at} and expires at {booking.expires_at}",
            )

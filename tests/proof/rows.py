"""The rows in the tables at the end of a run, read without the application."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

Moment = datetime | str

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Reader(Protocol):
    """A database that can be queried."""

    def query(self, sql: str) -> list[tuple[Any, ...]]: ...


@dataclass(frozen=True)
class TicketRow:
    booking: int
    show: int
    seat: str
    expires_at: int | None
    released_at: int | None

    @property
    def unreleased(self) -> bool:
        return self.released_at is None

    @property
    def cancelled(self) -> bool:
        """Whether the ticket was released before its expiry."""
        return self.released_at is not None and (self.expires_at is None or self.released_at < self.expires_at)


@dataclass(frozen=True)
class BookingRow:
    id: int
    user: int
    show: int
    status: str
    created_at: int
    expires_at: int | None
    confirmed_at: int | None


@dataclass(frozen=True)
class KeyRow:
    user: int
    key: str
    booking: int


@dataclass(frozen=True)
class Rows:
    bookings: dict[int, BookingRow] = field(default_factory=dict)
    tickets: Sequence[TicketRow] = ()
    keys: Sequence[KeyRow] = ()

    def tickets_of(self) -> dict[int, list[TicketRow]]:
        """The tickets of each booking."""
        found: dict[int, list[TicketRow]] = {booking: [] for booking in self.bookings}
        for ticket in self.tickets:
            found.setdefault(ticket.booking, []).append(ticket)
        return found


def read(database: Reader) -> Rows:
    bookings = database.query(
        "SELECT id, user_id, show_id, status, created_at, expires_at, confirmed_at FROM cinema_booking ORDER BY id"
    )
    tickets = database.query(
        "SELECT t.booking_id, t.show_id, s.label, t.expires_at, t.released_at"
        " FROM cinema_ticket t JOIN cinema_seat s ON s.id = t.seat_id ORDER BY t.id"
    )
    # Only booking mutations store keys, so `result_id` is the ID of a booking.
    keys = database.query("SELECT user_id, key, result_id FROM cinema_idempotencykey ORDER BY id")
    return Rows(
        {row[0]: _booking(row) for row in bookings},
        [_ticket(row) for row in tickets],
        [KeyRow(*row) for row in keys],
    )


def nanoseconds(moment: Moment) -> int:
    """A time of the database or of a response, in nanoseconds since 1970. SQLite stores text, in UTC."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // timedelta(microseconds=1) * 1000


def _booking(row: tuple[Any, ...]) -> BookingRow:
    id_, user, show, status, created_at, expires_at, confirmed_at = row
    return BookingRow(id_, user, show, status, nanoseconds(created_at), _optional(expires_at), _optional(confirmed_at))


def _ticket(row: tuple[Any, ...]) -> TicketRow:
    booking, show, seat, expires_at, released_at = row
    return TicketRow(booking, show, seat, _optional(expires_at), _optional(released_at))


def _optional(moment: Moment | None) -> int | None:
    return None if moment is None else nanoseconds(moment)

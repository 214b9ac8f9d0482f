"""Read-only queries: availability of shows, and bookings and tickets by viewer."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q

from cinema.accounts.models import User
from cinema.booking import deadlines, references, show_status
from cinema.booking.models import Booking, BookingQuerySet, BookingStatus, Ticket, TicketQuerySet, TicketStatus
from cinema.booking.sql import (
    ACCESSIBLE_SEATS,
    AVAILABILITY,
    DETAILS,
    NEWEST_BOOKINGS,
    OCCUPANCY,
    TICKET_SEATS,
    TICKETS,
)
from cinema.booking.status import ShowStatus
from cinema.catalog import first_pages
from cinema.catalog.models import Seat, Show
from cinema.core import clock, sql
from cinema.core.clock import Now
from cinema.core.sql import refer

_AVAILABILITY_FIELDS = (None, sql.TIME, sql.TIME, sql.TIME, None, None, None, sql.TIME)
_ANY_MOMENT = datetime.min.replace(tzinfo=UTC)


class Availability(NamedTuple):
    """The seats of a show, and what else its status depends on, as of `now` by the database's clock."""

    cancelled_at: datetime | None
    starts_at: datetime
    ends_at: datetime
    # The rule of the theater: see `deadlines`.
    closes_minutes: int | None
    total: int
    taken: int
    now: datetime

    @property
    def seats_taken(self) -> int:
        # After a change of the seat plan, more seats may be taken than the screen has.
        return min(self.taken, self.total)

    @property
    def seats_available(self) -> int:
        # A cancelled show has no available seats, although all of them are free.
        return 0 if self.cancelled_at is not None else self.total - self.seats_taken

    @property
    def status(self) -> ShowStatus:
        return show_status.of(self, self.now, closes_minutes=self.closes_minutes)


class Occupancy(NamedTuple):
    """How many seats of a show are booked, held and blocked. A blocked seat is not sold: staff took it off sale."""

    total: int
    booked: int
    held: int
    blocked: int

    def __str__(self) -> str:
        """For staff: `2 of 21 booked, 1 held, 3 blocked`."""
        parts = [f"{self.booked} of {self.total} booked"]
        parts += [f"{self.held} held"] if self.held else []
        parts += [f"{self.blocked} blocked"] if self.blocked else []
        return ", ".join(parts)


@dataclass(frozen=True)
class BookingCriteria:
    """Filters for bookings. `upcoming` True: the show has not ended; False: it has ended."""

    statuses: Collection[str] | None = None
    upcoming: bool | None = None
    show_id: int | None = None


def availability(shows: Iterable[Show]) -> Mapping[int, Availability]:
    """The availability of each show, by its key, at the time of the database's clock. Takes one query."""
    rows = sql.fetch(AVAILABILITY, {"shows": [show.pk for show in shows]}, _AVAILABILITY_FIELDS)
    return {key: Availability(*columns) for key, *columns in rows}


def accessible_seats_available(shows: Iterable[Show]) -> Mapping[int, int]:
    """How many wheelchair spaces and companion seats of each show are available, by its key. Takes one query."""
    keys = [show.pk for show in shows]
    found = dict.fromkeys(keys, 0)
    for key, count in sql.fetch(ACCESSIBLE_SEATS, {"shows": keys}):
        found[key] = count
    return found


def occupancy(shows: Iterable[Show]) -> Mapping[int, Occupancy]:
    """How full each show is, by its key, at the time of the database's clock. Takes one query."""
    rows = sql.fetch(OCCUPANCY, {"shows": [show.pk for show in shows]})
    return {key: Occupancy(*counts) for key, *counts in rows}


def bookings(criteria: BookingCriteria) -> BookingQuerySet:
    """The bookings of all users that match, newest first."""
    found = Booking.objects.with_details().newest_first()
    if criteria.statuses is not None:
        found = found.in_status(*criteria.statuses)
    if criteria.upcoming is not None:
        not_ended = Q(show__ends_at__gt=Now())
        found = found.filter(not_ended if criteria.upcoming else ~not_ended)
    if criteria.show_id is not None:
        found = found.filter(show=criteria.show_id)
    return found


def newest_bookings_of(user: User, count: int) -> list[Booking]:
    """The user's `count` newest `bookings`, in a fraction of the time."""
    rows = sql.read_joined(list(DETAILS.values()), NEWEST_BOOKINGS, {"user": user.pk, "count": count})
    for booking, show, movie, screen, theater in rows:
        refer(booking, "show", show)
        first_pages.link(show, movie, screen, theater)
    return [booking for booking, *_ in rows]


def booking_by_reference(reference: str, *, viewer: User) -> Booking | None:
    """The booking with this reference: the viewer's own, or any with the permission `cinema.view_booking`."""
    return bookings_seen_by(viewer).filter(reference=references.as_stored(reference)).first()


def booking_of(user: User | None, booking_id: int) -> Booking | None:
    """The booking with this key, if it belongs to the user."""
    return Booking.objects.with_details().filter(pk=booking_id, user=user).first()


def bookings_seen_by(viewer: User | None) -> BookingQuerySet:
    """The viewer's own bookings, or all with the permission `cinema.view_booking`."""
    found = Booking.objects.with_details()
    return found if viewer is not None and viewer.has_perm("cinema.view_booking") else found.filter(user=viewer)


def tickets_of(bookings: Iterable[Booking]) -> Mapping[int, list[Ticket]]:
    """The tickets of each booking, by its key, with their seats, in plan order."""
    bookings = list(bookings)
    found: dict[Any, list[Ticket]] = {booking.pk: list(booking.new_tickets or []) for booking in bookings}
    _read_tickets([booking for booking in bookings if booking.new_tickets is None], into=found)
    return found


class BookingState(NamedTuple):
    """The status of a booking, and the seconds until it expires: None unless it is held."""

    status: BookingStatus
    seconds_left: int | None


def booking_states(bookings: Iterable[Booking]) -> Mapping[int, BookingState]:
    """The current state of each booking, by its key. Uses the database's clock."""
    bookings = list(bookings)
    now = _now_for(bookings)
    return {booking.pk: _state_at(booking, now) for booking in bookings}


def cancellable_until(bookings: Iterable[Booking]) -> Mapping[int, datetime | None]:
    """Until when each booking can be cancelled, by its key. Uses the database's clock. The shows must be loaded."""
    now = clock.now()
    return {booking.pk: deadlines.booking_cancellable_until(booking, now) for booking in bookings}


def ticket_statuses(tickets: Iterable[Ticket]) -> Mapping[int, TicketStatus]:
    """The current status of each ticket, by its key. Uses the database's clock."""
    tickets = list(tickets)
    now = _now_for(tickets)
    return {ticket.pk: ticket.status_at(now) for ticket in tickets}


def tickets_seen_by(viewer: User | None) -> TicketQuerySet:
    """The tickets of the bookings that `bookings_seen_by` returns."""
    return Ticket.objects.filter(booking__in=bookings_seen_by(viewer)).select_related("booking", "seat")


def _state_at(booking: Booking, now: datetime) -> BookingState:
    status = booking.status_at(now)
    if status != BookingStatus.HELD or booking.expires_at is None:
        return BookingState(status, None)
    return BookingState(status, (booking.expires_at - now) // timedelta(seconds=1))


def _read_tickets(bookings: Iterable[Booking], *, into: Mapping[Any, list[Ticket]]) -> None:
    """Add the tickets of each booking to the list with its key, in plan order."""
    by_key: dict[Any, Booking] = {booking.pk: booking for booking in bookings}
    if not by_key:
        return
    tickets = sql.read(Ticket, TICKETS, {"bookings": list(by_key)})
    seats = {seat.pk: seat for seat in sql.read(Seat, TICKET_SEATS, {"seats": [ticket.seat_id for ticket in tickets]})}
    for ticket in tickets:
        refer(ticket, "booking", by_key[ticket.booking_id])
        refer(ticket, "seat", seats[ticket.seat_id])
    tickets.sort(key=lambda ticket: (ticket.seat.row_index, ticket.seat.column, ticket.pk))
    for ticket in tickets:
        into[ticket.booking_id].append(ticket)


def _now_for(rows: Iterable[Booking | Ticket]) -> datetime:
    """The database's time. If no row expires, the status does not depend on it, and it is not read."""
    return clock.now() if any(row.expires_at for row in rows) else _ANY_MOMENT

"""Read-only queries: availability of shows, and bookings and tickets by viewer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import F, Q

from cinema.accounts.models import User
from cinema.booking import references, show_status
from cinema.booking.models import Booking, BookingQuerySet, BookingStatus, Ticket, TicketQuerySet, TicketStatus
from cinema.booking.status import ShowStatus
from cinema.catalog.models import Show
from cinema.core import clock
from cinema.core.clock import Now

_ANY_MOMENT = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Availability:
    total: int
    available: int
    status: ShowStatus


def availability(shows: Iterable[Show]) -> Mapping[int, Availability]:
    """The availability of each show, by its key, at the time of the database's clock. Takes one query."""
    found = Show.objects.filter(pk__in=[show.pk for show in shows]).annotate(
        total=F("screen__seat_count"), seats_available=show_status.seats_available(), now=Now()
    )
    rows = found.values_list("pk", "cancelled_at", "starts_at", "total", "seats_available", "now", named=True)
    return {row.pk: Availability(row.total, row.seats_available, show_status.of(row, row.now)) for row in rows}


def bookings_of(user: User, *, in_status: str | None = None, upcoming: bool | None = None) -> BookingQuerySet:
    """The user's bookings, newest first: all, or those in a status, or for shows that have not started (or have)."""
    found = Booking.objects.with_details().newest_first().filter(user=user)
    if in_status is not None:
        found = found.in_status(in_status)
    if upcoming is not None:
        not_started = Q(show__starts_at__gt=Now())
        found = found.filter(not_started if upcoming else ~not_started)
    return found


def booking_by_reference(reference: str, *, viewer: User) -> Booking | None:
    """The booking with this reference: the viewer's own, or any with the permission `cinema.view_booking`."""
    return bookings_seen_by(viewer).filter(reference=references.as_stored(reference)).first()


def bookings_seen_by(viewer: User | None) -> BookingQuerySet:
    """The viewer's own bookings, or all with the permission `cinema.view_booking`."""
    found = Booking.objects.with_details()
    return found if viewer is not None and viewer.has_perm("cinema.view_booking") else found.filter(user=viewer)


def booking_statuses(bookings: Iterable[Booking]) -> Mapping[int, BookingStatus]:
    """The current status of each booking, by its key. Uses the database's clock."""
    bookings = list(bookings)
    now = _now_for(bookings)
    return {booking.pk: booking.status_at(now) for booking in bookings}


def ticket_statuses(tickets: Iterable[Ticket]) -> Mapping[int, TicketStatus]:
    """The current status of each ticket, by its key. Uses the database's clock."""
    tickets = list(tickets)
    now = _now_for(tickets)
    return {ticket.pk: ticket.status_at(now) for ticket in tickets}


def tickets_seen_by(viewer: User | None) -> TicketQuerySet:
    """The tickets of the bookings that `bookings_seen_by` returns."""
    return Ticket.objects.filter(booking__in=bookings_seen_by(viewer)).select_related("booking", "seat")


def _now_for(rows: Iterable[Booking | Ticket]) -> datetime:
    """The database's time. If no row expires, the status does not depend on it, and it is not read."""
    return clock.now() if any(row.expires_at for row in rows) else _ANY_MOMENT

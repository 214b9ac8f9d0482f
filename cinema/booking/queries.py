"""What is taken and what is left, and whose."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from cinema.accounts.models import User
from cinema.booking import references, status
from cinema.booking.models import Booking, BookingQuerySet, Ticket
from cinema.booking.status import SeatStatus, ShowStatus
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Seat, Show
from cinema.core import clock
from cinema.core.money import Money, in_house_currency


@dataclass(frozen=True)
class Availability:
    total: int
    available: int
    status: ShowStatus


@dataclass(frozen=True)
class ShowSeat:
    label: str
    row: str
    number: int
    column: int
    category: SeatCategory
    price: Money
    status: SeatStatus
    mine: bool


@dataclass(frozen=True)
class SeatRow:
    label: str
    seats: list[ShowSeat]


@dataclass(frozen=True)
class SeatMap:
    """The house as it was at `read_at`, front row first."""

    read_at: datetime
    rows: list[SeatRow]


def availability(shows: Iterable[Show]) -> Mapping[int, Availability]:
    """By the key of each show, in one query. Needs their screens loaded."""
    shows = list(shows)
    taken = dict(
        Ticket.objects.live()
        .filter(show__in=shows)
        .order_by()
        .values_list("show")
        .annotate(count=Count("pk"))
    )
    return {show.pk: _availability(show, taken.get(show.pk, 0)) for show in shows}


def seat_map(show: Show, *, viewer: User | None) -> SeatMap:
    """Every seat of the show, with `mine` true for those of `viewer`."""
    read_at = clock.now()
    live = {ticket.seat_id: ticket for ticket in Ticket.objects.live().filter(show=show).select_related("booking")}
    prices = {price.category: price.amount for price in show.prices.all()}
    seats = Seat.objects.current().filter(screen=show.screen_id).in_house_order()
    return SeatMap(
        read_at,
        [
            SeatRow(row, [_show_seat(seat, live.get(seat.pk), in_house_currency(prices[seat.category]), viewer) for seat in row_seats])
            for row, row_seats in groupby(seats, key=lambda seat: seat.row)
        ],
    )


def bookings_of(user: User) -> BookingQuerySet:
    return Booking.objects.with_details().newest_first().filter(user=user)


def booking_by_reference(reference: str, *, viewer: User) -> Booking | None:
    """The viewer's own booking; with the permission `cinema.view_booking`, anybody's."""
    found = Booking.objects.with_details().filter(reference=references.as_stored(reference))
    if not viewer.has_perm("cinema.view_booking"):
        found = found.filter(user=viewer)
    return found.first()


def _availability(show: Show, taken: int) -> Availability:
    total = show.screen.seat_count
    available = max(0, total - taken)
    return Availability(
        total,
        available,
        status.of_show(
            starts_at=show.starts_at,
            cancelled=show.cancelled_at is not None,
            seats_available=available,
            now=timezone.now(),
            closes_before=settings.BOOKING_CLOSES_BEFORE_START,
        ),
    )


def _show_seat(seat: Seat, ticket: Ticket | None, price: Money, viewer: User | None) -> ShowSeat:
    booking = ticket.booking if ticket else None
    return ShowSeat(
        label=seat.label,
        row=seat.row,
        number=seat.number,
        column=seat.column,
        category=SeatCategory(seat.category),
        price=price,
        status=_seat_status(ticket),
        mine=booking is not None and viewer is not None and booking.user_id == viewer.pk,
    )


def _seat_status(ticket: Ticket | None) -> SeatStatus:
    if ticket is None:
        return SeatStatus.AVAILABLE
    if ticket.booking is None:
        return SeatStatus.BLOCKED
    return SeatStatus.HELD if ticket.expires_at else SeatStatus.BOOKED

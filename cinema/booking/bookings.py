"""Bookings: made, given back."""

from collections.abc import Sequence
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Sum
from django.db.models.functions import Now

from cinema.accounts.models import User
from cinema.booking import locks, seats, status
from cinema.booking.errors import SeatLimitReached, ShowNotOnSale, TooLateToCancel, UnknownSeats
from cinema.booking.locks import ShowAtNow
from cinema.booking.models import Booking, BookingStatus, Ticket
from cinema.booking.status import ShowStatus
from cinema.catalog.events import ShowCancelled
from cinema.catalog.models import Price, Show
from cinema.core import clock
from cinema.core.transactions import TryAgain, is_uniqueness_violation, use_case


@use_case
def book(*, show_id: int, labels: Sequence[str], by: User) -> Booking:
    """Book seats of a show by their labels, all or none, confirmed at once.

    Raises `NotFound`, `ShowNotOnSale`, `UnknownSeats`, `SeatLimitReached`, `SeatsTaken`, `Busy`;
    then nothing has changed.
    """
    locks.user(by)
    at_now = locks.show_for_buying(show_id)
    _check_on_sale(at_now)
    wanted = seats.named(labels, show=at_now.show)
    _check_limit(by, at_now.show, len(wanted))
    prices = dict(Price.objects.filter(show=at_now.show).values_list("category", "amount"))
    total = sum((prices[seat.category] for seat in wanted), Decimal(0))
    booking = _confirmed_booking(by, at_now, total)
    seats.take(wanted, show=at_now.show, booking=booking, prices=prices)
    return booking


@use_case
def cancel(*, booking_id: int, by: User, labels: Sequence[str] | None = None) -> Booking:
    """Give back a booking, or only the seats named. Doing so twice changes nothing.

    Raises `NotFound` unless it is `by`'s own, `UnknownSeats` for seats that were never part of it,
    `TooLateToCancel`, `Busy`; then nothing has changed.
    """
    booking = locks.booking_of(by, booking_id)
    tickets = _tickets(booking, labels)
    giving_back = [ticket for ticket in tickets if ticket.released_at is None]
    if giving_back:
        _check_not_too_late(booking)
        _release(giving_back)
        _settle(booking)
    return booking


def cancel_all_of_show(event: ShowCancelled) -> None:
    """The show is off: so are its bookings, whatever the deadline. Blocks go as well."""
    tickets = Ticket.objects.unreleased().filter(show=event.show)
    booking_ids = list(tickets.sold().values_list("booking_id", flat=True).distinct())
    bookings = locks.bookings(booking_ids)
    tickets.update(released_at=Now())
    for booking in bookings:
        _settle(booking)


def _confirmed_booking(user: User, at_now: ShowAtNow, total: Decimal) -> Booking:
    try:
        return Booking.objects.create(
            user=user,
            show=at_now.show,
            status=BookingStatus.CONFIRMED,
            total=total,
            currency=settings.CURRENCY,
            created_at=at_now.now,
            confirmed_at=at_now.now,
        )
    except IntegrityError as error:
        if is_uniqueness_violation(error):
            raise TryAgain("another booking has this reference") from error
        raise


def _check_on_sale(at_now: ShowAtNow) -> None:
    found = status.of_show(
        starts_at=at_now.show.starts_at,
        cancelled=at_now.show.cancelled_at is not None,
        # Which seats are left is not asked here: the constraint knows, and says so for each seat.
        seats_available=1,
        now=at_now.now,
        closes_before=settings.BOOKING_CLOSES_BEFORE_START,
    )
    if found is not ShowStatus.ON_SALE:
        raise ShowNotOnSale(found)


def _check_limit(user: User, show: Show, wanted: int) -> None:
    limit = settings.SEATS_PER_USER_AND_SHOW
    taken = Ticket.objects.live().filter(show=show, booking__user=user).count()
    if taken + wanted > limit:
        raise SeatLimitReached(limit=limit, already_taken=taken)


def _tickets(booking: Booking, labels: Sequence[str] | None) -> list[Ticket]:
    """The booking's tickets, or those of the named seats: of a seat's several, the latest."""
    tickets = list(booking.tickets.select_related("seat").order_by("pk"))
    if labels is None:
        return tickets
    by_label = {ticket.seat.label: ticket for ticket in tickets}
    wanted = dict.fromkeys(seats.as_labeled(label) for label in labels)
    unknown = [label for label in wanted if label not in by_label]
    if unknown:
        raise UnknownSeats(unknown)
    return [by_label[label] for label in wanted]


def _check_not_too_late(booking: Booking) -> None:
    deadline = booking.show.starts_at - settings.CANCELLING_CLOSES_BEFORE_START
    if booking.status == BookingStatus.CONFIRMED and clock.now() > deadline:
        raise TooLateToCancel(deadline)


def _release(tickets: Sequence[Ticket]) -> None:
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).update(released_at=Now())


def _settle(booking: Booking) -> None:
    """Bring total and status in line with the tickets that are left."""
    left = booking.tickets.unreleased()
    booking.total = left.aggregate(total=Sum("price"))["total"] or Decimal(0)
    if not left.exists():
        booking.status = BookingStatus.CANCELLED
        booking.cancelled_at = clock.now()
        booking.expires_at = None
    booking.save(update_fields=["total", "status", "cancelled_at", "expires_at"])

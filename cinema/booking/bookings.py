"""Bookings: made directly or by confirming a hold, and cancelled."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from cinema.accounts.models import User
from cinema.booking import deadlines, expiry, history, locks, quotes, sales, seats, tickets, units
from cinema.booking.errors import (
    HoldExpired,
    SeatLimitReached,
    SeatsTaken,
    ShowNotOnSale,
    TooLateToCancel,
    UnknownSeats,
)
from cinema.booking.locks import LockedBooking
from cinema.booking.models import Booking, BookingStatus, Ticket, TicketEventKind
from cinema.catalog.events import ShowCancelled
from cinema.catalog.local_times import LocalTime
from cinema.core import clock, idempotency
from cinema.core.transactions import own_transaction, requires_transaction, retried, use_case


def book(
    *, show_id: int, labels: Sequence[str], by: User, key: str | None = None, needs_accessible: bool = False
) -> Booking:
    """Book seats of a show by their labels, all or none. The booking is confirmed immediately.

    Wheelchair spaces and companion seats are sold only to a buyer who `needs_accessible` seats, and by staff.

    Raises `NotFound`, `ShowNotOnSale`, `SeatLimitReached`, `UnknownSeats`, `AccessibleSeatsOnly`, `SeatsSoldTogether`,
    `SeatsTaken`, `IdempotencyKeyReused`, `InvalidInput`, `Busy`; then nothing has changed.
    """
    labels = seats.normalize_labels(labels)
    return _book(show_id=show_id, labels=labels, by=by, key=key, needs_accessible=needs_accessible)


@use_case
def confirm(*, booking_id: int, by: User, key: str | None = None) -> Booking:
    """Confirm a hold. Confirming it twice changes nothing.

    If the hold has expired but all its seats are still free, they are taken again at the prices of the hold. Raises
    `NotFound` unless it belongs to `by`, `HoldExpired`, `BookingCancelled`, `IdempotencyKeyReused`, `InvalidInput`,
    `Busy`; then nothing has changed.
    """
    return confirm_in_transaction(booking_id=booking_id, by=by, key=key)


@requires_transaction
def confirm_in_transaction(*, booking_id: int, by: User, key: str | None = None) -> Booking:
    """`confirm`, as part of another use case."""
    locks.user(by)
    return idempotency.run_once(
        _confirm, model=Booking, operation="confirmBooking", key=key, by=by, booking_id=booking_id
    )


@use_case
def cancel(*, booking_id: int, by: User, labels: Sequence[str] | None = None, key: str | None = None) -> Booking:
    """Cancel a booking or a hold, or only the seats with these labels. Doing so twice changes nothing.

    Raises `NotFound` unless it is `by`'s own, `UnknownSeats` for seats that were never part of it,
    `SeatsSoldTogether`, `TooLateToCancel`, `IdempotencyKeyReused`, `InvalidInput`, `Busy`; then nothing has changed.
    """
    return cancel_in_transaction(booking_id=booking_id, by=by, labels=labels, key=key)


@requires_transaction
def cancel_in_transaction(
    *, booking_id: int, by: User, labels: Sequence[str] | None = None, key: str | None = None
) -> Booking:
    """`cancel`, as part of another use case."""
    labels = None if labels is None else seats.normalize_labels(labels)
    locks.user(by)
    call = {"booking_id": booking_id, "labels": labels}
    return idempotency.run_once(_cancel, model=Booking, operation="cancelBooking", key=key, by=by, **call)


def cancel_all_of_show(event: ShowCancelled) -> None:
    """Cancel every booking and hold of a cancelled show, even after the deadline, and release its blocks."""
    unreleased = Ticket.objects.unreleased().filter(show=event.show).select_related("booking")
    expiry.release(set(unreleased.sold().values_list("booking_id", flat=True)))
    now = clock.now()
    booking_ids = set(unreleased.sold().values_list("booking_id", flat=True))
    seats.release(list(unreleased), at=now, by=event.by)
    Booking.objects.filter(pk__in=booking_ids).update(
        status=BookingStatus.CANCELLED, total=0, cancelled_at=now, expires_at=None
    )


@requires_transaction
def update_total_and_status(booking: Booking, *, at: datetime) -> None:
    """Bring the total and status of a locked booking in line with its remaining tickets."""
    remaining = booking.tickets.unreleased()
    booking.total = remaining.aggregate(total=Sum("price"))["total"] or Decimal(0)
    if not remaining.exists():
        booking.status = BookingStatus.CANCELLED
        booking.cancelled_at = at
        booking.expires_at = None
    booking.save(update_fields=["total", "status", "cancelled_at", "expires_at"])


@retried
def _book(*, show_id: int, labels: Sequence[str], by: User, key: str | None, needs_accessible: bool) -> Booking:
    call: dict[str, Any] = {"show_id": show_id, "labels": labels, "needs_accessible": needs_accessible}
    fingerprint = idempotency.fingerprint_of("bookSeat", key=key, **call)
    sold = sales.sell_at_once(**call, by=by, key=key, fingerprint=fingerprint)
    return sold or _book_in_transaction(by=by, key=key, call=call)


@own_transaction
def _book_in_transaction(*, by: User, key: str | None, call: Mapping[str, Any]) -> Booking:
    locks.user(by)
    return idempotency.run_once(_sell, model=Booking, operation="bookSeat", key=key, by=by, **call)


def _sell(*, show_id: int, labels: Sequence[str], needs_accessible: bool, by: User) -> Booking:
    show = locks.show_for_buying(show_id)
    quote = quotes.read(labels, show=show, by=by)
    with seats.suggest_alternatives(quote.seats, show=show, plan_version=quote.plan_version):
        sales.check_seats(quote, is_hold=False, needs_accessible=needs_accessible)
        return sales.sell(quote)


def _confirm(*, booking_id: int, by: User) -> Booking:
    locked = locks.booking_of(by, booking_id)
    booking = locked.booking
    if booking.status == BookingStatus.CONFIRMED:
        return booking
    confirmed_at = locked.now
    match booking.status_at(locked.now):
        case BookingStatus.HELD:
            confirmed = list(booking.tickets.unreleased())
            tickets.confirm(confirmed)
        case BookingStatus.EXPIRED:
            confirmed = _take_expired_again(locked, by=by)
            # Another buyer may have cancelled one of the seats since the booking was locked.
            confirmed_at = clock.now()
        case _:
            raise sales.booking_cancelled(booking)
    booking.status, booking.confirmed_at, booking.expires_at = BookingStatus.CONFIRMED, confirmed_at, None
    booking.save(update_fields=["status", "confirmed_at", "expires_at"])
    history.record(confirmed, TicketEventKind.CONFIRMED, at=confirmed_at, by=by)
    return booking


def _take_expired_again(locked: LockedBooking, *, by: User) -> list[Ticket]:
    """The tickets of an expired hold, live again. Raises `HoldExpired`."""
    expiry.release([locked.booking.pk])
    expired = list(locked.booking.tickets.expired().select_related("seat"))
    show = locked.booking.show
    free = seats.still_free([ticket.seat for ticket in expired], show=show)
    if len(free) < len(expired):
        raise sales.hold_expired(locked)
    try:
        sales.check_on_sale(show, locked.theater, locked.now)
        sales.check_seat_limit(quotes.read([], show=show, by=by), count=len(expired))
        seats.take_again(expired, show=show)
    except SeatLimitReached as refusal:
        # Name only as many free seats as the user may still have.
        allowed = units.first_whole(free, refusal.limit - refusal.already_taken)
        raise HoldExpired([seat.label for seat in allowed]) from refusal
    except (ShowNotOnSale, SeatsTaken) as refusal:
        raise sales.hold_expired(locked) from refusal
    return expired


def _cancel(*, booking_id: int, labels: Sequence[str] | None, by: User) -> Booking:
    locked = locks.booking_of(by, booking_id)
    live = [ticket for ticket in _tickets(locked.booking, labels) if ticket.is_live_at(locked.now)]
    if labels is not None:
        units.check_whole([ticket.seat for ticket in live])
    if live:
        _check_not_too_late(locked)
        seats.release(live, at=locked.now, by=by)
        update_total_and_status(locked.booking, at=locked.now)
    return locked.booking


def _tickets(booking: Booking, labels: Sequence[str] | None) -> list[Ticket]:
    """The booking's tickets, or those of the seats with these labels. Raises `UnknownSeats`."""
    found = list(booking.tickets.select_related("seat").order_by("pk"))
    if labels is None:
        return found
    by_label = {ticket.seat.label: ticket for ticket in found}
    unknown = [label for label in labels if label not in by_label]
    if unknown:
        raise UnknownSeats(unknown)
    return [by_label[label] for label in labels]


def _check_not_too_late(locked: LockedBooking) -> None:
    deadline = deadlines.confirmed_cancellable_until(locked.booking, locked.theater)
    if locked.booking.status == BookingStatus.CONFIRMED and locked.now > deadline:
        raise TooLateToCancel(LocalTime.of(deadline, locked.theater))

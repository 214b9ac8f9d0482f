"""Holds: seats kept for a buyer for a few minutes. `bookings.confirm` makes a booking of one."""

from collections.abc import Sequence
from functools import partial

from django.conf import settings
from django.db import transaction

from cinema.accounts.models import User
from cinema.booking import expiry, history, locks, sales, seats, tickets
from cinema.booking.errors import SeatsTaken
from cinema.booking.models import Booking, BookingStatus, TicketEventKind
from cinema.booking.seats import BestAvailable
from cinema.core import idempotency
from cinema.core.errors import InvalidInput
from cinema.core.transactions import TryAgain, requires_transaction, use_case

# How often a picker chooses again because a buyer who named seats was faster, before starting over.
CHOICES = 5


@use_case
def acquire(*, show_id: int, wanted: Sequence[str] | BestAvailable, by: User, key: str | None = None) -> Booking:
    """Keep seats of a show, all or none: those with these labels, or the best there are.

    They are kept for `settings.HOLD_LIFETIME`. Raises `NotFound`, `ShowNotOnSale`, `SeatLimitReached`,
    `HoldLimitReached`, `UnknownSeats` and `SeatsTaken` for labels, `NotEnoughSeats` for the best,
    `IdempotencyKeyReused`, `InvalidInput`, `Busy`; then nothing has changed.
    """
    return acquire_in_transaction(show_id=show_id, wanted=wanted, by=by, key=key)


@requires_transaction
def acquire_in_transaction(
    *, show_id: int, wanted: Sequence[str] | BestAvailable, by: User, key: str | None = None
) -> Booking:
    """`acquire`, as part of another use case."""
    hold = partial(idempotency.run_once, result=Booking, operation="holdSeats", key=key, by=by, show_id=show_id)
    if isinstance(wanted, BestAvailable):
        if wanted.count < 1:
            raise InvalidInput.of("count", "min_value", "Choose at least one seat.")
        locks.user(by)
        return hold(_acquire_best, wish=wanted)
    labels = seats.distinct(wanted)
    locks.user(by)
    return hold(_acquire_named, labels=labels)


@use_case
def extend(*, booking_id: int, by: User, key: str | None = None) -> Booking:
    """Keep a hold until `settings.HOLD_LIFETIME_AT_MOST` after it was made; doing so twice changes nothing.

    Raises `NotFound` unless it is `by`'s own, `HoldExpired`, `IdempotencyKeyReused`, `InvalidInput`, `Busy`; then
    nothing has changed. A booking that is confirmed is returned as it is: its seats are kept for good.
    """
    locks.user(by)
    return idempotency.run_once(_extend, result=Booking, operation="extendHold", key=key, by=by, booking_id=booking_id)


@use_case
def release_expired(*, at_most: int) -> int:
    """Write down which holds ran out, at most so many of them; how many. Nothing but tidiness depends on it."""
    return expiry.release([booking.pk for booking in locks.expired_unreleased_holds(at_most)])


def _acquire_named(*, show_id: int, labels: Sequence[str], by: User) -> Booking:
    _check_limits(by, show_id, wanted=len(labels))
    at = locks.show_for_buying(show_id)
    sales.check_on_sale(at.show, at.now)
    wanted = seats.resolve(labels, show=at.show)
    with seats.suggest_alternatives(wanted, show=at.show):
        return sales.sell(wanted, by=by, at=at, until=at.now + settings.HOLD_LIFETIME)


def _acquire_best(*, show_id: int, wish: BestAvailable, by: User) -> Booking:
    _check_limits(by, show_id, wanted=wish.count)
    at = locks.show_for_picking(show_id)
    sales.check_on_sale(at.show, at.now)
    for _ in range(CHOICES):
        wanted = seats.pick(wish, show=at.show)
        try:
            with transaction.atomic():
                return sales.sell(wanted, by=by, at=at, until=at.now + settings.HOLD_LIFETIME)
        except SeatsTaken:
            # A buyer who named them was faster; what is left is looked at again.
            continue
    raise TryAgain("buyers who name their seats were faster each time")


def _check_limits(by: User, show_id: int, *, wanted: int) -> None:
    sales.check_seat_limit(by, show_id=show_id, wanted=wanted)
    sales.check_hold_limit(by)


def _extend(*, booking_id: int, by: User) -> Booking:
    at = locks.booking_of(by, booking_id)
    booking = at.booking
    if booking.status == BookingStatus.CONFIRMED:
        return booking
    if booking.status_at(at.now) != BookingStatus.HELD:
        raise sales.hold_expired(at)
    longest = booking.created_at + settings.HOLD_LIFETIME_AT_MOST
    if booking.expires_at and booking.expires_at < longest:
        booking.expires_at = longest
        booking.save(update_fields=["expires_at"])
        held = list(booking.tickets.unreleased())
        tickets.extend(held, expires_at=longest)
        history.record(held, TicketEventKind.EXTENDED, at=at.now, by=by)
    return booking

"""Holds: seats reserved for a buyer for a few minutes. `bookings.confirm` turns a hold into a booking."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from cinema.accounts.models import User
from cinema.booking import expiry, history, hold_limits, locks, quotes, sales, seats, tickets
from cinema.booking.errors import SeatsTaken
from cinema.booking.models import Booking, BookingStatus, TicketEventKind
from cinema.booking.quotes import Quote
from cinema.booking.rules import rules
from cinema.booking.seats import BestAvailable
from cinema.core import idempotency
from cinema.core.transactions import TryAgain, own_transaction, requires_transaction, retried, use_case

# How often seats are picked again, because another buyer took one of them, before the use case starts over.
PICK_ATTEMPTS = 5


def acquire(
    *,
    show_id: int,
    wanted: Sequence[str] | BestAvailable,
    by: User,
    key: str | None = None,
    needs_accessible: bool = False,
    address: str | None = None,
) -> Booking:
    """Hold seats of a show, all or none, for `BookingRules.hold_lifetime`: by label, or the best available.

    Wheelchair spaces and companion seats are held only for a buyer who `needs_accessible` seats, and by staff.
    `address` is the network address of the client, by which held seats are counted.

    Raises `NotFound`, `ShowNotOnSale`, `SeatLimitReached`, `HoldLimitReached`, `HeldSeatLimitReached`,
    `AddressLimitReached`, `AccessibleSeatsOnly`, `UnknownSeats`, `SeatsSoldTogether`, `SeatsTaken` and
    `SeatsReleasedRepeatedly` for labels, `NotEnoughSeats` for the best available, `IdempotencyKeyReused`,
    `InvalidInput`, `Busy`; then nothing has changed.
    """
    if isinstance(wanted, BestAvailable):
        seats.check_request(wanted)
    else:
        wanted = seats.normalize_labels(wanted)
    client = hold_limits.hashed_client(address)
    return _acquire(show_id=show_id, wanted=wanted, by=by, key=key, needs_accessible=needs_accessible, client=client)


@requires_transaction
def acquire_in_transaction(
    *,
    show_id: int,
    wanted: Sequence[str] | BestAvailable,
    by: User,
    key: str | None = None,
    needs_accessible: bool = False,
    client: str | None = None,
) -> Booking:
    """`acquire`, as part of another use case. `client` is the result of `hold_limits.hashed_client`."""
    hold = partial(
        idempotency.run_once,
        model=Booking,
        operation="holdSeats",
        key=key,
        by=by,
        show_id=show_id,
        needs_accessible=needs_accessible,
    )
    if isinstance(wanted, BestAvailable):
        seats.check_request(wanted)
        locks.user(by)
        locks.client(client)
        return hold(partial(_acquire_best, client=client), request=wanted)
    labels = seats.normalize_labels(wanted)
    locks.user(by)
    locks.client(client)
    return hold(partial(_acquire_by_label, client=client), labels=labels)


@use_case
def extend(*, booking_id: int, by: User, key: str | None = None) -> Booking:
    """Extend a hold to `BookingRules.hold_lifetime_at_most` after it was made; doing so twice changes nothing.

    A confirmed booking is returned unchanged. Raises `NotFound` unless the hold is `by`'s own, `HoldExpired`,
    `BookingCancelled`, `IdempotencyKeyReused`, `InvalidInput`, `Busy`; then nothing has changed.
    """
    locks.user(by)
    return idempotency.run_once(_extend, model=Booking, operation="extendHold", key=key, by=by, booking_id=booking_id)


@use_case
def release_expired(*, at_most: int) -> int:
    """Release expired holds, `at_most` of them, those that expired first. Returns how many."""
    return expiry.release([booking.pk for booking in locks.expired_unreleased_holds(at_most)])


@retried
def _acquire(
    *,
    show_id: int,
    wanted: Sequence[str] | BestAvailable,
    by: User,
    key: str | None,
    needs_accessible: bool,
    client: str | None,
) -> Booking:
    call: dict[str, Any] = {"show_id": show_id, "needs_accessible": needs_accessible}
    terms: dict[str, Any] = {
        "by": by,
        "hold_for": rules().hold_lifetime,
        "hold_limits": hold_limits.terms(by, client),
        "key": key,
    }
    if isinstance(wanted, BestAvailable):
        fingerprint = idempotency.fingerprint_of("holdSeats", key=key, **call, request=wanted)
        held = sales.sell_best_at_once(wanted, **call, **terms, fingerprint=fingerprint)
    else:
        fingerprint = idempotency.fingerprint_of("holdSeats", key=key, **call, labels=wanted)
        held = sales.sell_at_once(wanted, **call, **terms, fingerprint=fingerprint)
    return held or _acquire_in_transaction(**call, wanted=wanted, by=by, key=key, client=client)


_acquire_in_transaction = own_transaction(acquire_in_transaction)


def _acquire_by_label(
    *, show_id: int, labels: Sequence[str], needs_accessible: bool, by: User, client: str | None
) -> Booking:
    show = locks.show_for_buying(show_id)
    quote = quotes.read(labels, show=show, by=by)
    with seats.suggest_alternatives(quote.seats, show=show, plan_version=quote.plan_version):
        sales.check_seats(quote, is_hold=True, needs_accessible=needs_accessible)
        usage = hold_limits.read(quote, client=client)
        hold_limits.check(usage, count=len(labels), by=by, client=client)
        hold_limits.check_not_released(usage, quote)
        return _hold(quote, client=client)


def _acquire_best(
    *, show_id: int, request: BestAvailable, needs_accessible: bool, by: User, client: str | None
) -> Booking:
    show = locks.show_for_picking(show_id)
    quote = quotes.read([], show=show, by=by)
    sales.check(quote, count=request.count, is_hold=True)
    if request.is_accessible and not needs_accessible:
        sales.check_staff_may_sell([], by=by)
    usage = hold_limits.read(quote, client=client)
    hold_limits.check(usage, count=request.count, by=by, client=client)
    for _ in range(PICK_ATTEMPTS):
        picked = seats.pick(request, show=show, plan_version=quote.plan_version, without=usage.pauses)
        quote = quotes.read([seat.label for seat in picked], show=show, by=by)
        try:
            sales.check_seats(quote, is_hold=True, needs_accessible=needs_accessible)
            return _hold(quote, client=client)
        except SeatsTaken:
            # A buyer who named these seats took one in between. Pick again from what is left.
            continue
    raise TryAgain("other buyers took the picked seats each time")


def _hold(quote: Quote, *, client: str | None) -> Booking:
    hold = sales.sell(quote, hold_for=rules().hold_lifetime)
    hold_limits.store_client(hold, client)
    return hold


def _extend(*, booking_id: int, by: User) -> Booking:
    locked = locks.booking_of(by, booking_id)
    booking = locked.booking
    if booking.status == BookingStatus.CONFIRMED:
        return booking
    if booking.status == BookingStatus.CANCELLED:
        raise sales.booking_cancelled(booking)
    if booking.status_at(locked.now) != BookingStatus.HELD:
        raise sales.hold_expired(locked)
    latest_expiry = booking.created_at + rules().hold_lifetime_at_most
    if booking.expires_at and booking.expires_at < latest_expiry:
        booking.expires_at = latest_expiry
        booking.save(update_fields=["expires_at"])
        held = list(booking.tickets.unreleased())
        tickets.extend(held, expires_at=latest_expiry)
        history.record(held, TicketEventKind.EXTENDED, at=locked.now, by=by)
    return booking

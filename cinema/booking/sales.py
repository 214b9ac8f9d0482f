"""The checks before a sale, and the sale itself, for holds and direct bookings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from cinema.accounts.models import User
from cinema.booking import deadlines, quotes, seats, show_status, tickets, units
from cinema.booking.errors import (
    AccessibleSeatsOnly,
    BookingCancelled,
    HoldExpired,
    HoldLimitReached,
    NotEnoughSeats,
    SeatLimitReached,
    SeatsTaken,
    ShowNotOnSale,
    UnknownSeats,
)
from cinema.booking.locks import LockedBooking
from cinema.booking.models import ONE_LIVE_TICKET, ONE_REFERENCE, Booking, BookingStatus, Ticket
from cinema.booking.quotes import Quote
from cinema.booking.references import new_reference
from cinema.booking.rules import rules
from cinema.booking.seats import BestAvailable
from cinema.booking.sql import EARLY_QUOTE, HOLD, SELL
from cinema.booking.status import ShowStatus
from cinema.catalog.layouts import RESERVED_FOR_NEED
from cinema.catalog.local_times import LocalTime
from cinema.catalog.models import Seat, Show, Theater
from cinema.catalog.prices import currency_of
from cinema.catalog.rules import rules as catalog_rules
from cinema.core import sql
from cinema.core.idempotency import ONE_CALL_PER_KEY
from cinema.core.transactions import detecting_conflict

_SHOW_FIELDS = sql.fields(Show)
_RESERVED = [str(category) for category in RESERVED_FOR_NEED]
# The parts of a row of `EARLY_QUOTE` and of `SELL`. The first column is whether the key was used.
_SHOW = slice(1, 1 + len(_SHOW_FIELDS))
_QUOTED = slice(_SHOW.stop, _SHOW.stop + len(quotes.FIELDS))
_SOLD = slice(_QUOTED.stop, None)


def sell_at_once(labels: Sequence[str], *, needs_accessible: bool, **sale: Any) -> Booking | None:
    """Sell seats, or refuse, in one statement and without an open transaction.

    Returns the booking as `sell` does. Raises as `check_seats`, with alternatives, and `Conflict`. Returns None, and
    has changed nothing, if only a transaction can decide: the key has been used, expired holds are in the way, a unit
    is wanted, or a hold would exceed one of the `hold_limits`, which are parameters of `HOLD`. On SQLite, a function
    cannot sell, so there the statement can only refuse.

    When a popular show goes on sale, most calls are refused. They take no lock, because the statement first reads the
    same as `quote`: the refusal was correct at that moment.
    """
    attempt = try_at_once(labels, needs_accessible=needs_accessible, **sale)
    if attempt is None:
        return None
    if attempt.booking:
        return attempt.booking
    quote = attempt.quote
    with seats.suggest_alternatives(quote.seats, show=quote.show, plan_version=quote.plan_version):
        check_seats(quote, is_hold=attempt.is_hold, needs_accessible=needs_accessible)
    return None


def sell_best_at_once(request: BestAvailable, *, show_id: int, needs_accessible: bool, **sale: Any) -> Booking | None:
    """Pick the best available seats without a lock, and sell them, or refuse, as `sell_at_once` does.

    Raises as `check`, `NotEnoughSeats` and `Conflict`. Returns None, and has changed nothing, if only a transaction can
    decide: as `sell_at_once`, and if the seats were taken in between, or another call is picking seats of the show.
    """
    if connection.vendor != "postgresql" or (request.is_accessible and not needs_accessible):
        return None
    # Picking many seats takes long, and they would be refused in any case.
    if request.count > rules().seats_per_user_and_show:
        return None
    shortage = None
    try:
        labels = seats.pick_unlocked(request, show_id=show_id)
    except NotEnoughSeats as error:
        labels, shortage = [], error
    attempt = try_at_once(labels, show_id=show_id, needs_accessible=needs_accessible, **sale, picked=True)
    if attempt is None:
        return None
    if attempt.booking:
        return attempt.booking
    check(attempt.quote, count=request.count, is_hold=attempt.is_hold)
    if shortage:
        raise shortage
    return None


@dataclass(frozen=True)
class Attempt:
    """What a sale in one statement read, and the booking, or None if nothing was sold."""

    quote: Quote
    is_hold: bool
    booking: Booking | None


def try_at_once(
    labels: Sequence[str],
    *,
    show_id: int,
    by: User,
    needs_accessible: bool,
    hold_for: timedelta | None = None,
    hold_limits: Mapping[str, Any] | None = None,
    key: str | None,
    fingerprint: str | None,
    picked: bool = False,
) -> Attempt | None:
    """Sell seats in one statement if nothing prevents it. Without labels it only reads. Raises `Conflict`.

    `hold_limits` are parameters of `HOLD`. `picked`, for a hold: only if no other call is picking seats of the show.
    Returns None if the show does not exist or the key was used.
    """
    parameters = {**quotes.parameters(labels, show_id=show_id, by=by), "key": key}
    terms = {**_terms(by, hold_for), "reserved": [] if needs_accessible else _RESERVED}
    if connection.vendor == "postgresql":
        with detecting_conflict({ONE_LIVE_TICKET, ONE_REFERENCE, ONE_CALL_PER_KEY}):
            rows = tickets.sell(
                SELL if hold_limits is None else HOLD,
                {**parameters, **terms, **(hold_limits or {}), "picked": picked, "fingerprint": fingerprint},
            )
    else:
        rows = sql.fetch(EARLY_QUOTE, parameters, [None, *_SHOW_FIELDS, *quotes.FIELDS])
    if not rows or rows[0][0]:
        return None
    early = quotes.of_rows(
        [row[_QUOTED] for row in rows], labels=labels, show=sql.instance(Show, rows[0][_SHOW]), by=by
    )
    is_sold = any(rows[0][_SOLD])
    booking = _sold(early, terms, [row[_SOLD] for row in rows]) if is_sold else None
    return Attempt(early, is_hold=hold_for is not None, booking=booking)


def check_seats(quote: Quote, *, is_hold: bool, needs_accessible: bool) -> None:
    """Raises as `check`, `UnknownSeats`, `AccessibleSeatsOnly`, `SeatsSoldTogether`, and `SeatsTaken`.

    The `SeatsTaken` has no alternatives.
    """
    check(quote, count=len(quote.labels), is_hold=is_hold)
    known = {seat.label for seat in quote.seats}
    unknown = [label for label in quote.labels if label not in known]
    if unknown:
        raise UnknownSeats(unknown)
    reserved = [seat.label for seat in quote.seats if seat.category in RESERVED_FOR_NEED]
    if reserved and not needs_accessible:
        check_staff_may_sell(reserved, by=quote.by)
    units.check_whole(quote.seats)
    if quote.taken:
        raise SeatsTaken(quote.taken, alternatives=[])


def check(quote: Quote, *, count: int, is_hold: bool) -> None:
    """Raises `SeatLimitReached`, `HoldLimitReached`, `ShowNotOnSale`."""
    check_seat_limit(quote, count=count)
    if is_hold:
        check_hold_limit(quote)
    check_on_sale(quote.show, quote.theater, quote.now)


def check_staff_may_sell(reserved: Sequence[str], *, by: User) -> None:
    """Raises `AccessibleSeatsOnly` for reserved seats that the buyer did not say they need, unless `by` is staff.

    Staff are users who may change shows. They can also block and unblock these seats.
    """
    if not by.has_perm("cinema.change_show"):
        raise AccessibleSeatsOnly(list(reserved))


def check_on_sale(show: Show, theater: Theater, now: datetime) -> None:
    """Raises `ShowNotOnSale`."""
    # The constraint on tickets decides which seats are left.
    found = show_status.ignoring_seats(show, now, closes_minutes=theater.booking_closes_minutes_before_start)
    if found is not ShowStatus.ON_SALE:
        closed_at = LocalTime.of(deadlines.bookable_until(show, theater), theater)
        raise ShowNotOnSale(found, closed_at if found is ShowStatus.CLOSED else None)


def check_seat_limit(quote: Quote, *, count: int) -> None:
    """Raises `SeatLimitReached` if the user may not have `count` more seats of the show."""
    limit = rules().seats_per_user_and_show
    if quote.already_taken + count > limit:
        raise SeatLimitReached(limit=limit, already_taken=quote.already_taken)


def check_hold_limit(quote: Quote) -> None:
    """Raises `HoldLimitReached` if the user may not have another hold."""
    limit = _hold_limit(quote.by)
    if quote.open_holds >= limit:
        raise HoldLimitReached(limit=limit, already_taken=quote.open_holds)


def hold_expired(locked: LockedBooking) -> HoldExpired:
    """The error for an expired hold, with those of its seats that are still free and can be held again."""
    try:
        check_on_sale(locked.booking.show, locked.theater, locked.now)
    except ShowNotOnSale:
        return HoldExpired([])
    expired = locked.booking.tickets.expired().select_related("seat")
    free = seats.still_free([ticket.seat for ticket in expired], show=locked.booking.show)
    return HoldExpired([seat.label for seat in free])


def booking_cancelled(booking: Booking) -> BookingCancelled:
    """The error for a cancelled booking or hold."""
    assert booking.cancelled_at is not None
    return BookingCancelled(booking.cancelled_at)


def sell(quote: Quote, *, hold_for: timedelta | None = None) -> Booking:
    """A new booking of these seats: a hold for this long, or confirmed. It has `new_tickets`.

    `check_seats` must have accepted the quote. Raises `Conflict` as `seats.take`.
    """
    if quote.in_the_way:
        seats.make_way(quote.seats, show=quote.show)
    booking = Booking(
        user=quote.by,
        show=quote.show,
        status=BookingStatus.HELD if hold_for else BookingStatus.CONFIRMED,
        total=sum((quote.prices[seat.category] for seat in quote.seats), Decimal(0)),
        currency=currency_of(quote.theater),
        created_at=quote.now,
        expires_at=quote.now + hold_for if hold_for else None,
        confirmed_at=None if hold_for else quote.now,
    )
    taken = seats.take(quote.seats, booking=booking, prices=quote.prices)
    booking.new_tickets = sorted(taken, key=lambda ticket: (ticket.seat.row_index, ticket.seat.column))
    return booking


def _terms(by: User, hold_for: timedelta | None) -> dict[str, Any]:
    """The parameters of `SELL` that do not depend on the show and the seats."""
    return {
        "seat_limit": rules().seats_per_user_and_show,
        "hold_limit": _hold_limit(by),
        "closing": rules().booking_closes_before_start,
        "held_for": hold_for,
        "status": str(BookingStatus.HELD if hold_for else BookingStatus.CONFIRMED),
        "reference": new_reference(),
        "currency": catalog_rules().currency,
    }


def _hold_limit(user: User) -> int:
    limit, limit_of_unverified = rules().open_holds_per_user, rules().open_holds_per_unverified_user
    if limit_of_unverified is None or user.email_verified:
        return limit
    return min(limit, limit_of_unverified)


def _sold(quote: Quote, terms: Mapping[str, Any], rows: Sequence[Sequence[Any]]) -> Booking:
    """The booking that `SELL` has stored: it returned these rows, one for each seat."""
    _, _, booking_id, sold_at = rows[0]
    expires_at = sold_at + terms["held_for"] if terms["held_for"] else None
    booking = sql.stored(
        Booking,
        {
            "id": booking_id,
            "user_id": quote.by.pk,
            "show_id": quote.show.pk,
            "reference": terms["reference"],
            "status": BookingStatus(terms["status"]),
            "total": sum((price for _, price, _, _ in rows), Decimal(0)),
            "currency": currency_of(quote.theater),
            "created_at": sold_at,
            "expires_at": expires_at,
            "confirmed_at": None if expires_at else sold_at,
            "cancelled_at": None,
        },
    )
    booking.user, booking.show = quote.by, quote.show
    booking.new_tickets = [
        _sold_ticket(booking, seat, ticket_id, price)
        for seat, (ticket_id, price, _, _) in zip(quote.seats, rows, strict=True)
    ]
    return booking


def _sold_ticket(booking: Booking, seat: Seat, ticket_id: int, price: Decimal) -> Ticket:
    ticket = sql.stored(
        Ticket,
        {
            "id": ticket_id,
            "booking_id": booking.pk,
            "show_id": booking.show_id,
            "seat_id": seat.pk,
            "price": price,
            "expires_at": booking.expires_at,
            "released_at": None,
            "changed_at": booking.created_at,
        },
    )
    ticket.booking, ticket.show, ticket.seat = booking, booking.show, seat
    return ticket

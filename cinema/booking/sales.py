"""What holds and direct bookings share: the checks before a sale, and the sale itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from cinema.accounts.models import User
from cinema.booking import history, seats, show_status
from cinema.booking.errors import HoldExpired, HoldLimitReached, SeatLimitReached, ShowNotOnSale
from cinema.booking.locks import LockedBooking, LockedShow
from cinema.booking.models import Booking, BookingStatus, Ticket, TicketEventKind
from cinema.booking.rules import rules
from cinema.booking.status import ShowStatus
from cinema.catalog.models import Price, Seat, Show
from cinema.catalog.rules import rules as catalog_rules
from cinema.core.database_errors import unique_constraints
from cinema.core.transactions import detecting_conflict


def check_on_sale(show: Show, now: datetime) -> None:
    """Raises `ShowNotOnSale`."""
    # The constraint on tickets decides which seats are left.
    found = show_status.ignoring_seats(show, now)
    if found is not ShowStatus.ON_SALE:
        raise ShowNotOnSale(found)


def hold_expired(locked: LockedBooking) -> HoldExpired:
    """The error for an expired hold, with those of its seats that are still free and can be held again."""
    try:
        check_on_sale(locked.booking.show, locked.now)
    except ShowNotOnSale:
        return HoldExpired([])
    expired = locked.booking.tickets.expired().select_related("seat")
    return HoldExpired(seats.still_free([ticket.seat for ticket in expired], show=locked.booking.show))


def check_seat_limit(user: User, *, show_id: int, wanted: int) -> None:
    """Raises `SeatLimitReached` if the user may not have `wanted` more seats of the show. The user must be locked."""
    limit = rules().seats_per_user_and_show
    taken = Ticket.objects.live().filter(show=show_id, booking__user=user).count()
    if taken + wanted > limit:
        raise SeatLimitReached(limit=limit, already_taken=taken)


def check_hold_limit(user: User) -> None:
    """Raises `HoldLimitReached` if the user may not have another hold. The user must be locked."""
    limit = rules().open_holds_per_user
    open_holds = Booking.objects.in_status(BookingStatus.HELD).filter(user=user).count()
    if open_holds >= limit:
        raise HoldLimitReached(limit=limit, already_taken=open_holds)


def sell(wanted: Sequence[Seat], *, by: User, locked: LockedShow, held_until: datetime | None) -> Booking:
    """A new booking of these seats at the show's prices: a hold that expires at `held_until`, or confirmed if None.

    Raises `SeatsTaken` without alternatives.
    """
    prices: Mapping[str, Decimal] = dict(Price.objects.filter(show=locked.show).values_list("category", "amount"))
    booking = Booking(
        user=by,
        show=locked.show,
        status=BookingStatus.HELD if held_until else BookingStatus.CONFIRMED,
        total=sum((prices[seat.category] for seat in wanted), Decimal(0)),
        currency=catalog_rules().currency,
        created_at=locked.now,
        expires_at=held_until,
        confirmed_at=None if held_until else locked.now,
    )
    # Another booking may have the random reference.
    with detecting_conflict(unique_constraints(Booking)):
        booking.save(force_insert=True)
    taken = seats.take(wanted, show=locked.show, booking=booking, prices=prices)
    history.record(taken, TicketEventKind.HELD if held_until else TicketEventKind.CONFIRMED, at=locked.now, by=by)
    return booking

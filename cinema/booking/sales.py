"""Who may have seats of a show, and what they cost: the same for a hold and for a booking at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.conf import settings

from cinema.accounts.models import User
from cinema.booking import history, seats, show_status
from cinema.booking.errors import HoldExpired, HoldLimitReached, SeatLimitReached, ShowNotOnSale
from cinema.booking.locks import LockedBooking, LockedShow
from cinema.booking.models import Booking, BookingStatus, Ticket, TicketEventKind
from cinema.booking.status import ShowStatus
from cinema.catalog.models import Price, Seat, Show
from cinema.core.database_errors import unique_constraints
from cinema.core.transactions import detecting_conflict


def check_on_sale(show: Show, now: datetime) -> None:
    """Raises `ShowNotOnSale`."""
    # The constraint on tickets decides which seats are left.
    found = show_status.ignoring_seats(show, now)
    if found is not ShowStatus.ON_SALE:
        raise ShowNotOnSale(found)


def hold_expired(at: LockedBooking) -> HoldExpired:
    """What a buyer is told whose hold is over: which of its seats that ran out can still be had."""
    try:
        check_on_sale(at.booking.show, at.now)
    except ShowNotOnSale:
        return HoldExpired([])
    lost = [ticket.seat for ticket in at.booking.tickets.expired().select_related("seat")]
    return HoldExpired(seats.still_free(lost, show=at.booking.show))


def check_seat_limit(user: User, *, show_id: int, wanted: int) -> None:
    """Raises `SeatLimitReached` if `wanted` seats of the show more are too many. The user is locked."""
    limit = settings.SEATS_PER_USER_AND_SHOW
    taken = Ticket.objects.live().filter(show=show_id, booking__user=user).count()
    if taken + wanted > limit:
        raise SeatLimitReached(limit=limit, already_taken=taken)


def check_hold_limit(user: User) -> None:
    """Raises `HoldLimitReached` if one hold more is too many. The user is locked."""
    limit = settings.OPEN_HOLDS_PER_USER
    open_holds = Booking.objects.in_status(BookingStatus.HELD).filter(user=user).count()
    if open_holds >= limit:
        raise HoldLimitReached(limit=limit, already_taken=open_holds)


def sell(wanted: Sequence[Seat], *, by: User, at: LockedShow, until: datetime | None) -> Booking:
    """A new booking of these seats at the prices of the show: held `until` then, or confirmed for good.

    Raises `SeatsTaken`, which offers no others.
    """
    prices: Mapping[str, Decimal] = dict(Price.objects.filter(show=at.show).values_list("category", "amount"))
    booking = Booking(
        user=by,
        show=at.show,
        status=BookingStatus.HELD if until else BookingStatus.CONFIRMED,
        total=sum((prices[seat.category] for seat in wanted), Decimal(0)),
        currency=settings.CURRENCY,
        created_at=at.now,
        expires_at=until,
        confirmed_at=None if until else at.now,
    )
    # Another booking may have the random reference.
    with detecting_conflict(unique_constraints(Booking)):
        booking.save(force_insert=True)
    tickets = seats.take(wanted, show=at.show, booking=booking, prices=prices)
    history.record(tickets, TicketEventKind.HELD if until else TicketEventKind.CONFIRMED, at=at.now, by=by)
    return booking

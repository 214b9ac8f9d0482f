"""Taking seats of a show, for whomever and whatever: the one place where tickets are made.

Invariant: a seat of a show has at most one live ticket. The tickets are simply inserted, and the constraint
`one_live_ticket_per_seat_of_a_show` arbitrates; buyers of different seats never wait for each other.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from cinema.booking import locks, picking
from cinema.booking.errors import SeatsTaken, UnknownSeats
from cinema.booking.models import Booking, BookingStatus, Ticket
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Seat, Show
from cinema.core.transactions import TryAgain, is_uniqueness_violation


def named(labels: Sequence[str], *, show: Show) -> list[Seat]:
    """The seats of the show's screen with these labels, typed in any case, in house order. Raises `UnknownSeats`."""
    wanted = list(dict.fromkeys(as_labeled(label) for label in labels))
    seats = list(Seat.objects.current().in_house_order().filter(screen_id=show.screen_id, label__in=wanted))
    unknown = set(wanted) - {seat.label for seat in seats}
    if unknown:
        raise UnknownSeats([label for label in wanted if label in unknown])
    return seats


def as_labeled(typed: str) -> str:
    """Whoever types " c7" means seat C7."""
    return "".join(typed.split()).upper()


def take(
    seats: Sequence[Seat], *, show: Show, booking: Booking | None, prices: dict[str, Decimal] | None = None
) -> list[Ticket]:
    """Tickets for all of `seats`, or `SeatsTaken` and nothing changed. Without a booking they are blocks.

    A seat whose hold ran out is taken over: the old ticket is released and its booking expires.
    """
    tickets = [
        Ticket(show=show, seat=seat, booking=booking, price=prices[seat.category] if prices else None)
        for seat in sorted(seats, key=lambda seat: seat.pk)
    ]
    if _inserted(tickets):
        return tickets
    _clear_the_way(seats, show=show)
    if _inserted(tickets):
        return tickets
    raise TryAgain("a rival took the seats that had just come free")


def _inserted(tickets: list[Ticket]) -> bool:
    """Whether the constraint let all of the tickets in; if not, none is."""
    try:
        with transaction.atomic():
            Ticket.objects.bulk_create(tickets)
    except IntegrityError as error:
        if is_uniqueness_violation(error):
            return False
        raise
    return True


def _clear_the_way(seats: Sequence[Seat], *, show: Show) -> None:
    """Release what has run out. Raises `SeatsTaken` if anything has not."""
    in_the_way = Ticket.objects.unreleased().filter(show=show, seat__in=seats)
    taken = set(in_the_way.live().values_list("seat_id", flat=True))
    if taken:
        raise SeatsTaken(
            seats=[seat.label for seat in seats if seat.pk in taken],
            alternatives=_alternatives(seats, show=show),
        )
    overdue = list(in_the_way.overdue())
    if not overdue:
        raise TryAgain("whoever was in the way has gone, or is not visible in this transaction's snapshot")
    _expire([ticket.booking_id for ticket in overdue if ticket.booking_id])


def _expire(booking_ids: Sequence[int]) -> None:
    locks.bookings(booking_ids)
    Ticket.objects.filter(booking__in=booking_ids).overdue().update(released_at=Now())
    Booking.objects.filter(pk__in=booking_ids, status=BookingStatus.HELD).update(status=BookingStatus.EXPIRED)


def _alternatives(seats: Sequence[Seat], *, show: Show) -> list[str]:
    occupied = Ticket.objects.live().filter(show=show).values("seat")
    free = Seat.objects.current().filter(screen_id=show.screen_id).exclude(pk__in=occupied)
    return picking.nearest(map(_place, free), to=[_place(seat) for seat in seats], count=len(seats))


def _place(seat: Seat) -> picking.Place:
    return picking.Place(seat.label, seat.row_index, seat.column, SeatCategory(seat.category))

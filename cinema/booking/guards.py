"""Handlers of catalog events: they refuse changes that sold tickets forbid, and release blocks that a change ends."""

from cinema.booking import expiry, seats
from cinema.booking.errors import SeatsSold, ShowHasBookings
from cinema.booking.models import Booking, BookingStatus, Ticket
from cinema.catalog.events import SeatsRetiring, ShowMoving
from cinema.catalog.models import Show
from cinema.core import clock


def refuse_retiring_sold_seats(event: SeatsRetiring) -> None:
    """Release the blocks of retiring seats.

    Raises `SeatsSold` if a retiring seat has a live ticket of a show that has not ended.
    """
    shows = Show.objects.not_cancelled().not_ended().filter(screen=event.screen)
    tickets = Ticket.objects.filter(show__in=shows, seat__in=event.seats)
    sold = tickets.live().sold().values_list("seat__label", flat=True)
    if sold:
        raise SeatsSold(list(dict.fromkeys(sold)))
    seats.release(list(tickets.blocks().unreleased()), at=clock.now(), by=event.by)


def refuse_moving_booked_show(event: ShowMoving) -> None:
    """Release the show's blocks and cancel its expired holds. Raises `ShowHasBookings` if it has live tickets."""
    tickets = Ticket.objects.filter(show=event.show)
    statuses = list(tickets.live().sold().order_by().values_list("booking", "booking__status").distinct())
    if statuses:
        raise ShowHasBookings(len(statuses), sum(status == BookingStatus.HELD for _, status in statuses))
    now = clock.now()
    seats.release(list(tickets.blocks().unreleased()), at=now, by=event.by)
    # An expired hold can be confirmed while its seats are free; after the move it would be for another movie.
    expiry.release(Booking.objects.expired_unreleased().filter(show=event.show).values_list("pk", flat=True))
    Booking.objects.filter(show=event.show, status=BookingStatus.EXPIRED).update(
        status=BookingStatus.CANCELLED, total=0, cancelled_at=now, expires_at=None
    )

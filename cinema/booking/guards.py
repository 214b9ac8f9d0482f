"""What sold tickets forbid staff to change; and what of blocks goes along with a change."""

from cinema.booking import expiry, seats
from cinema.booking.errors import SeatsSold, ShowHasBookings
from cinema.booking.models import Booking, BookingStatus, Ticket
from cinema.catalog.events import SeatsRetiring, ShowMoving
from cinema.catalog.models import Show
from cinema.core import clock


def keep_sold_seats(event: SeatsRetiring) -> None:
    """Raises `SeatsSold` if a retiring seat has a live ticket of a show that is not over; else its blocks go."""
    shows = Show.objects.not_cancelled().not_ended().filter(screen=event.screen)
    tickets = Ticket.objects.filter(show__in=shows, seat__in=event.seats)
    sold = tickets.live().sold().values_list("seat__label", flat=True)
    if sold:
        raise SeatsSold(list(dict.fromkeys(sold)))
    seats.release(list(tickets.blocks().unreleased()), at=clock.now(), by=event.by)


def keep_booked_shows_in_place(event: ShowMoving) -> None:
    """Raises `ShowHasBookings` if anybody has a live ticket; else the show's blocks go, and its holds that ran out."""
    tickets = Ticket.objects.filter(show=event.show)
    bookings = tickets.live().sold().values("booking").distinct().count()
    if bookings:
        raise ShowHasBookings(bookings)
    now = clock.now()
    seats.release(list(tickets.blocks().unreleased()), at=now, by=event.by)
    # They could be confirmed late, and would be for another movie then.
    expiry.release(Booking.objects.expired_unreleased().filter(show=event.show).values_list("pk", flat=True))
    Booking.objects.filter(show=event.show, status=BookingStatus.EXPIRED).update(
        status=BookingStatus.CANCELLED, total=0, cancelled_at=now, expires_at=None
    )

"""New shows to sell. They start after all shows that were loaded."""

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from cinema.booking import history
from cinema.booking.models import BookingStatus, TicketEventKind
from cinema.models import Booking, Movie, Price, Screen, Seat, Show, Ticket
from tests.bench.buyers import Buyers
from tests.bench.dataset import prices

# A show starts every six hours.
_FIRST = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=400)
_slots = itertools.count()


def screens(name: str) -> list[Screen]:
    """The screens with this name, one in each theater that has one."""
    return list(Screen.objects.filter(name=name).order_by("pk"))


def add(screen_name: str, count: int = 1) -> list[Show]:
    """Add shows. They use the screens with this name one after the other."""
    movie = Movie.objects.order_by("pk")[0]
    cycle = itertools.cycle(screens(screen_name))
    shows = []
    for _ in range(count):
        starts_at = _FIRST + timedelta(hours=6 * next(_slots))
        ends_at = starts_at + timedelta(minutes=movie.duration_minutes)
        shows.append(Show(movie=movie, screen=next(cycle), starts_at=starts_at, ends_at=ends_at))
    Show.objects.bulk_create(shows)
    Price.objects.bulk_create(price for n, show in enumerate(shows) for price in prices(show, n))
    return shows


def seats(show: Show) -> list[Seat]:
    """The seats of a show, in plan order."""
    return list(Seat.objects.current().in_plan_order().filter(screen=show.screen_id))


def sell(show: Show, wanted: Iterable[Seat], buyers: Buyers) -> None:
    """Store the rows that `bookSeat` stores for each of these seats."""
    now = timezone.now()
    amounts = dict(Price.objects.filter(show=show).values_list("category", "amount"))
    seats_sold = list(wanted)
    bookings = Booking.objects.bulk_create(
        Booking(
            user=buyers.next().user,
            show=show,
            status=BookingStatus.CONFIRMED,
            total=amounts[seat.category],
            currency="USD",
            created_at=now,
            confirmed_at=now,
        )
        for seat in seats_sold
    )
    tickets = Ticket.objects.bulk_create(
        Ticket(booking=booking, show=show, seat=seat, price=booking.total)
        for booking, seat in zip(bookings, seats_sold, strict=True)
    )
    for booking, ticket in zip(bookings, tickets, strict=True):
        history.record([ticket], TicketEventKind.CONFIRMED, at=now, by=booking.user)


def sold(shows: Iterable[Show]) -> int:
    """The number of held or booked seats of these shows."""
    return Ticket.objects.live().sold().filter(show__in=list(shows)).count()

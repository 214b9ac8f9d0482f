"""Reports about recent sales."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Sum

from cinema.booking.models import Ticket
from cinema.core.money import Money


@dataclass(frozen=True)
class MovieSales:
    """The seats of a movie that were booked, and what they cost, in one amount per currency."""

    movie_id: int
    title: str
    seats: int
    amounts: Sequence[Money]


def by_movie(*, since: datetime, at_most: int) -> list[MovieSales]:
    """The movies of the bookings that were confirmed since then, with the most booked seats first. Takes one query.

    Without seats that were cancelled again. Seats to which staff moved customers count for the original booking.
    The query reads every booking. With a million tickets it takes up to half a second.
    """
    tickets = Ticket.objects.unreleased().filter(booking__confirmed_at__gte=since).order_by()
    rows = tickets.values_list("show__movie", "show__movie__title", "booking__currency").annotate(
        seats=Count("pk"), amount=Sum("price")
    )
    seats: dict[tuple[int, str], int] = defaultdict(int)
    amounts: dict[tuple[int, str], list[Money]] = defaultdict(list)
    for movie_id, title, currency, count, amount in rows:
        seats[movie_id, title] += count
        amounts[movie_id, title].append(Money(amount, currency))
    most_first = sorted(seats, key=lambda movie: (-seats[movie], movie[1], movie[0]))
    return [
        MovieSales(*movie, seats[movie], sorted(amounts[movie], key=lambda money: money.currency))
        for movie in most_first[:at_most]
    ]

"""Helpers to schedule and change shows, and to read stored data."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from cinema.catalog import scheduling
from cinema.catalog.layouts import SeatCategory
from cinema.models import Movie, Screen, Show, Ticket
from tests import situations
from tests.situations import PRICES

STANDARD = SeatCategory.STANDARD
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
# All tests use the same moment, so that times are whole hours apart.
NOW = situations.in_hours(0)


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def schedule(movie: Movie, screen: Screen, starts_at: datetime, **fields: Any) -> Show:
    return scheduling.schedule(
        movie_id=movie.pk, screen_id=screen.pk, starts_at=starts_at, **{"prices": PRICES, **fields}
    )


def reschedule(show: Show, **changes: Any) -> Show:
    return scheduling.reschedule(show_id=show.pk, **changes)


def stored(show: Show) -> Show:
    return Show.objects.get(pk=show.pk)


def prices_of(show: Show) -> dict[str, Decimal]:
    return dict(show.prices.values_list("category", "amount"))


def unreleased(show: Show) -> list[str]:
    return [ticket.seat.label for ticket in Ticket.objects.unreleased().filter(show=show)]

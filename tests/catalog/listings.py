"""Listings of movies and shows, and shows to list."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from cinema.booking import listings
from cinema.booking.listings import Showing
from cinema.catalog.queries import MovieCriteria, ShowCriteria
from cinema.models import Show, Theater
from tests import situations

# A day that is in the future in every time zone.
DAY = timezone.now().date() + timedelta(days=30)
ZONES = ["Asia/Tokyo", "Europe/Lisbon", "America/New_York"]


def titles(**criteria: Any) -> list[str]:
    """The titles of the movies that match these criteria of movies and of their shows."""
    showing = Showing(**{name: criteria.pop(name) for name in ("on_sale", "on", "theater_id") if name in criteria})
    return [movie.title for movie in listings.movies(MovieCriteria(**criteria), showing)]


def shows(*, bookable: bool | None = None, **criteria: Any) -> list[Show]:
    return list(listings.shows(ShowCriteria(**criteria), bookable_only=bookable))


def a_show_of(title: str, **fields: Any) -> Show:
    """A show of a new movie, with two seats."""
    return situations.a_show(movie=situations.a_movie(title), **{"rows": ["SS"], **fields})


def a_show_at(moment: datetime, theater: Theater, title: str | None = None, **fields: Any) -> Show:
    """A show on a new screen."""
    screen = situations.a_screen(["SS"], theater=theater)
    return situations.a_show(starts_at=moment, screen=screen, movie=situations.a_movie(title), **fields)


def local(day: date, clock: str, time_zone: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def sell_out(show: Show) -> None:
    situations.a_booking("A1", "A2", show=show)

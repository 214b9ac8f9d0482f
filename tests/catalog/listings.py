"""Movies and shows as they are found, and shows to find."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from cinema.booking import listings
from cinema.booking.listings import Showing
from cinema.catalog.queries import MovieCriteria, ShowCriteria
from cinema.models import Show, Theater
from tests import situations

# Far enough from today for every zone to agree that it is to come.
DAY = timezone.now().date() + timedelta(days=30)
ZONES = ["Asia/Tokyo", "Europe/Lisbon", "America/New_York"]


def titles(**asked: Any) -> list[str]:
    """The movies that meet what is asked about them and about their shows."""
    showing = Showing(**{name: asked.pop(name) for name in ("on_sale", "on", "theater_id") if name in asked})
    return [movie.title for movie in listings.movies(MovieCriteria(**asked), showing)]


def shows(*, bookable: bool | None = None, **asked: Any) -> list[Show]:
    return list(listings.shows(ShowCriteria(**asked), bookable_only=bookable))


def a_show_of(title: str, **fields: Any) -> Show:
    """Of a new movie, with two seats."""
    return situations.a_show(movie=situations.a_movie(title), **{"rows": ["SS"], **fields})


def a_show_at(moment: datetime, theater: Theater, title: str | None = None, **fields: Any) -> Show:
    """In a room of its own."""
    screen = situations.a_screen(["SS"], theater=theater)
    return situations.a_show(starts_at=moment, screen=screen, movie=situations.a_movie(title), **fields)


def local(day: date, clock: str, time_zone: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def sell_out(show: Show) -> None:
    situations.a_booking("A1", "A2", show=show)

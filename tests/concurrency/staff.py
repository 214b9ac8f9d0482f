"""Calls for concurrent staff, and their results."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from cinema.catalog import scheduling
from cinema.models import Movie, Screen, Show
from tests import situations
from tests.situations import PRICES

ROUNDS = 15
MINUTE = timedelta(minutes=1)
# One value for all tests of a process, so that times computed from it are whole minutes apart.
NOW = situations.in_hours(0)


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def schedule_call(screen: Screen, starts_at: datetime, movie: Movie | None = None) -> Callable[[], Show]:
    """Schedule a show, by default of a new movie, so that concurrent calls share only the screen."""
    return partial(
        scheduling.schedule,
        movie_id=(movie or situations.a_movie()).pk,
        screen_id=screen.pk,
        starts_at=starts_at,
        prices=PRICES,
    )


def moving(show: Show, **changes: Any) -> Callable[[], Show]:
    return partial(scheduling.reschedule, show_id=show.pk, **changes)


def kinds(results: Iterable[object]) -> list[type]:
    return sorted(map(type, results), key=lambda kind: kind.__name__)

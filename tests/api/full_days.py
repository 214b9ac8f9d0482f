"""Days with one show and with ten shows, for tests of the number of queries."""

import pytest

from cinema.booking import blocks
from cinema.models import Show
from tests import situations
from tests.situations import in_hours

ONE_OR_MANY = pytest.mark.parametrize("count", [1, 10])


def a_full_day(count: int) -> list[Show]:
    """`count` shows, each of its own movie on its own screen, with genres, bookings, holds and blocked seats."""
    shows = []
    starts_at = in_hours(24)
    for number in range(count):
        movie = situations.a_movie(genres=["Drama", f"Genre {number}"])
        show = situations.a_show(movie=movie, starts_at=starts_at)
        situations.a_booking("A1", "B1", show=show)
        situations.a_hold("A2", show=show)
        blocks.block(show_id=show.pk, labels=["A3"])
        shows.append(show)
    return shows

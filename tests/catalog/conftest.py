import pytest

from cinema.models import Movie, Screen
from tests import situations


@pytest.fixture
def movie() -> Movie:
    """A movie of 100 minutes."""
    return situations.a_movie(duration_minutes=100)


@pytest.fixture
def screen() -> Screen:
    """A screen with two standard seats."""
    return situations.a_screen(["SS"])

"""What can go wrong with the program.

CinemaError
  MovieHasShows     a movie with shows, past ones included, is not deleted
  ScreenOccupied    two shows would overlap on a screen
"""

from dataclasses import dataclass

from cinema.catalog.models import Show
from cinema.core.errors import CinemaError


@dataclass(eq=False)
class MovieHasShows(CinemaError):
    """This movie has shows ({show_count}), so it is not deleted."""

    show_count: int


@dataclass(eq=False)
class ScreenOccupied(CinemaError):
    """The screen is taken at that time, or is being cleaned: {show}."""

    show: Show

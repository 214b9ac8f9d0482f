"""Expected failures of use cases for movies and the schedule.

CinemaError
  MovieHasShows     a movie with shows, including past ones, cannot be deleted
  ScreenOccupied    two shows would overlap on a screen
  ShowsRefused      some of many shows cannot be added, so none is
"""

from dataclasses import dataclass
from datetime import timedelta

from cinema.catalog.models import Show
from cinema.catalog.rules import rules
from cinema.catalog.time_zones import time_of_day, zone_of
from cinema.core.errors import CinemaError
from cinema.core.text import counted


@dataclass(eq=False)
class MovieHasShows(CinemaError):
    show_count: int

    def __str__(self) -> str:
        return f"This movie has {counted(self.show_count, 'show')}, so it can't be deleted."


@dataclass(eq=False)
class ScreenOccupied(CinemaError):
    """`show` is the other show, with its movie, screen and theater loaded. The message has the theater's local time."""

    show: Show

    def __str__(self) -> str:
        zone = zone_of(self.show.screen.theater.time_zone)
        starts, ends = (time_of_day(moment.astimezone(zone)) for moment in (self.show.starts_at, self.show.ends_at))
        minutes = rules().cleaning_time // timedelta(minutes=1)
        cleaning = f", plus {counted(minutes, 'minute')} for cleaning" if minutes else ""
        return f"This overlaps {self.show.movie} ({starts}–{ends}{cleaning})."  # noqa: RUF001 - a range


@dataclass(eq=False)
class ShowsRefused(CinemaError):
    refused: int
    total: int

    def __str__(self) -> str:
        return f"{self.refused} of {counted(self.total, 'show')} cannot be added, so none was added."

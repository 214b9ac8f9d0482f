"""The problems of staff mutations on movies, theaters, screens and shows."""

import strawberry

from cinema.booking import errors as booking_errors
from cinema.catalog import errors
from schema.catalog.types import Show
from schema.engine.problems import Problem, ProblemHandler


@strawberry.type(description="A movie that has shows, including past ones, cannot be deleted.")
class MovieHasShows(Problem):
    show_count: int = strawberry.field(description="The number of shows.")


@strawberry.type(description="The show overlaps another show on the same screen. The time for cleaning counts.")
class ScreenOccupied(Problem):
    show: Show = strawberry.field(description="The other show.")


@strawberry.type(description="Seats that the new plan removes or changes are sold for shows that have not ended.")
class SeatsSold(Problem):
    seats: list[str] = strawberry.field(description="The labels of the seats.")


@strawberry.type(description="The screen or the movie of a show with bookings cannot change.")
class ShowHasBookings(Problem):
    booking_count: int = strawberry.field(description="The number of bookings.")


PROBLEM_HANDLERS = [
    ProblemHandler(errors.MovieHasShows, MovieHasShows),
    ProblemHandler(errors.ScreenOccupied, ScreenOccupied),
    ProblemHandler(booking_errors.SeatsSold, SeatsSold),
    ProblemHandler(booking_errors.ShowHasBookings, ShowHasBookings),
]

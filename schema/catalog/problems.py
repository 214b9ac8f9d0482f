"""The problems of staff mutations on movies, theaters, screens and shows."""

import strawberry

from cinema.booking import errors as booking_errors
from cinema.catalog import errors
from schema.catalog.types import Show
from schema.engine.problems import Problem, ProblemHandler


@strawberry.type(description="The movie cannot be deleted, because it has shows, including past ones.")
class MovieHasShows(Problem):
    show_count: int = strawberry.field(description="The number of shows.")


@strawberry.type(description="The show, including the time for cleaning, overlaps another show on the same screen.")
class ScreenOccupied(Problem):
    show: Show = strawberry.field(description="The other show.")


@strawberry.type(description="The new plan removes or changes seats that are sold for shows that have not ended.")
class SeatsSold(Problem):
    seats: list[str] = strawberry.field(description="The labels of the seats.")


@strawberry.type(description="The screen or the movie cannot be changed, because the show has bookings.")
class ShowHasBookings(Problem):
    booking_count: int = strawberry.field(description="The number of bookings.")


PROBLEM_HANDLERS = [
    ProblemHandler(errors.MovieHasShows, MovieHasShows),
    ProblemHandler(errors.ScreenOccupied, ScreenOccupied),
    ProblemHandler(booking_errors.SeatsSold, SeatsSold),
    ProblemHandler(booking_errors.ShowHasBookings, ShowHasBookings),
]

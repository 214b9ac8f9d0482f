"""The problems of staff mutations on movies, theaters, screens and shows."""

import strawberry

from cinema.booking import errors as booking_errors
from cinema.catalog import errors
from schema.catalog.types import Show
from schema.engine.errors import Problem, ProblemHandler


@strawberry.type(description="A movie with shows, past ones included, is not deleted.")
class MovieHasShows(Problem):
    show_count: int = strawberry.field(description="How many it has.")


@strawberry.type(description="Two shows would overlap on the screen, the time for cleaning included.")
class ScreenOccupied(Problem):
    show: Show = strawberry.field(description="The show that is in the way.")


@strawberry.type(description="Seats that would go are sold for shows that are not over.")
class SeatsSold(Problem):
    seats: list[str] = strawberry.field(description="Their labels.")


@strawberry.type(description="A show with bookings keeps its screen and its movie.")
class ShowHasBookings(Problem):
    booking_count: int = strawberry.field(description="How many it has.")


PROBLEM_HANDLERS = [
    ProblemHandler(errors.MovieHasShows, MovieHasShows),
    ProblemHandler(errors.ScreenOccupied, ScreenOccupied),
    ProblemHandler(booking_errors.SeatsSold, SeatsSold),
    ProblemHandler(booking_errors.ShowHasBookings, ShowHasBookings),
]

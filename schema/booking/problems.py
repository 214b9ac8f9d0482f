"""The problems of booking, holding and releasing seats."""

from datetime import datetime
from typing import Self

import strawberry

from cinema.booking import errors
from cinema.core.errors import CinemaError
from schema.catalog.enums import ShowStatus
from schema.engine.problems import Problem, ProblemHandler


@strawberry.type(description="Some of the seats are already held, booked or blocked.")
class SeatsTaken(Problem):
    seats: list[str] = strawberry.field(description="The requested seats that are not available.")
    alternatives: list[str] = strawberry.field(
        description="The same number of available seats, the nearest ones first."
    )


@strawberry.type(description="The auditorium or the booking does not have some of the seats.")
class UnknownSeats(Problem):
    seats: list[str] = strawberry.field(description="The labels of the unknown seats.")


@strawberry.type(
    description="The seats are wheelchair spaces or companion seats, and the input does not say that the viewer needs "
    "accessible seats."
)
class AccessibleSeatsOnly(Problem):
    seats: list[str] = strawberry.field(
        description="The labels of these seats. Empty if the request was for the best available seats."
    )


@strawberry.type(description="The show cannot be booked.")
class ShowNotOnSale(Problem):
    show_status: ShowStatus = strawberry.field(description="The status of the show.")

    @classmethod
    def of(cls, error: CinemaError) -> Self:
        assert isinstance(error, errors.ShowNotOnSale)
        return cls(message=str(error), show_status=error.show_status)


@strawberry.type(
    description="The viewer has reached the maximum number of seats for this show or of open holds, as the message"
    " explains."
)
class SeatLimitReached(Problem):
    limit: int = strawberry.field(description="The maximum number of seats for the show, or of open holds.")
    already_taken: int = strawberry.field(description="The number of seats or open holds that the viewer already has.")


@strawberry.type(description="The booking can no longer be cancelled, because the show starts soon.")
class TooLateToCancel(Problem):
    deadline: datetime = strawberry.field(description="The time until which the booking could be cancelled.")

    @classmethod
    def of(cls, error: CinemaError) -> Self:
        assert isinstance(error, errors.TooLateToCancel)
        return cls(message=str(error), deadline=error.deadline.moment)


@strawberry.type(description="There are not enough available seats that match the request.")
class NotEnoughSeats(Problem):
    requested: int = strawberry.field(description="The number of seats requested.")
    available: int = strawberry.field(description="The number of seats that the request could have held.")


@strawberry.type(description="The hold has expired, and some of its seats are no longer available.")
class HoldExpired(Problem):
    still_available: list[str] = strawberry.field(
        description="The labels of the seats that are still available. They can be held again."
    )


@strawberry.type(description="The booking or the hold was cancelled, by the buyer or with the show.")
class BookingCancelled(Problem):
    cancelled_at: datetime = strawberry.field(description="The time when it was cancelled.")


PROBLEM_HANDLERS = [
    ProblemHandler(errors.SeatsTaken, SeatsTaken),
    ProblemHandler(errors.UnknownSeats, UnknownSeats),
    ProblemHandler(errors.AccessibleSeatsOnly, AccessibleSeatsOnly),
    ProblemHandler(errors.ShowNotOnSale, ShowNotOnSale),
    ProblemHandler(errors.SeatLimitReached, SeatLimitReached),
    ProblemHandler(errors.TooLateToCancel, TooLateToCancel),
    ProblemHandler(errors.NotEnoughSeats, NotEnoughSeats),
    ProblemHandler(errors.HoldExpired, HoldExpired),
    ProblemHandler(errors.BookingCancelled, BookingCancelled),
]

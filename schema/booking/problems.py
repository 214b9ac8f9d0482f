"""The problems of booking, holding and releasing seats."""

from datetime import datetime

import strawberry

from cinema.booking import errors
from cinema.core.errors import IdempotencyKeyReused as IdempotencyKeyReusedError
from schema.catalog.enums import ShowStatus
from schema.engine.problems import Problem, ProblemHandler


@strawberry.type(description="Some of the seats are already held, booked or blocked. Nothing was booked.")
class SeatsTaken(Problem):
    seats: list[str] = strawberry.field(description="The requested seats that are not available.")
    alternatives: list[str] = strawberry.field(description="The same number of available seats, nearest first.")


@strawberry.type(description="There are no such seats in the auditorium or in the booking.")
class UnknownSeats(Problem):
    seats: list[str] = strawberry.field(description="The labels that do not exist.")


@strawberry.type(description="Seats of this show cannot be booked.")
class ShowNotOnSale(Problem):
    status: ShowStatus = strawberry.field(description="The reason.")


@strawberry.type(
    description="The viewer has reached the limit of seats for this show, or the limit of open holds. The message"
    " says which."
)
class SeatLimitReached(Problem):
    limit: int = strawberry.field(description="The limit: seats for the show, or open holds.")
    already_taken: int = strawberry.field(description="How many of them the viewer already has.")


@strawberry.type(description="The show starts too soon to cancel.")
class TooLateToCancel(Problem):
    deadline: datetime = strawberry.field(description="Until when the booking could be cancelled.")


@strawberry.type(
    description="The idempotency key was used for another mutation or other input. Use a new key for each call."
)
class IdempotencyKeyReused(Problem):
    pass


@strawberry.type(description="There are not enough such seats, or not next to each other. Nothing was held.")
class NotEnoughSeats(Problem):
    requested: int = strawberry.field(description="The number of seats requested.")
    available: int = strawberry.field(
        description="The number of seats available; next to each other, if that was requested."
    )


@strawberry.type(
    description="The hold has expired, and not all of its seats are available any more. Nothing has changed."
)
class HoldExpired(Problem):
    still_available: list[str] = strawberry.field(
        description="The seats of the hold that are still available. They can be held again."
    )


PROBLEM_HANDLERS = [
    ProblemHandler(errors.SeatsTaken, SeatsTaken),
    ProblemHandler(errors.UnknownSeats, UnknownSeats),
    ProblemHandler(errors.ShowNotOnSale, ShowNotOnSale),
    ProblemHandler(errors.SeatLimitReached, SeatLimitReached),
    ProblemHandler(errors.TooLateToCancel, TooLateToCancel),
    ProblemHandler(IdempotencyKeyReusedError, IdempotencyKeyReused),
    ProblemHandler(errors.NotEnoughSeats, NotEnoughSeats),
    ProblemHandler(errors.HoldExpired, HoldExpired),
]

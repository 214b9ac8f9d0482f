"""The problems of booking, holding, and giving seats back."""

from datetime import datetime

import strawberry

from cinema.booking import errors
from cinema.core.errors import IdempotencyKeyReused as IdempotencyKeyReusedError
from schema.catalog.enums import ShowStatus
from schema.engine.errors import Problem, ProblemHandler


@strawberry.type(description="Somebody else was faster, or the seats are kept back. Nothing has been booked.")
class SeatsTaken(Problem):
    seats: list[str] = strawberry.field(description="Exactly those of the wanted seats that cannot be had.")
    alternatives: list[str] = strawberry.field(description="As many free seats, nearest first.")


@strawberry.type(description="There are no such seats: in the house, or in the booking.")
class UnknownSeats(Problem):
    seats: list[str] = strawberry.field(description="The labels that name no seat.")


@strawberry.type(description="Seats of this show cannot be booked.")
class ShowNotOnSale(Problem):
    status: ShowStatus = strawberry.field(description="Why.")


@strawberry.type(
    description="One person can have only so many seats of a show, and only so many open holds; "
    "the message tells which of the two it is about."
)
class SeatLimitReached(Problem):
    limit: int = strawberry.field(description="How many seats of the show, or open holds.")
    already_taken: int = strawberry.field(description="How many of them the viewer has.")


@strawberry.type(description="The show is too near.")
class TooLateToCancel(Problem):
    deadline: datetime = strawberry.field(description="Until when it could be cancelled.")


@strawberry.type(description="The key stands for another operation or other input. Take a new key for each call.")
class IdempotencyKeyReused(Problem):
    pass


@strawberry.type(description="There are not so many such seats, or not together. Nothing is held.")
class NotEnoughSeats(Problem):
    requested: int = strawberry.field(description="How many were asked for.")
    available: int = strawberry.field(description="How many could be had; together, if that was asked for.")


@strawberry.type(
    description="The seats are not kept any more, and not all of them can be had again. Nothing has changed."
)
class HoldExpired(Problem):
    still_available: list[str] = strawberry.field(description="Those of the seats that are free; hold them anew.")


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

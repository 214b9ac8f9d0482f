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
        description="The same number of available seats. If the requested seats are side by side, so are these, if "
        "possible. Otherwise, the nearest ones come first."
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


@strawberry.type(
    description="Some of the seats are only a part of a unit, such as a love seat or a table. The seats of a unit are "
    "sold, cancelled and blocked only together."
)
class SeatsSoldTogether(Problem):
    seats: list[str] = strawberry.field(description="The labels of these seats.")
    missing: list[str] = strawberry.field(description="The labels of the seats to add to complete the units.")


@strawberry.type(description="The show cannot be booked.")
class ShowNotOnSale(Problem):
    show_status: ShowStatus = strawberry.field(description="The status of the show.")


@strawberry.type(
    description="The viewer has reached the maximum number of seats for this show, of open holds or of held seats, or"
    " too many seats are held from the viewer's network address, as the message explains."
)
class SeatLimitReached(Problem):
    limit: int = strawberry.field(description="The maximum number of seats or open holds.")
    already_taken: int = strawberry.field(
        description="The number of seats or open holds that the viewer already has, or of seats that are held from the "
        "network address."
    )


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


@strawberry.type(description="The booking or the hold was cancelled: by the buyer, by staff or with the show.")
class BookingCancelled(Problem):
    cancelled_at: datetime = strawberry.field(description="The time when it was cancelled.")


PROBLEM_HANDLERS = [
    ProblemHandler(errors.SeatsTaken, SeatsTaken),
    ProblemHandler(errors.UnknownSeats, UnknownSeats),
    ProblemHandler(errors.AccessibleSeatsOnly, AccessibleSeatsOnly),
    ProblemHandler(errors.SeatsSoldTogether, SeatsSoldTogether),
    ProblemHandler(errors.ShowNotOnSale, ShowNotOnSale),
    ProblemHandler(errors.SeatLimitReached, SeatLimitReached),
    ProblemHandler(errors.TooLateToCancel, TooLateToCancel),
    ProblemHandler(errors.NotEnoughSeats, NotEnoughSeats),
    ProblemHandler(errors.HoldExpired, HoldExpired),
    ProblemHandler(errors.BookingCancelled, BookingCancelled),
]

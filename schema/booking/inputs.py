"""The inputs of booking, holding, and blocking seats."""

from typing import Any, cast

import strawberry
from strawberry import Maybe

from cinema.booking import seats
from schema.booking.enums import BookingStatus
from schema.catalog.enums import SeatCategory


def idempotency_key() -> Any:
    """The field of an input that makes it safe to send a call again."""
    return strawberry.field(
        default=None,
        description="A name of the client's own for this call, 1 to 200 characters, new for each. Sent again with the "
        "same input within 24 hours, the call does nothing again and answers with the same booking.",
    )


@strawberry.input(description="Which bookings; all of what is given has to be true.")
class BookingFilter:
    status: BookingStatus | None = strawberry.field(default=None, description="With this status.")
    upcoming: bool | None = strawberry.field(
        default=None, description="True: for shows that have not started. False: for the others."
    )


@strawberry.input(description="A seat of a show.")
class BookSeatInput:
    show_id: strawberry.ID = strawberry.field(description="The id of the show.")
    seat: str = strawberry.field(description="The label of the seat, such as C7.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="What to give back.")
class CancelBookingInput:
    booking_id: strawberry.ID = strawberry.field(description="The id of the booking.")
    seats: list[str] | None = strawberry.field(default=None, description="Only these seats of it; all unless given.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(
    description="The best free seats: nearest the middle of the house, leaving no seat alone if possible."
)
class BestAvailable:
    count: int = strawberry.field(description="How many.")
    category: SeatCategory | None = strawberry.field(
        default=None, description="Only of this kind. Wheelchair spaces and companion seats only if asked for here."
    )
    together: bool | None = strawberry.field(
        default=True,
        description="True: next to each other in one row, or none. False: split over neighboring rows if need be.",
    )


@strawberry.input(one_of=True, description="Seats by their labels, or the best there are.")
class SeatSelection:
    seats: Maybe[list[str]] = strawberry.field(description="Their labels, such as C7.")
    best_available: Maybe[BestAvailable] = strawberry.field(description="Let the server choose.")


@strawberry.input(description="Seats of a show to keep for a few minutes.")
class HoldSeatsInput:
    show_id: strawberry.ID = strawberry.field(description="The id of the show.")
    selection: SeatSelection = strawberry.field(description="Which seats.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="A hold to keep for longer.")
class ExtendHoldInput:
    booking_id: strawberry.ID = strawberry.field(description="The id of the booking that is held.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="A hold to make a booking of.")
class ConfirmBookingInput:
    booking_id: strawberry.ID = strawberry.field(description="The id of the booking that is held.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Seats of a show to keep back from sale.")
class BlockSeatsInput:
    show_id: strawberry.ID = strawberry.field(description="The id of the show.")
    seats: list[str] = strawberry.field(description="Their labels, such as C7.")


@strawberry.input(description="Blocked seats of a show to put on sale again.")
class UnblockSeatsInput:
    show_id: strawberry.ID = strawberry.field(description="The id of the show.")
    seats: list[str] = strawberry.field(description="Their labels, such as C7.")


def wanted_seats(selection: SeatSelection) -> list[str] | seats.BestAvailable:
    if selection.seats is not None:
        return selection.seats.value
    # One of the two is there: that is what @oneOf means.
    wish = cast("strawberry.Some[BestAvailable]", selection.best_available).value
    return seats.BestAvailable(count=wish.count, category=wish.category, together=wish.together is not False)

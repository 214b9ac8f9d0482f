"""Holds: seats kept for a few minutes, chosen by the buyer or by the server; kept longer; confirmed."""

from typing import cast

import strawberry
import strawberry_django
from strawberry import Maybe

from cinema import models
from cinema.booking import bookings, errors, holds, seats
from schema.booking import (
    Booking,
    IdempotencyKeyReused,
    SeatLimitReached,
    SeatsTaken,
    ShowNotOnSale,
    UnknownSeats,
    idempotency_key,
)
from schema.context import Info, Input
from schema.enums import SeatCategory
from schema.errors import Answer, Busy, Problem, result
from schema.ids import key_of


@strawberry.type(description="There are not so many such seats, or not together. Nothing is held.")
class NotEnoughSeats(Problem):
    requested: int = strawberry.field(description="How many were asked for.")
    available: int = strawberry.field(description="How many could be had; together, if that was asked for.")


@strawberry.type(
    description="The seats are not kept any more, and not all of them can be had again. Nothing has changed."
)
class HoldExpired(Problem):
    still_available: list[str] = strawberry.field(description="Those of the seats that are free; hold them anew.")


ANSWERS = [
    Answer(errors.NotEnoughSeats, NotEnoughSeats),
    Answer(errors.HoldExpired, HoldExpired),
]

HoldSeatsResult = result(
    "HoldSeatsResult",
    Booking,
    SeatsTaken,
    UnknownSeats,
    NotEnoughSeats,
    ShowNotOnSale,
    SeatLimitReached,
    IdempotencyKeyReused,
    Busy,
)
ExtendHoldResult = result("ExtendHoldResult", Booking, HoldExpired, IdempotencyKeyReused, Busy)
ConfirmBookingResult = result("ConfirmBookingResult", Booking, HoldExpired, IdempotencyKeyReused, Busy)


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


@strawberry.type
class HoldsMutation:
    @strawberry_django.mutation(
        graphql_type=HoldSeatsResult, description="Keep seats of a show for a few minutes, all or none."
    )
    def hold_seats(self, info: Info, input: Input[HoldSeatsInput]) -> models.Booking:
        by = info.context.signed_in()
        return holds.acquire(
            show_id=key_of("Show", input.show_id), wanted=_wanted(input.selection), by=by, key=input.idempotency_key
        )

    @strawberry_django.mutation(
        graphql_type=ExtendHoldResult,
        description="Keep a hold for as long as one can be kept, 20 minutes from when it was made unless the cinema "
        "has set otherwise. Doing so twice changes nothing.",
    )
    def extend_hold(self, info: Info, input: Input[ExtendHoldInput]) -> models.Booking:
        by = info.context.signed_in()
        return holds.extend(booking_id=key_of("Booking", input.booking_id), by=by, key=input.idempotency_key)

    @strawberry_django.mutation(
        graphql_type=ConfirmBookingResult,
        description="Make a hold a booking. One that ran out is confirmed too, if all of its seats are still free.",
    )
    def confirm_booking(self, info: Info, input: Input[ConfirmBookingInput]) -> models.Booking:
        by = info.context.signed_in()
        return bookings.confirm(booking_id=key_of("Booking", input.booking_id), by=by, key=input.idempotency_key)


def _wanted(selection: SeatSelection) -> list[str] | seats.BestAvailable:
    if selection.seats is not None:
        return selection.seats.value
    # One of the two is there: that is what @oneOf means.
    wish = cast("strawberry.Some[BestAvailable]", selection.best_available).value
    return seats.BestAvailable(count=wish.count, category=wish.category, together=wish.together is not False)

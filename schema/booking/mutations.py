"""Booking a seat, holding seats, giving them back, and blocking them."""

import strawberry
import strawberry_django

from cinema import models
from cinema.booking import blocks, bookings, holds
from schema.booking.inputs import (
    BlockSeatsInput,
    BookSeatInput,
    CancelBookingInput,
    ConfirmBookingInput,
    ExtendHoldInput,
    HoldSeatsInput,
    UnblockSeatsInput,
    wanted_seats,
)
from schema.booking.problems import (
    HoldExpired,
    IdempotencyKeyReused,
    NotEnoughSeats,
    SeatLimitReached,
    SeatsTaken,
    ShowNotOnSale,
    TooLateToCancel,
    UnknownSeats,
)
from schema.booking.types import Booking
from schema.catalog.types import Show
from schema.engine.context import Info, Input
from schema.engine.errors import Busy, result
from schema.engine.ids import key_of

BookSeatResult = result(
    "BookSeatResult",
    Booking,
    SeatsTaken,
    UnknownSeats,
    ShowNotOnSale,
    SeatLimitReached,
    IdempotencyKeyReused,
    Busy,
)
CancelBookingResult = result("CancelBookingResult", Booking, TooLateToCancel, UnknownSeats, IdempotencyKeyReused, Busy)
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
BlockSeatsResult = result("BlockSeatsResult", Show, SeatsTaken, UnknownSeats, Busy)
UnblockSeatsResult = result("UnblockSeatsResult", Show, UnknownSeats, Busy)


@strawberry.type
class BookingMutations:
    @strawberry_django.mutation(graphql_type=BookSeatResult, description="Book one seat, confirmed at once.")
    def book_seat(self, info: Info, input: Input[BookSeatInput]) -> models.Booking:
        by = info.context.signed_in()
        return bookings.book(
            show_id=key_of("Show", input.show_id), labels=[input.seat], by=by, key=input.idempotency_key
        )

    @strawberry_django.mutation(
        graphql_type=CancelBookingResult,
        description="Give back a booking or a hold, or some of its seats. They can be booked again at once.",
    )
    def cancel_booking(self, info: Info, input: Input[CancelBookingInput]) -> models.Booking:
        by = info.context.signed_in()
        return bookings.cancel(
            booking_id=key_of("Booking", input.booking_id), labels=input.seats, by=by, key=input.idempotency_key
        )

    @strawberry_django.mutation(
        graphql_type=HoldSeatsResult, description="Keep seats of a show for a few minutes, all or none."
    )
    def hold_seats(self, info: Info, input: Input[HoldSeatsInput]) -> models.Booking:
        by = info.context.signed_in()
        return holds.acquire(
            show_id=key_of("Show", input.show_id),
            wanted=wanted_seats(input.selection),
            by=by,
            key=input.idempotency_key,
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

    @strawberry_django.mutation(
        graphql_type=BlockSeatsResult,
        description="Keep seats back from sale, all or none. Takes cinema.change_show.",
    )
    def block_seats(self, info: Info, input: Input[BlockSeatsInput]) -> models.Show:
        by = info.context.permitted("cinema.change_show")
        return blocks.block(show_id=key_of("Show", input.show_id), labels=input.seats, by=by)

    @strawberry_django.mutation(
        graphql_type=UnblockSeatsResult,
        description="Put blocked seats on sale again. Takes cinema.change_show.",
    )
    def unblock_seats(self, info: Info, input: Input[UnblockSeatsInput]) -> models.Show:
        by = info.context.permitted("cinema.change_show")
        return blocks.unblock(show_id=key_of("Show", input.show_id), labels=input.seats, by=by)

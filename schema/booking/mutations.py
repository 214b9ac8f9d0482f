"""Mutations that book, hold, release and block seats."""

from functools import partial

import strawberry
import strawberry_django

from cinema import models
from cinema.accounts import staff_calls
from cinema.booking import blocks, bookings, holds
from schema.accounts.problems import TooManyAttempts
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
    AccessibleSeatsOnly,
    BookingCancelled,
    HoldExpired,
    NotEnoughSeats,
    SeatLimitReached,
    SeatsSoldTogether,
    SeatsTaken,
    ShowNotOnSale,
    TooLateToCancel,
    UnknownSeats,
)
from schema.booking.types import Booking
from schema.catalog.types import Show
from schema.engine.context import Info, Input
from schema.engine.ids import key_of
from schema.engine.problems import Busy, IdempotencyKeyReused, result

BookSeatResult = result(
    "BookSeatResult",
    Booking,
    SeatsTaken,
    UnknownSeats,
    AccessibleSeatsOnly,
    SeatsSoldTogether,
    ShowNotOnSale,
    SeatLimitReached,
    IdempotencyKeyReused,
    Busy,
)
CancelBookingResult = result(
    "CancelBookingResult", Booking, TooLateToCancel, UnknownSeats, SeatsSoldTogether, IdempotencyKeyReused, Busy
)
HoldSeatsResult = result(
    "HoldSeatsResult",
    Booking,
    SeatsTaken,
    UnknownSeats,
    NotEnoughSeats,
    AccessibleSeatsOnly,
    SeatsSoldTogether,
    ShowNotOnSale,
    SeatLimitReached,
    TooManyAttempts,
    IdempotencyKeyReused,
    Busy,
)
ExtendHoldResult = result("ExtendHoldResult", Booking, HoldExpired, BookingCancelled, IdempotencyKeyReused, Busy)
ConfirmBookingResult = result(
    "ConfirmBookingResult", Booking, HoldExpired, BookingCancelled, IdempotencyKeyReused, Busy
)
BlockSeatsResult = result(
    "BlockSeatsResult", Show, SeatsTaken, UnknownSeats, SeatsSoldTogether, IdempotencyKeyReused, Busy
)
UnblockSeatsResult = result("UnblockSeatsResult", Show, UnknownSeats, SeatsSoldTogether, IdempotencyKeyReused, Busy)


@strawberry.type
class BookingMutations:
    @strawberry_django.mutation(
        graphql_type=BookSeatResult, description="Book one seat. The booking is confirmed immediately."
    )
    def book_seat(self, info: Info, input: Input[BookSeatInput]) -> models.Booking:
        by = info.context.require_user()
        return bookings.book(
            show_id=key_of("Show", input.show_id),
            labels=[input.seat],
            by=by,
            key=input.idempotency_key,
            needs_accessible=input.needs_accessible is True,
        )

    @strawberry_django.mutation(
        graphql_type=CancelBookingResult,
        description="Cancel a booking or a hold, or some of its seats. The seats become available immediately.",
    )
    def cancel_booking(self, info: Info, input: Input[CancelBookingInput]) -> models.Booking:
        by = info.context.require_user()
        return bookings.cancel(
            booking_id=key_of("Booking", input.booking_id), labels=input.seats, by=by, key=input.idempotency_key
        )

    @strawberry_django.mutation(
        graphql_type=HoldSeatsResult,
        description="Hold seats of a show for a few minutes. Either all of the seats are held or none.",
    )
    def hold_seats(self, info: Info, input: Input[HoldSeatsInput]) -> models.Booking:
        by = info.context.require_user()
        return holds.acquire(
            show_id=key_of("Show", input.show_id),
            wanted=wanted_seats(input.selection),
            by=by,
            key=input.idempotency_key,
            needs_accessible=input.needs_accessible is True,
            address=info.context.address,
        )

    @strawberry_django.mutation(
        graphql_type=ExtendHoldResult,
        description="Extend a hold to the maximum lifetime: by default, 20 minutes after it was created. Calling it "
        "again has no further effect.",
    )
    def extend_hold(self, info: Info, input: Input[ExtendHoldInput]) -> models.Booking:
        by = info.context.require_user()
        return holds.extend(booking_id=key_of("Booking", input.booking_id), by=by, key=input.idempotency_key)

    @strawberry_django.mutation(
        graphql_type=ConfirmBookingResult,
        description="Confirm a hold. An expired hold can be confirmed if all of its seats are still available.",
    )
    def confirm_booking(self, info: Info, input: Input[ConfirmBookingInput]) -> models.Booking:
        by = info.context.require_user()
        return bookings.confirm(booking_id=key_of("Booking", input.booking_id), by=by, key=input.idempotency_key)

    @strawberry_django.mutation(
        graphql_type=BlockSeatsResult,
        description="Block seats so that they cannot be booked. Either all of the seats are blocked or none. Requires "
        "the permission `cinema.change_show`.",
    )
    def block_seats(self, info: Info, input: Input[BlockSeatsInput]) -> models.Show:
        by = info.context.require_permission("cinema.change_show")
        call = partial(blocks.block, show_id=key_of("Show", input.show_id), labels=input.seats, by=by)
        return staff_calls.run(call, model=models.Show, by=by, key=input.idempotency_key)

    @strawberry_django.mutation(
        graphql_type=UnblockSeatsResult,
        description="Make blocked seats available again. Requires the permission `cinema.change_show`.",
    )
    def unblock_seats(self, info: Info, input: Input[UnblockSeatsInput]) -> models.Show:
        by = info.context.require_permission("cinema.change_show")
        call = partial(blocks.unblock, show_id=key_of("Show", input.show_id), labels=input.seats, by=by)
        return staff_calls.run(call, model=models.Show, by=by, key=input.idempotency_key)

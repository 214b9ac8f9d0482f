"""The inputs of booking, holding, and blocking seats."""

from typing import cast

import strawberry
from strawberry import Maybe

from cinema.booking import seats
from cinema.booking.queries import BookingCriteria
from schema.booking.enums import BookingStatus
from schema.catalog.enums import SeatCategory
from schema.engine.ids import optional_key_of
from schema.engine.inputs import idempotency_key

NEEDS_ACCESSIBLE = (
    "Whether the viewer needs accessible seats. Without it, wheelchair spaces and companion seats are refused with "
    "`AccessibleSeatsOnly`, except for staff members with the permission `cinema.change_show`."
)


@strawberry.input(description="A filter for bookings. A booking must match all fields.")
class BookingFilter:
    status: BookingStatus | None = strawberry.field(default=None, description="Bookings with this status.")
    statuses: list[BookingStatus] | None = strawberry.field(
        default=None, description="Bookings with one of these statuses. No booking matches an empty list."
    )
    upcoming: bool | None = strawberry.field(
        default=None,
        description="If true, only bookings for shows that have not ended. If false, only bookings for shows that have "
        "ended.",
    )
    show_id: strawberry.ID | None = strawberry.field(default=None, description="The ID of the show.")

    def criteria(self) -> BookingCriteria:
        """The argument for the domain."""
        statuses = self.statuses
        if self.status is not None:
            statuses = [self.status] if statuses is None or self.status in statuses else []
        return BookingCriteria(statuses=statuses, upcoming=self.upcoming, show_id=optional_key_of("Show", self.show_id))


@strawberry.input(description="The seat to book.")
class BookSeatInput:
    show_id: strawberry.ID = strawberry.field(description="The ID of the show.")
    seat: str = strawberry.field(description="The label of the seat, such as `C7`.")
    needs_accessible: bool | None = strawberry.field(default=False, description=NEEDS_ACCESSIBLE)
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="The seats to cancel.")
class CancelBookingInput:
    booking_id: strawberry.ID = strawberry.field(description="The ID of the booking.")
    seats: list[str] | None = strawberry.field(
        default=None, description="The labels of the seats to cancel. The default is all seats of the booking."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.input(
    description="A request for the best available seats: near the middle of the auditorium and, if possible, without "
    "leaving single seats free. Seats that are sold only together are chosen together or not at all."
)
class BestAvailable:
    count: int = strawberry.field(description="The number of seats.")
    category: SeatCategory | None = strawberry.field(
        default=None,
        description="The category of the seats. By default, all categories except wheelchair spaces and companion "
        "seats.",
    )
    together: bool | None = strawberry.field(
        default=True,
        description="Whether the seats must be adjacent seats in one row. If false, seats in neighboring rows are"
        " allowed too.",
    )
    wheelchair_spaces: int | None = strawberry.field(
        default=0,
        description="How many of the seats are wheelchair spaces. The others are companion seats, if there are enough, "
        "and other seats beside them. Requires `needsAccessible`, and cannot be combined with `category`.",
    )


@strawberry.input(one_of=True, description="The seats with given labels, or the best available seats.")
class SeatSelection:
    seats: Maybe[list[str]] = strawberry.field(description="The labels of the seats, such as `C7`.")
    best_available: Maybe[BestAvailable] = strawberry.field(description="The best available seats.")


@strawberry.input(description="The seats to hold.")
class HoldSeatsInput:
    show_id: strawberry.ID = strawberry.field(description="The ID of the show.")
    selection: SeatSelection = strawberry.field(description="The selection of seats.")
    needs_accessible: bool | None = strawberry.field(default=False, description=NEEDS_ACCESSIBLE)
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="The hold to extend.")
class ExtendHoldInput:
    booking_id: strawberry.ID = strawberry.field(description="The ID of the held booking.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="The hold to confirm.")
class ConfirmBookingInput:
    booking_id: strawberry.ID = strawberry.field(description="The ID of the held booking.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="The seats to block.")
class BlockSeatsInput:
    show_id: strawberry.ID = strawberry.field(description="The ID of the show.")
    seats: list[str] = strawberry.field(description="The labels of the seats, such as `C7`.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="The seats to unblock.")
class UnblockSeatsInput:
    show_id: strawberry.ID = strawberry.field(description="The ID of the show.")
    seats: list[str] = strawberry.field(description="The labels of the seats, such as `C7`.")
    idempotency_key: str | None = idempotency_key()


def wanted_seats(selection: SeatSelection) -> list[str] | seats.BestAvailable:
    """The argument for the domain: seat labels, or a request for the best available seats."""
    if selection.seats is not None:
        return selection.seats.value
    # @oneOf guarantees that exactly one of the fields is set.
    best = cast("strawberry.Some[BestAvailable]", selection.best_available).value
    return seats.BestAvailable(
        count=best.count,
        category=best.category,
        together=best.together is not False,
        wheelchair_spaces=best.wheelchair_spaces or 0,
    )

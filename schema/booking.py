"""Booking seats and giving them back."""

from datetime import datetime
from typing import Annotated

import strawberry
import strawberry_django
from strawberry import relay

from cinema import models
from cinema.booking import bookings, errors, queries
from schema.batching import related, related_list
from schema.catalog import Show
from schema.context import Info, Input
from schema.enums import BookingStatus, SeatCategory, ShowStatus, TicketStatus
from schema.errors import Answer, BadUserInput, Busy, Problem, result
from schema.ids import key_of
from schema.pagination import After, Before, Connection, First, Last, Page, Slice
from schema.scalars import Money


@strawberry_django.type(models.Ticket, description="A seat of a booking.")
class Ticket(relay.Node):
    category: SeatCategory = strawberry_django.field(description="What kind of seat it is.")
    status: TicketStatus = strawberry_django.field(description="What it is good for.")

    @strawberry_django.field(description="The label of the seat, such as C7.")
    def seat(root: strawberry.Parent[models.Ticket]) -> str:
        return root.seat.label

    @strawberry_django.field(description="What the buyer paid for it, whatever the show's prices became since.")
    def price(root: strawberry.Parent[models.Ticket]) -> Money:
        return Money.of(root.cost())


@strawberry_django.type(models.Booking, description="Seats of one show for one person.")
class Booking(relay.Node):
    reference: str = strawberry_django.field(description="Its short name, which can be read over the phone.")
    status: BookingStatus = strawberry_django.field(description="How far it has got.")
    created_at: datetime = strawberry_django.field(description="When it was made.")
    expires_at: datetime | None = strawberry_django.field(
        description="Until when the seats are kept, while they are only held."
    )
    confirmed_at: datetime | None = strawberry_django.field(description="When the seats were sold.")
    cancelled_at: datetime | None = strawberry_django.field(description="When the last of the seats was given back.")

    @strawberry_django.field(description="What it is for.")
    def show(root: strawberry.Parent[models.Booking]) -> Show:
        return related(root, "show")

    @strawberry_django.field(description="Its seats, those given back included, in house order.")
    def tickets(root: strawberry.Parent[models.Booking]) -> list[Ticket]:
        return related_list(root, "tickets", "seat")

    @strawberry_django.field(description="What the tickets that are still good cost together.")
    def total(root: strawberry.Parent[models.Booking]) -> Money:
        return Money.of(root.price())


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


@strawberry.type(description="One person can have only so many seats of a show.")
class SeatLimitReached(Problem):
    limit: int = strawberry.field(description="How many.")
    already_taken: int = strawberry.field(description="How many the viewer has.")


@strawberry.type(description="The show is too near.")
class TooLateToCancel(Problem):
    deadline: datetime = strawberry.field(description="Until when it could be cancelled.")


ANSWERS = [
    Answer(errors.SeatsTaken, SeatsTaken),
    Answer(errors.UnknownSeats, UnknownSeats),
    Answer(errors.ShowNotOnSale, ShowNotOnSale),
    Answer(errors.SeatLimitReached, SeatLimitReached),
    Answer(errors.TooLateToCancel, TooLateToCancel),
]

BookSeatResult = result("BookSeatResult", Booking, SeatsTaken, UnknownSeats, ShowNotOnSale, SeatLimitReached, Busy)
CancelBookingResult = result("CancelBookingResult", Booking, TooLateToCancel, UnknownSeats, Busy)


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


@strawberry.input(description="What to give back.")
class CancelBookingInput:
    booking_id: strawberry.ID = strawberry.field(description="The id of the booking.")
    seats: list[str] | None = strawberry.field(default=None, description="Only these seats of it; all unless given.")


@strawberry.type
class BookingQuery:
    @strawberry_django.field(description="The viewer's bookings, newest first.")
    def my_bookings(
        self,
        info: Info,
        filter: Annotated[BookingFilter | None, strawberry.argument(description="Which of them.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Booking]:
        asked = filter or BookingFilter()
        found = queries.bookings_of(info.context.signed_in(), in_status=asked.status, upcoming=asked.upcoming)
        return Connection(page=Page(found, Slice.of(first, after, last, before), info))

    @strawberry_django.field(
        graphql_type=Booking | None,
        description="A booking by its reference, typed in any case, with spaces or dashes: "
        "the viewer's own, for staff anybody's. Null if there is none.",
    )
    def booking(
        self,
        info: Info,
        reference: Annotated[str, strawberry.argument(description="Such as K7QD3WXM.")],
    ) -> models.Booking | None:
        return queries.booking_by_reference(reference, viewer=info.context.signed_in())


@strawberry.type
class BookingMutation:
    @strawberry_django.mutation(graphql_type=BookSeatResult, description="Book one seat, confirmed at once.")
    def book_seat(self, info: Info, input: Input[BookSeatInput]) -> models.Booking:
        by = info.context.signed_in()
        return bookings.book(show_id=key_of("Show", input.show_id), labels=[input.seat], by=by)

    @strawberry_django.mutation(
        graphql_type=CancelBookingResult,
        description="Give back a booking, or some of its seats. They can be booked again at once.",
    )
    def cancel_booking(self, info: Info, input: Input[CancelBookingInput]) -> models.Booking:
        by = info.context.signed_in()
        labels = None if input.seats is None else at_least_one(input.seats)
        return bookings.cancel(booking_id=key_of("Booking", input.booking_id), labels=labels, by=by)


def at_least_one(seats: list[str]) -> list[str]:
    """The labels, if there are any. Raises `BadUserInput`: who names no seat can hardly mean it."""
    if not seats:
        raise BadUserInput("`seats` names at least one seat.")
    return seats

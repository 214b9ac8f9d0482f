"""Bookings and their tickets; booking a seat, and giving seats back. Holds are in `schema.holds`."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import strawberry
import strawberry_django
from strawberry import relay

from cinema import models
from cinema.booking import bookings, errors, history, queries
from schema.accounts import User
from schema.batching import Peers, batched, gather, once, related, related_list
from schema.catalog import Show, ShowId
from schema.context import Info, Input
from schema.enums import BookingStatus, SeatCategory, ShowStatus, TicketEventKind, TicketStatus
from schema.errors import Answer, Busy, Problem, result
from schema.ids import key_of
from schema.pagination import After, Before, Connection, First, Last, Page, Slice
from schema.scalars import Money


@strawberry_django.type(models.Ticket, description="A seat of a booking.")
class Ticket(relay.Node):
    pk: relay.NodeID[int]
    category: SeatCategory = strawberry_django.field(description="What kind of seat it is.")

    @strawberry_django.field(description="What it is good for.")
    def status(root: strawberry.Parent[models.Ticket]) -> TicketStatus:
        return batched(root, queries.ticket_statuses)

    @strawberry_django.field(description="The label of the seat, such as C7.")
    def seat(root: strawberry.Parent[models.Ticket]) -> str:
        return root.seat.label

    @strawberry_django.field(description="What the buyer paid for it, whatever the show's prices became since.")
    def price(root: strawberry.Parent[models.Ticket]) -> Money:
        return Money.of(root.cost())


@strawberry_django.type(models.Booking, description="Seats of one show for one person.")
class Booking(relay.Node):
    pk: relay.NodeID[int]
    reference: str = strawberry_django.field(description="Its short name, which can be read over the phone.")
    created_at: datetime = strawberry_django.field(description="When it was made.")
    expires_at: datetime | None = strawberry_django.field(
        description="Until when the seats are kept, or were, of a hold; null once they are sold or given back."
    )
    confirmed_at: datetime | None = strawberry_django.field(description="When the seats were sold.")
    cancelled_at: datetime | None = strawberry_django.field(description="When the last of the seats was given back.")

    @strawberry_django.field(description="How far it has got.")
    def status(root: strawberry.Parent[models.Booking]) -> BookingStatus:
        return batched(root, queries.booking_statuses)

    @strawberry_django.field(description="What it is for.")
    def show(root: strawberry.Parent[models.Booking]) -> Show:
        return related(root, "show")

    @strawberry_django.field(description="Its seats, those given back included, in house order.")
    def tickets(root: strawberry.Parent[models.Booking]) -> list[Ticket]:
        return related_list(root, "tickets", "seat")

    @strawberry_django.field(
        description="What the tickets that are still good cost together; of a hold that ran out, what they would have."
    )
    def total(root: strawberry.Parent[models.Booking]) -> Money:
        return Money.of(root.price())

    @strawberry_django.field(
        description="For staff: what happened to its seats, the earliest first. Takes cinema.view_booking."
    )
    def timeline(root: strawberry.Parent[models.Booking], info: Info) -> list["TicketEvent"] | None:
        info.context.permitted("cinema.view_booking")
        return once(root, "timeline", _timelines)[root.pk]


@strawberry_django.type(models.TicketEvent, description="Something that happened to a seat of a show.")
class TicketEvent:
    kind: TicketEventKind = strawberry_django.field(description="What happened.")
    at: datetime = strawberry_django.field(description="When.")
    until: datetime | None = strawberry_django.field(description="Of a hold, until when the seat was to be kept.")

    @strawberry_django.field(description="The label of the seat, such as C7.")
    def seat(root: strawberry.Parent[models.TicketEvent]) -> str:
        return related(root, "ticket").seat.label

    @strawberry_django.field(description="Who did it; null: nobody, the time was over, or a program.")
    def by(root: strawberry.Parent[models.TicketEvent]) -> User | None:
        return related(root, "by") if root.by_id else None

    @strawberry_django.field(description="The booking it belongs to; null of a seat that staff keep back.")
    def booking(root: strawberry.Parent[models.TicketEvent]) -> Booking | None:
        ticket = related(root, "ticket")
        return related(ticket, "booking") if ticket.booking_id else None


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


ANSWERS = [
    Answer(errors.SeatsTaken, SeatsTaken),
    Answer(errors.UnknownSeats, UnknownSeats),
    Answer(errors.ShowNotOnSale, ShowNotOnSale),
    Answer(errors.SeatLimitReached, SeatLimitReached),
    Answer(errors.TooLateToCancel, TooLateToCancel),
    Answer(errors.IdempotencyKeyReused, IdempotencyKeyReused),
]

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

    @strawberry_django.field(
        description="For staff: what happened to a seat of a show, the latest 200, the earliest of them first. "
        "Takes cinema.view_booking."
    )
    def seat_timeline(
        self,
        info: Info,
        show_id: ShowId,
        seat: Annotated[str, strawberry.argument(description="The label of the seat, such as C7.")],
    ) -> list[TicketEvent]:
        info.context.permitted("cinema.view_booking")
        found: list[Any] = gather(history.of_seat(show_id=key_of("Show", show_id), label=seat))
        return found


@strawberry.type
class BookingMutation:
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


def _timelines(bookings: Peers[models.Booking]) -> Mapping[int | None, list[Any]]:
    """By the key of each booking, what happened to its seats."""
    found = gather(history.of_bookings([booking.pk for booking in bookings]))
    by_booking = defaultdict(list)
    for event in found:
        by_booking[event.ticket.booking_id].append(event)
    return by_booking

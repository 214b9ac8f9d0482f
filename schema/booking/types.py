"""Bookings, their tickets, and the history of their seats."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import strawberry
import strawberry_django
from strawberry import relay

from cinema import models
from cinema.booking import history, queries, show_seats
from cinema.booking.rules import BookingRules
from cinema.core import money
from schema.accounts.types import User
from schema.booking.enums import BookingStatus, TicketEventKind, TicketStatus
from schema.catalog.enums import SeatCategory
from schema.catalog.seat_maps import ShowSeat
from schema.catalog.types import Show
from schema.engine.batching import Peers, batched, gather, once, related
from schema.engine.context import Info
from schema.engine.scalars import Money


@strawberry.type(description="The rules of the cinema that a client needs to know in advance.")
class Cinema:
    """Resolved from `cinema.booking.rules.BookingRules`."""

    @strawberry.field(description="The maximum number of seats that a user can have in one show, held or booked.")
    def seats_per_person(root: strawberry.Parent[BookingRules]) -> int:
        return root.seats_per_user_and_show

    @strawberry.field(description="The maximum number of open holds that a user can have.")
    def open_holds(root: strawberry.Parent[BookingRules]) -> int:
        return root.open_holds_per_user

    @strawberry.field(
        description="The maximum number of open holds of a user without a verified email address. Null if it is"
        " `openHolds`."
    )
    def open_holds_without_verified_email(root: strawberry.Parent[BookingRules]) -> int | None:
        limit = root.open_holds_per_unverified_user
        return None if limit is None else min(limit, root.open_holds_per_user)

    @strawberry.field(
        description="The maximum number of seats, of all shows, that a user without a verified email address can hold"
        " at a time. Booked seats do not count. Null if there is no such limit."
    )
    def held_seats_without_verified_email(root: strawberry.Parent[BookingRules]) -> int | None:
        return root.held_seats_per_unverified_user

    @strawberry.field(description="How long seats are held, in whole minutes.")
    def hold_minutes(root: strawberry.Parent[BookingRules]) -> int:
        return _whole_minutes(root.hold_lifetime)

    @strawberry.field(
        description="How long seats are held if the hold is extended, in whole minutes from the creation of the hold."
    )
    def hold_minutes_at_most(root: strawberry.Parent[BookingRules]) -> int:
        return _whole_minutes(root.hold_lifetime_at_most)


@strawberry_django.type(models.Ticket, description="A ticket for one seat of a booking.")
class Ticket(relay.Node):
    pk: relay.NodeID[int]
    category: SeatCategory = strawberry_django.field(description="The category of the seat.")

    @strawberry.field(description="The status of the ticket.")
    def status(root: strawberry.Parent[models.Ticket]) -> TicketStatus:
        return batched(root, queries.ticket_statuses)

    @strawberry.field(description="The label of the seat, such as `C7`.")
    def seat(root: strawberry.Parent[models.Ticket]) -> str:
        return root.seat.label

    @strawberry.field(
        graphql_type=Money,
        description="The price that the buyer paid. Later price changes of the show do not affect it.",
    )
    def price(root: strawberry.Parent[models.Ticket]) -> money.Money:
        return root.cost()

    @strawberry.field(
        graphql_type=ShowSeat,
        description="The current state of the seat in the show. After the ticket was cancelled or has expired, the seat"
        " may belong to another buyer. Its price is the current price, not the price of the ticket.",
    )
    def show_seat(root: strawberry.Parent[models.Ticket], info: Info) -> show_seats.ShowSeat:
        return batched(root, show_seats.of_tickets).as_seen_by(info.context.viewer)


@strawberry_django.type(models.Booking, description="A booking or a hold of one or more seats of one show.")
class Booking(relay.Node):
    pk: relay.NodeID[int]
    reference: str = strawberry_django.field(
        description="The reference, such as `K7QD3WXM`: a short code for tickets and emails."
    )
    created_at: datetime = strawberry_django.field(description="The time when the booking was created.")
    expires_at: datetime | None = strawberry_django.field(
        description="The time when the hold expires or expired. Null if the booking is confirmed or cancelled."
    )
    confirmed_at: datetime | None = strawberry_django.field(description="The time when the booking was confirmed.")
    cancelled_at: datetime | None = strawberry_django.field(description="The time when the last seat was cancelled.")

    @strawberry.field(description="The status of the booking.")
    def status(root: strawberry.Parent[models.Booking]) -> BookingStatus:
        return batched(root, queries.booking_states).status

    @strawberry.field(
        description="The number of whole seconds until the hold expires, by the server's clock. Null if the booking is "
        "not held."
    )
    def seconds_left(root: strawberry.Parent[models.Booking]) -> int | None:
        return batched(root, queries.booking_states).seconds_left

    @strawberry.field(
        description="The time until which the booking can be cancelled: for a hold, its expiry. Null if it cannot be"
        " cancelled, because it is too late, or because it was cancelled or has expired."
    )
    def cancellable_until(root: strawberry.Parent[models.Booking]) -> datetime | None:
        related(related(related(root, "show"), "screen"), "theater")
        return batched(root, queries.cancellable_until)

    @strawberry.field(description="The show.")
    def show(root: strawberry.Parent[models.Booking]) -> Show:
        return related(root, "show")

    @strawberry.field(
        description="The tickets, including cancelled ones, ordered by the position of their seats in the auditorium."
    )
    def tickets(root: strawberry.Parent[models.Booking]) -> list[Ticket]:
        return batched(root, _tickets)

    @strawberry.field(
        graphql_type=Money,
        description="The total price of the tickets that are not cancelled. For an expired hold, the total price of"
        " its tickets.",
    )
    def total(root: strawberry.Parent[models.Booking]) -> money.Money:
        return root.price()

    @strawberry.field(
        graphql_type=Money,
        description="The amount agreed: the total price of all tickets, including cancelled ones and those of an "
        "expired hold.",
    )
    def paid(root: strawberry.Parent[models.Booking]) -> money.Money:
        return root.agreed_price(batched(root, _tickets))

    @strawberry.field(
        description="The events of the seats, the oldest first. Requires the permission `cinema.view_booking`."
    )
    def timeline(root: strawberry.Parent[models.Booking], info: Info) -> list["TicketEvent"] | None:
        info.context.require_permission("cinema.view_booking")
        return once(root, "timeline", _timelines)[root.pk]


@strawberry_django.type(models.TicketEvent, description="An event in the history of a seat in a show.")
class TicketEvent:
    kind: TicketEventKind = strawberry_django.field(description="The kind of event.")
    at: datetime = strawberry_django.field(description="The time of the event.")
    until: datetime | None = strawberry_django.field(
        field_name="held_until", description="The time when the hold was due to expire. Null for other events."
    )

    @strawberry.field(description="The label of the seat, such as `C7`.")
    def seat(root: strawberry.Parent[models.TicketEvent]) -> str:
        return related(root, "ticket").seat.label

    @strawberry.field(description="The user who caused the event. Null if there is none, such as when a hold expires.")
    def by(root: strawberry.Parent[models.TicketEvent]) -> User | None:
        return related(root, "by") if root.by_id else None

    @strawberry.field(description="The booking. Null if the seat was blocked.")
    def booking(root: strawberry.Parent[models.TicketEvent]) -> Booking | None:
        ticket = related(root, "ticket")
        return related(ticket, "booking") if ticket.booking_id else None


def _whole_minutes(lifetime: timedelta) -> int:
    return lifetime // timedelta(minutes=1)


def _tickets(bookings: Sequence[models.Booking]) -> Mapping[int, list[Any]]:
    """The tickets of each booking, by its key. All tickets are peers."""
    found = queries.tickets_of(bookings)
    gather(ticket for tickets in found.values() for ticket in tickets)
    return found


def _timelines(bookings: Peers[models.Booking]) -> Mapping[int | None, list[Any]]:
    """The events of the seats of each booking, by the key of the booking."""
    found = gather(history.of_bookings([booking.pk for booking in bookings]))
    by_booking = defaultdict(list)
    for event in found:
        by_booking[event.ticket.booking_id].append(event)
    return by_booking

"""Bookings, their tickets, and what happened to them."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry
import strawberry_django
from strawberry import relay

from cinema import models
from cinema.booking import history, queries
from schema.accounts.types import User
from schema.booking.enums import BookingStatus, TicketEventKind, TicketStatus
from schema.catalog.enums import SeatCategory
from schema.catalog.types import Show
from schema.engine.batching import Peers, batched, gather, once, related, related_list
from schema.engine.context import Info
from schema.engine.scalars import Money


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


def _timelines(bookings: Peers[models.Booking]) -> Mapping[int | None, list[Any]]:
    """By the key of each booking, what happened to its seats."""
    found = gather(history.of_bookings([booking.pk for booking in bookings]))
    by_booking = defaultdict(list)
    for event in found:
        by_booking[event.ticket.booking_id].append(event)
    return by_booking

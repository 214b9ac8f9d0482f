"""The rules of booking, the viewer's bookings, and the history of a seat."""

from typing import Annotated, Any

import strawberry
import strawberry_django

from cinema import models
from cinema.booking import history, queries
from cinema.booking.rules import BookingRules, rules
from schema.booking.lists import OptionalBookingFilter, bookings_page
from schema.booking.types import Booking, Cinema, TicketEvent
from schema.catalog.inputs import ShowId
from schema.engine.batching import gather
from schema.engine.context import Info
from schema.engine.costs import cost
from schema.engine.ids import key_of
from schema.engine.pagination import After, Before, Connection, First, Last, PageRequest


@strawberry.type
class BookingQueries:
    @strawberry_django.field(graphql_type=Cinema, description="The rules of the cinema.")
    def cinema(self) -> BookingRules:
        return rules()

    @strawberry_django.field(description="The viewer's bookings, the newest first.")
    def my_bookings(
        self,
        info: Info,
        filter: OptionalBookingFilter = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Booking] | None:
        return bookings_page(info.context.require_user(), filter, PageRequest.of(first, after, last, before), info)

    @strawberry_django.field(
        graphql_type=Booking | None,
        description="Look up a booking by its reference, ignoring case, spaces and hyphens. Returns null if there is "
        "none. Staff members can look up any booking, other users only their own.",
    )
    def booking(
        self,
        info: Info,
        reference: Annotated[str, strawberry.argument(description="The reference, such as `K7QD3WXM`.")],
    ) -> models.Booking | None:
        return queries.booking_by_reference(reference, viewer=info.context.require_user())

    @strawberry_django.field(
        metadata=cost(list_length=200),
        description="The latest 200 events of a seat in a show, the oldest first. Requires the permission "
        "`cinema.view_booking`.",
    )
    def seat_timeline(
        self,
        info: Info,
        show_id: ShowId,
        seat: Annotated[str, strawberry.argument(description="The label of the seat, such as `C7`.")],
    ) -> list[TicketEvent] | None:
        info.context.require_permission("cinema.view_booking")
        found: list[Any] = gather(history.of_seat(show_id=key_of("Show", show_id), label=seat))
        return found

"""Changes in the seat map of a show."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any, cast

import strawberry

from cinema import models
from cinema.accounts.models import User
from cinema.booking import queries, seat_maps
from cinema.realtime.booking_feed import BookingChange
from schema.catalog.seat_maps import ShowSeat, cursor_of
from schema.catalog.types import Show
from schema.engine.context import SocketContext
from schema.engine.costs import cost
from schema.engine.subscriptions.events import SharedEvent


@strawberry.type(description="The current state of a show, and of its seats that may have changed since a given time.")
class SeatChanges:
    cursor: str = strawberry.field(description="An opaque cursor of this state. Pass it as the next `since`.")
    seats: list[ShowSeat] = strawberry.field(
        metadata=cost(list_length=500),
        description="The current state of each seat that may have changed. Some may be unchanged. Seats that the show"
        " no longer has are `BLOCKED`. Empty if only the show changed.",
    )
    load_show: strawberry.Private[Callable[[], models.Show]]

    @strawberry.field(description="The current state of the show.")
    def show(self) -> Show:
        found: Any = self.load_show()
        return found

    @classmethod
    def of(
        cls,
        changes: seat_maps.ChangedSeats,
        viewer: User | None,
        *,
        load_show: Callable[[], models.Show],
        max_seats: int | None = None,
    ) -> "SeatChanges":
        """The changes as `viewer` sees them, or only the first `max_seats` of them."""
        seats: list[Any] = [seat.as_seen_by(viewer) for seat in changes.seats[:max_seats]]
        return cls(cursor=cursor_of(changes.read_at), seats=seats, load_show=load_show)


def seats_changed(changes: seat_maps.ChangedSeats, context: SocketContext, *, of_show: AbstractSet[str]) -> SharedEvent:
    """The changes as an event of the subscription. Viewers share one event unless it contains seats of theirs.

    `of_show` are the fields that are selected of the show, at any depth.
    """
    viewer = context.viewer

    def render(max_seats: int | None) -> SeatChanges:
        show = changes.show if of_show else None
        return SeatChanges.of(changes, viewer, max_seats=max_seats, load_show=lambda: cast("models.Show", show))

    sees_own_seats = viewer and ("seatMap" in of_show or any(seat.is_of(viewer) for seat in changes.seats))
    return SharedEvent(
        key=changes,
        viewer_key=viewer.pk if viewer and sees_own_seats else None,
        render=render,
        weight=len(changes.seats),
        uses_database=bool(of_show),
        context=context,
    )


def booking_changed(change: BookingChange, context: SocketContext) -> SharedEvent:
    """The booking, as it is now, as an event of the subscription. Only connections of its user share it."""
    viewer = context.viewer
    booking_id = change.booking_id
    return SharedEvent(
        key=change,
        viewer_key=viewer and viewer.pk,
        render=lambda _: queries.booking_of(viewer, booking_id),
        uses_database=True,
        context=context,
    )

"""Changes in the seat map of a show."""

from typing import Any

import strawberry

from cinema.accounts.models import User
from cinema.booking import queries, seat_maps
from cinema.realtime.booking_feed import BookingChange
from schema.catalog.seat_maps import ShowSeat, cursor_of
from schema.engine.context import SocketContext
from schema.engine.costs import cost
from schema.engine.subscriptions.events import SharedEvent


@strawberry.type(description="The current state of the seats of a show that may have changed since a given time.")
class SeatChanges:
    cursor: str = strawberry.field(description="An opaque cursor of this state. Pass it as the next `since`.")
    seats: list[ShowSeat] = strawberry.field(
        metadata=cost(list_length=500),
        description="The current state of each seat that may have changed. Some may be unchanged.",
    )

    @classmethod
    def of(cls, changes: seat_maps.ChangedSeats, viewer: User | None, *, max_seats: int | None = None) -> "SeatChanges":
        """The changes as `viewer` sees them, or only the first `max_seats` of them."""
        seats: list[Any] = [seat.as_seen_by(viewer) for seat in changes.seats[:max_seats]]
        return cls(cursor=cursor_of(changes.read_at), seats=seats)


def seats_changed(changes: seat_maps.ChangedSeats, viewer: User | None) -> SharedEvent:
    """The changes as an event of the subscription. Viewers share one event unless one of the seats is theirs."""
    sees_own_seats = viewer is not None and any(seat.is_of(viewer) for seat in changes.seats)
    return SharedEvent(
        key=changes,
        viewer_key=viewer.pk if viewer and sees_own_seats else None,
        render=lambda max_seats: SeatChanges.of(changes, viewer, max_seats=max_seats),
        weight=len(changes.seats),
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

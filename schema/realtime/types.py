"""What changed in the seat map of a show."""

from dataclasses import dataclass

import strawberry

from cinema.accounts.models import User
from cinema.booking import seat_maps
from schema.catalog.seat_maps import ShowSeat, cursor_of
from schema.engine.costs import cost


@strawberry.type(description="The current state of the seats of a show that may have changed since a given time.")
class SeatChanges:
    cursor: str = strawberry.field(description="An opaque cursor of this state. Pass it as the next `since`.")
    seats: list[ShowSeat] = strawberry.field(
        metadata=cost(list_length=500),
        description="The current state of each seat that may have changed. Some may be unchanged.",
    )

    @classmethod
    def of(cls, changes: seat_maps.ChangedSeats, viewer: User | None) -> "SeatChanges":
        return cls(cursor=cursor_of(changes.read_at), seats=[ShowSeat.of(seat, viewer) for seat in changes.seats])


@dataclass(frozen=True)
class ViewerChanges:
    """Changes as somebody sees them, before they are worked out: of a house that takes longer than others may wait."""

    changes: seat_maps.ChangedSeats
    # None also for somebody of whom nothing is among them: all those see the same.
    viewer: User | None

    @classmethod
    def of(cls, changes: seat_maps.ChangedSeats, viewer: User | None) -> "ViewerChanges":
        sees_their_own = viewer and any(seat.is_of(viewer) for seat in changes.seats)
        return cls(changes, viewer if sees_their_own else None)

    def to_graphql(self) -> SeatChanges:
        return SeatChanges.of(self.changes, self.viewer)

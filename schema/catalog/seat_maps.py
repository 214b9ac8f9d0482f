"""The seat map of a show. Its types are resolved from those of the same names in `cinema.booking.seat_maps`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import strawberry
from strawberry import relay
from strawberry.relay.utils import from_base64, to_base64

from cinema.booking import seat_maps, show_seats
from schema.catalog.enums import SeatCategory, SeatStatus
from schema.engine.context import Context
from schema.engine.costs import cost
from schema.engine.errors import BadUserInput
from schema.engine.nodes import NodeType, instances_of
from schema.engine.scalars import Money

# Earlier than any change of a seat.
FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
# The whole seat map is read, regardless of the selection, and a screen may have thousands of seats.
SEAT_MAP_COST = 2_500


@strawberry.type(
    description="A seat in a show. Its ID stays the same if staff move the seat within the plan or change its category."
)
class ShowSeat(relay.Node):
    key: relay.NodeID[str]
    label: str = strawberry.field(description="The label on the seat, such as `C7`. Mutations take this label.")
    row: str = strawberry.field(description="The letters of the row.")
    number: int = strawberry.field(description="The number of the seat in its row.")
    column: int = strawberry.field(
        description="The position in the row, counted from 1 from the left. Positions without a seat are aisles."
    )
    category: SeatCategory = strawberry.field(description="The category of the seat.")
    unit: str | None = strawberry.field(
        description="The unit of the seat, such as `C3-C4`: a love seat or a table. Seats with the same unit are "
        "sold only together. Null for a seat that is sold alone."
    )
    price: Money = strawberry.field(description="The price of the seat in this show.")
    status: SeatStatus = strawberry.field(description="The status of the seat.")
    mine: bool = strawberry.field(description="Whether the viewer holds or has booked the seat.")

    # Replaces Relay's resolver, which takes much longer: a seat map has hundreds of seats.
    @strawberry.field(name="id", description="The Globally Unique ID of this object")
    def _id(root: strawberry.Parent[show_seats.ShowSeat]) -> strawberry.ID:
        return strawberry.ID(to_base64("ShowSeat", str(root.key)))

    is_type_of = instances_of(show_seats.ShowSeat)


@strawberry.type(description="A row of seats.")
class SeatRow:
    label: str = strawberry.field(description="The letters of the row.")
    position: int = strawberry.field(
        description="The position of the row, counted from 1 from the front. Positions without a row are cross aisles."
    )
    seats: list[ShowSeat] = strawberry.field(
        metadata=cost(list_length=25), description="The seats, from left to right."
    )


def _cursor(root: strawberry.Parent[seat_maps.SeatMap]) -> str:
    return cursor_of(root.read_at)


@strawberry.type(description="The seats of a show in its auditorium.")
class SeatMap:
    cursor: str = strawberry.field(
        resolver=_cursor,
        description="An opaque cursor for this state of the seat map. Pass it to `seatChanges` as `since`.",
    )
    rows: list[SeatRow] = strawberry.field(
        metadata=cost(list_length=20), description="The rows that have seats, front row first."
    )


def _find_show_seats(context: Context, keys: Sequence[str]) -> Mapping[str, show_seats.ShowSeat]:
    """The seats with these keys that exist, as the viewer sees them."""
    viewer = context.viewer
    found = show_seats.with_keys(key for key in map(show_seats.Key.parse, keys) if key)
    return {str(key): seat.as_seen_by(viewer) for key, seat in found.items()}


SHOW_SEATS = NodeType(is_key=lambda text: show_seats.Key.parse(text) is not None, find=_find_show_seats)


def cursor_of(moment: datetime) -> str:
    return to_base64("moment", moment.isoformat())


def moment_of(cursor: str) -> datetime:
    """The time of the state with this cursor. Raises `BadUserInput` if it is not a cursor of a seat map."""
    try:
        _, text = from_base64(cursor)
        moment = datetime.fromisoformat(text)
        if cursor_of(moment) == cursor and moment >= FIRST_MOMENT:
            return moment
    except (ValueError, TypeError):
        pass
    raise BadUserInput(f"{cursor[:50]!r} is not a cursor of a seat map.")

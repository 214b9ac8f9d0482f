"""The house of a show, seat by seat."""

from datetime import datetime

import strawberry
from strawberry.relay.utils import to_base64

from cinema.booking import queries
from schema.enums import SeatCategory, SeatStatus
from schema.scalars import Money


@strawberry.type(description="A seat of a show.")
class ShowSeat:
    label: str = strawberry.field(description="What is printed on the seat, such as C7. Seats are booked by it.")
    row: str = strawberry.field(description="The letters of its row; A is nearest the picture.")
    number: int = strawberry.field(description="Its number in the row, from the left.")
    column: int = strawberry.field(description="Its place in the row, from 1; places without a seat are aisles.")
    category: SeatCategory = strawberry.field(description="What kind of seat it is.")
    price: Money = strawberry.field(description="What it costs in this show.")
    status: SeatStatus = strawberry.field(description="Whether it can be had.")
    mine: bool = strawberry.field(description="Whether the viewer holds or has booked it.")

    @classmethod
    def of(cls, seat: queries.ShowSeat) -> "ShowSeat":
        return cls(
            label=seat.label,
            row=seat.row,
            number=seat.number,
            column=seat.column,
            category=seat.category,
            price=Money.of(seat.price),
            status=seat.status,
            mine=seat.mine,
        )


@strawberry.type(description="A row of the house.")
class SeatRow:
    label: str = strawberry.field(description="The letters of the row.")
    seats: list[ShowSeat] = strawberry.field(description="Its seats, from the left.")


@strawberry.type(description="The house of a show, front row first.")
class SeatMap:
    cursor: str = strawberry.field(description="Marks the moment this map shows; opaque.")
    rows: list[SeatRow] = strawberry.field(description="The rows that have seats, front row first.")

    @classmethod
    def of(cls, seat_map: queries.SeatMap) -> "SeatMap":
        return cls(
            cursor=cursor_of(seat_map.read_at),
            rows=[SeatRow(label=row.label, seats=[ShowSeat.of(seat) for seat in row.seats]) for row in seat_map.rows],
        )


def cursor_of(moment: datetime) -> str:
    return to_base64("moment", moment.isoformat())

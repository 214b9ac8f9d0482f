"""Seat plans in the notation of `layouts`, with taken seats in lower case: in "SSs_W", A3 is taken."""

from collections.abc import Sequence

from cinema.booking.picking import SeatPosition, best_available
from cinema.catalog import layouts
from cinema.catalog.layouts import SeatCategory


def seats_of(rows: Sequence[str]) -> list[SeatPosition]:
    seats = layouts.parse([row.upper() for row in rows])
    return [SeatPosition(seat.label, seat.row_index, seat.column, seat.category) for seat in seats]


def free_seats(rows: Sequence[str]) -> list[SeatPosition]:
    return [seat for seat in seats_of(rows) if rows[seat.row][seat.column - 1].isupper()]


def pick(*rows: str, count: int, category: SeatCategory | None = None, together: bool = True) -> list[str]:
    free = {seat.label for seat in free_seats(rows)}
    return best_available(seats_of(rows), free=free, count=count, category=category, together=together)

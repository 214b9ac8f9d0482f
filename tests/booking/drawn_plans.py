"""Seat plans in the notation of `layouts`, with taken seats in lower case: in "SSs_W", A3 is taken."""

from collections.abc import Sequence

from cinema.booking.picking import SeatPosition, best_available
from cinema.catalog import layouts
from cinema.catalog.grids import Grid
from cinema.catalog.layouts import Layout, SeatCategory


def seats_of(rows: Sequence[str]) -> list[SeatPosition]:
    seats = layouts.parse(Layout([row.upper() for row in rows]))
    return [SeatPosition(seat.label, seat.row_index, seat.column, seat.category, seat.unit) for seat in seats]


def free_seats(rows: Sequence[str]) -> list[SeatPosition]:
    letters = [row.replace("(", "").replace(")", "") for row in rows]
    return [seat for seat in seats_of(rows) if letters[seat.row][seat.column - 1].isupper()]


def taken_in(rows: Sequence[str]) -> set[str]:
    return {seat.label for seat in seats_of(rows)} - {seat.label for seat in free_seats(rows)}


def pick(*rows: str, count: int, category: SeatCategory | None = None, together: bool = True) -> list[str]:
    return best_available(Grid(seats_of(rows)), taken=taken_in(rows), count=count, category=category, together=together)

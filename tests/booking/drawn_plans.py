"""Plans are drawn as in `layouts`, a taken seat as a small letter: "SSs_W" has one, A3."""

from collections.abc import Sequence

from cinema.booking.picking import SeatPosition, best_available
from cinema.catalog import layouts
from cinema.catalog.layouts import SeatCategory


def house(rows: Sequence[str]) -> list[SeatPosition]:
    seats = layouts.parse([row.upper() for row in rows])
    return [SeatPosition(seat.label, seat.row_index, seat.column, seat.category) for seat in seats]


def free_in(rows: Sequence[str]) -> list[SeatPosition]:
    return [place for place in house(rows) if rows[place.row][place.column - 1].isupper()]


def pick(*rows: str, count: int, category: SeatCategory | None = None, together: bool = True) -> list[str]:
    free = {place.label for place in free_in(rows)}
    return best_available(house(rows), free=free, count=count, category=category, together=together)

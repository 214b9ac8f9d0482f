"""Choosing seats. Pure: dataclasses in, labels out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cinema.catalog.layouts import SeatCategory

RESERVED_FOR_NEED = {SeatCategory.WHEELCHAIR, SeatCategory.COMPANION}


@dataclass(frozen=True)
class Place:
    """Where a seat is in its house: row counted from the front, column from the left, gaps counted."""

    label: str
    row: int
    column: int
    category: SeatCategory


def nearest(free: Iterable[Place], *, to: Sequence[Place], count: int) -> list[str]:
    """At most `count` free seats, nearest to the wanted ones first.

    A row is as far as two seats of a row: people rather move aside than apart. Wheelchair spaces and companion
    seats are offered only to who wanted one.
    """
    wanted_categories = {place.category for place in to}

    def fits(place: Place) -> bool:
        return place.category not in RESERVED_FOR_NEED or place.category in wanted_categories

    def distance(place: Place) -> int:
        return min(2 * abs(place.row - wanted.row) + abs(place.column - wanted.column) for wanted in to)

    ranked = sorted(filter(fits, free), key=lambda place: (distance(place), place.row, place.column))
    return [place.label for place in ranked[:count]]

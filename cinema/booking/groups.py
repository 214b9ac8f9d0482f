"""Alternatives for a group whose seats are side by side. Pure: dataclasses in, labels out."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from cinema.booking import units
from cinema.booking.picking import MORE_ROWS, P, parts
from cinema.catalog.grids import Position
from cinema.catalog.layouts import SeatCategory


def are_side_by_side(seats: Sequence[Position]) -> bool:
    """Whether these are at least two seats that form one block within a row. The order does not matter."""
    columns = sorted(seat.column for seat in seats)
    in_one_row = len({seat.row for seat in seats}) == 1
    return in_one_row and len(columns) > 1 and columns == [*range(columns[0], columns[0] + len(columns))]


def nearest_block(
    rows: Sequence[Sequence[P]],
    *,
    free: Callable[[Sequence[Sequence[P]]], Iterable[Sequence[P]]],
    to: Sequence[Position],
) -> list[str]:
    """The labels of free seats side by side that replace `to`, seats side by side. Empty if there are none.

    They are as many, with the same number of wheelchair spaces and no more companion seats. Those with the same
    categories come first, then the nearest. They contain only whole units, and a love seat is replaced by another one
    if possible. `rows` and `free` are as for `picking.nearest_free`.
    """
    wanted_row, wanted_column = to[0].row, min(seat.column for seat in to)
    wanted_in_units = _seats_in_units(to)
    found: list[tuple[tuple[int, int], list[str]]] = []

    def row_distance(row: Sequence[Position]) -> int:
        return 2 * abs(row[0].row - wanted_row)

    def cost(block: Sequence[P]) -> tuple[int, int]:
        others = _other_categories(block, to)
        if wanted_in_units:
            others += abs(_seats_in_units(block) - wanted_in_units)
        return others, row_distance(block) + abs(block[0].column - wanted_column)

    for part in parts(sorted(rows, key=row_distance), first=1 + MORE_ROWS):
        if found and min(found)[0] < (0, row_distance(part[0])):
            break
        blocks = (block for row in free(part) for block in _blocks(row, len(to)))
        found += [(cost(block), [seat.label for seat in block]) for block in blocks if _is_suitable(block, to)]
    return min(found)[1] if found else []


def _blocks(free: Sequence[P], size: int) -> Iterator[Sequence[P]]:
    """Every block of `size` seats side by side."""
    # For seats side by side, the difference of column and index is the same.
    for _, side_by_side in groupby(enumerate(free), key=lambda each: each[1].column - each[0]):
        seats = [seat for _, seat in side_by_side]
        for start in range(len(seats) - size + 1):
            yield seats[start : start + size]


def _is_suitable(block: Sequence[Position], wanted: Sequence[Position]) -> bool:
    found, needed = _categories(block), _categories(wanted)
    return (
        found[SeatCategory.WHEELCHAIR] == needed[SeatCategory.WHEELCHAIR]
        and found[SeatCategory.COMPANION] <= needed[SeatCategory.COMPANION]
        and units.is_whole(block)
    )


def _other_categories(block: Sequence[Position], wanted: Sequence[Position]) -> int:
    """How many seats have a category that was not wanted so often."""
    return (_categories(block) - _categories(wanted)).total()


def _seats_in_units(seats: Iterable[Position]) -> int:
    return sum(1 for seat in seats if seat.unit)


def _categories(seats: Iterable[Position]) -> Counter[SeatCategory]:
    return Counter(seat.category for seat in seats)

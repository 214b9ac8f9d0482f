"""The rules of the best seats said a second time, plainly and slowly.

Every block there is, and what each one leaves behind.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from statistics import mean

from cinema.booking.picking import SeatPosition
from cinema.catalog.layouts import SeatCategory
from tests.booking.drawn_plans import free_in, house

Block = list[SeatPosition]
Cost = tuple[float, ...]


def suitable_in(rows: Sequence[str], category: SeatCategory | None) -> list[SeatPosition]:
    wanted = {category} if category else {SeatCategory.STANDARD, SeatCategory.PREMIUM}
    return [place for place in free_in(rows) if place.category in wanted]


def blocks(suitable: Sequence[SeatPosition], size: int) -> list[Block]:
    at = {(place.row, place.column): place for place in suitable}
    spots = [[(place.row, place.column + step) for step in range(size)] for place in suitable]
    return [[at[spot] for spot in block] for block in spots if all(spot in at for spot in block)]


def longest(suitable: Sequence[SeatPosition]) -> int:
    return max((size for size in range(1, 9) if blocks(suitable, size)), default=0)


def splits(suitable: Sequence[SeatPosition], count: int, rows: Collection[int]) -> Iterator[list[Block]]:
    """Every way to have a block in each of these rows, `count` seats in all."""
    if not rows:
        if count == 0:
            yield []
        return
    row, *others = rows
    for size in range(1, count - len(others) + 1):
        for block in blocks([place for place in suitable if place.row == row], size):
            for rest in splits(suitable, count - size, others):
                yield [block, *rest]


def fewest_rows(suitable: Sequence[SeatPosition], count: int) -> list[list[Block]]:
    """Every split over neighboring rows, as few as can be."""
    for number in range(1, count + 1):
        found = [split for row in range(5) for split in splits(suitable, count, range(row, row + number))]
        if found:
            return found
    return []


def singles_left(free: Sequence[SeatPosition], chosen: Collection[SeatPosition]) -> int:
    before = {(place.row, place.column) for place in free}
    after = before - {(place.row, place.column) for place in chosen}

    def has_neighbor(row: int, column: int, seats: set[tuple[int, int]]) -> bool:
        return (row, column - 1) in seats or (row, column + 1) in seats

    return sum(has_neighbor(*seat, before) and not has_neighbor(*seat, after) for seat in after)


def distance(rows: Sequence[str], block: Block) -> float:
    seats = house(rows)
    middle_row = (seats[0].row + seats[-1].row) / 2
    middle_column = (min(seat.column for seat in seats) + max(seat.column for seat in seats)) / 2
    return 2 * abs(block[0].row - middle_row) + abs(mean(place.column for place in block) - middle_column)


def cost(rows: Sequence[str], split: Sequence[Block]) -> Cost:
    alone = sum(len(block) == 1 for block in split)
    singles = singles_left(free_in(rows), list(chain(*split)))
    return alone, singles, sum(len(block) * distance(rows, block) for block in split)


def as_split(rows: Sequence[str], labels: Collection[str]) -> list[Block]:
    """A block for each row."""
    chosen = [place for place in house(rows) if place.label in labels]
    return [[place for place in chosen if place.row == row] for row in sorted({place.row for place in chosen})]


def available(suitable: Sequence[SeatPosition], *, together: bool) -> int:
    return longest(suitable) if together else len(suitable)

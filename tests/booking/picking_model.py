"""A simple and slow model of the rules of the best available seats.

It looks at every block of seats, and at the single seats that each block leaves.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from statistics import mean

from cinema.booking.picking import SeatPosition
from cinema.catalog.layouts import SeatCategory
from tests.booking.drawn_plans import free_seats, seats_of

Block = list[SeatPosition]
Cost = tuple[float, ...]


def suitable_in(rows: Sequence[str], category: SeatCategory | None) -> list[SeatPosition]:
    wanted = {category} if category else {SeatCategory.STANDARD, SeatCategory.PREMIUM}
    return [seat for seat in free_seats(rows) if seat.category in wanted]


def blocks(suitable: Sequence[SeatPosition], size: int) -> list[Block]:
    by_spot = {(seat.row, seat.column): seat for seat in suitable}
    spots = [[(seat.row, seat.column + step) for step in range(size)] for seat in suitable]
    return [[by_spot[spot] for spot in block] for block in spots if all(spot in by_spot for spot in block)]


def longest(suitable: Sequence[SeatPosition]) -> int:
    return max((size for size in range(1, 9) if blocks(suitable, size)), default=0)


def splits(suitable: Sequence[SeatPosition], count: int, rows: Collection[int]) -> Iterator[list[Block]]:
    """Every way to choose one block in each of these rows, with `count` seats in total."""
    if not rows:
        if count == 0:
            yield []
        return
    row, *others = rows
    for size in range(1, count - len(others) + 1):
        for block in blocks([seat for seat in suitable if seat.row == row], size):
            for rest in splits(suitable, count - size, others):
                yield [block, *rest]


def fewest_rows(suitable: Sequence[SeatPosition], count: int) -> list[list[Block]]:
    """Every split over as few neighboring rows as possible."""
    for number in range(1, count + 1):
        found = [split for row in range(5) for split in splits(suitable, count, range(row, row + number))]
        if found:
            return found
    return []


def singles_left(free: Sequence[SeatPosition], chosen: Collection[SeatPosition]) -> int:
    before = {(seat.row, seat.column) for seat in free}
    after = before - {(seat.row, seat.column) for seat in chosen}

    def has_neighbor(row: int, column: int, seats: set[tuple[int, int]]) -> bool:
        return (row, column - 1) in seats or (row, column + 1) in seats

    return sum(has_neighbor(*seat, before) and not has_neighbor(*seat, after) for seat in after)


def distance(rows: Sequence[str], block: Block) -> float:
    all_seats = seats_of(rows)
    middle_row = (all_seats[0].row + all_seats[-1].row) / 2
    middle_column = (min(seat.column for seat in all_seats) + max(seat.column for seat in all_seats)) / 2
    return 2 * abs(block[0].row - middle_row) + abs(mean(seat.column for seat in block) - middle_column)


def cost(rows: Sequence[str], split: Sequence[Block]) -> Cost:
    alone = sum(len(block) == 1 for block in split)
    singles = singles_left(free_seats(rows), list(chain(*split)))
    return alone, singles, sum(len(block) * distance(rows, block) for block in split)


def as_split(rows: Sequence[str], labels: Collection[str]) -> list[Block]:
    """The seats with these labels, as one block for each row."""
    chosen = [seat for seat in seats_of(rows) if seat.label in labels]
    return [[seat for seat in chosen if seat.row == row] for row in sorted({seat.row for seat in chosen})]


def available(suitable: Sequence[SeatPosition], *, together: bool) -> int:
    return longest(suitable) if together else len(suitable)

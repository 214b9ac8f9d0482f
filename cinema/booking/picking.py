"""Picking seats. Pure: dataclasses in, labels out."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from cinema.booking import units
from cinema.catalog.grids import Grid, Middle, Position, suitable
from cinema.catalog.layouts import MAX_COLUMNS, RESERVED_FOR_NEED, SeatCategory

# `nearest_free` first looks at the rows of the wanted seats and at this many more.
MORE_ROWS = 4
_FOR_EVERYONE = frozenset(SeatCategory) - RESERVED_FOR_NEED

P = TypeVar("P", bound=Position)
R = TypeVar("R")


@dataclass(frozen=True)
class SeatPosition:
    """Where a seat is in its plan: its row from the front and its column from the left, counting gaps."""

    label: str
    row: int
    column: int
    category: SeatCategory
    # The seats of a unit are picked only together. None for any other seat.
    unit: str | None = None


@dataclass(eq=False)
class NotEnough(Exception):
    """Fewer seats are free than asked for: `available`, side by side if they were to be together."""

    available: int


def nearest(free: Iterable[Position], *, to: Sequence[Position], count: int) -> list[str]:
    """The labels of at most `count` free seats, nearest to the wanted ones first.

    One row away counts as far as two seats within a row. Wheelchair spaces and companion seats are included only if
    `to` has one of the category, and the seats of a unit only together.
    """
    return [seat.label for seat in units.first_whole(_by_distance(free, to), count)]


def nearest_free(
    rows: Sequence[Sequence[P]],
    *,
    free: Callable[[Sequence[Sequence[P]]], Iterable[Sequence[P]]],
    to: Sequence[Position],
    count: int,
    has_units: bool,
) -> list[str]:
    """As `nearest`, for an auditorium of any size. `free` returns, for some rows, the free seats of each.

    It is called for the rows near the wanted seats, and for the others only if those do not suffice. `has_units`:
    whether some seats of `rows` are parts of units.
    """
    wanted_rows = {seat.row for seat in to}
    away, row_away = distance_to(to), _row_distance_to(wanted_rows)
    first_column, last_column = min([seat.column for seat in to]), max([seat.column for seat in to])
    found: list[P] = []
    # All that can still be chosen.
    candidates: list[P] = []

    def slack(row: Sequence[Position]) -> int:
        """How many columns from the wanted seats a seat of the row can be chosen. Negative: the row is too far."""
        if len(found) < count:
            return MAX_COLUMNS
        return away(found[-1]) - row_away(row)

    for part in parts(sorted(rows, key=row_away), first=len(wanted_rows) + MORE_ROWS):
        if slack(part[0]) < 0:
            break
        for row, free_seats in zip(part, free(part), strict=True):
            columns = slack(row)
            if columns < 0:
                break
            # With units, a seat that is not chosen now may be chosen together with others of later rows.
            keeps_all = has_units and any(seat.unit for seat in [*candidates, *free_seats])
            low, high = first_column - columns, last_column + columns
            near = [seat for seat in free_seats if keeps_all or low <= seat.column <= high]
            if not near:
                continue
            candidates = [*candidates, *near]
            found = units.first_fitting(_by_distance(candidates, to), count)
            if not keeps_all:
                candidates = found
    return [seat.label for seat in found] if len(found) == count else nearest(candidates, to=to, count=count)


def parts(rows: Sequence[R], *, first: int) -> Iterator[Sequence[R]]:
    """The first rows, then twice as many, and so on: the nearest rows usually suffice, and there are few parts."""
    start, size = 0, first
    while start < len(rows):
        yield rows[start : start + size]
        start, size = start + size, 2 * size


def best_available(
    grid: Grid, *, taken: Iterable[str], count: int, category: SeatCategory | None, together: bool
) -> list[str]:
    """The labels of the best `count` (at least one) free seats, front row first, from the left. Raises `NotEnough`.

    `grid` is every seat, `taken` the labels of the taken ones. Without a category, wheelchair spaces and companion
    seats are never picked. Of a unit, all seats are picked or none, so one person does not get a love seat. The best
    seats are side by side, leave as few single seats as possible, and are nearest the middle of the plan. If there are
    no such seats, and `together` is false, they are split over as few neighboring rows as possible, if possible without
    a row that gets only one seat. If that is impossible too, they are scattered.
    """
    free = grid.free(taken)
    cell = _best_block(grid, free, count, category)
    if cell is not None:
        return [seat.label for seat in grid.block(cell, count)]
    suits = suitable(category)
    seats = [seat for cell, seat in grid.seats.items() if free[cell] and suits(seat)]
    largest = _largest_block(grid, free, count, category)
    available = largest if together else _largest_group(seats, count)
    if available < count:
        raise NotEnough(available)
    in_row = _best_by_row(grid, free, range(1, largest + 1), category)
    choice = _over_neighboring_rows(in_row, count)
    chosen = choice.labels if choice else _scattered(seats, count, grid.middle)
    return [seat.label for seat in seats if seat.label in chosen]


def _by_distance(free: Iterable[P], to: Sequence[Position]) -> Sequence[P]:
    """The seats that `nearest` can choose, the nearest first."""
    allowed = _FOR_EVERYONE | {seat.category for seat in to}
    suitable = [seat for seat in free if seat.category in allowed]
    away = distance_to(to)
    return units.without_parts(sorted(suitable, key=lambda seat: (away(seat), seat.row, seat.column)))


def distance_to(wanted: Sequence[Position]) -> Callable[[Position], int]:
    """The distance of a seat to the nearest wanted one. One row away counts as far as two seats within a row."""
    if len(wanted) == 1:
        row, column = wanted[0].row, wanted[0].column
        return lambda seat: 2 * abs(seat.row - row) + abs(seat.column - column)
    places = [(seat.row, seat.column) for seat in wanted]
    return lambda seat: min([2 * abs(seat.row - row) + abs(seat.column - column) for row, column in places])


def _row_distance_to(wanted: Collection[int]) -> Callable[[Sequence[Position]], int]:
    """The distance of a row of seats to the nearest wanted row."""
    if len(wanted) == 1:
        (only,) = wanted
        return lambda row: 2 * abs(row[0].row - only)
    return lambda row: 2 * min([abs(row[0].row - each) for each in wanted])


class _Choice(NamedTuple):
    """Seats and their cost: people alone, single seats left over, distance; the most important first."""

    cost: tuple[int, int, int]
    labels: tuple[str, ...]

    def combined_with(self, other: "_Choice") -> "_Choice":
        (alone, singles, distance), (more_alone, more_singles, more_distance) = self.cost, other.cost
        return _Choice(
            (alone + more_alone, singles + more_singles, distance + more_distance), self.labels + other.labels
        )


def _best_block(grid: Grid, free: bytearray, size: int, category: SeatCategory | None) -> int | None:
    """The first cell of the free block that leaves the fewest single seats, and of these, is nearest the middle."""
    for most_singles in (0, 1, 2):
        for cell in grid.free_blocks(free, size, category):
            if _singles_left(free, cell, size) <= most_singles:
                return cell
    return None


def _singles_left(free: bytearray, cell: int, size: int) -> int:
    """How many single free seats a block would leave beside it: 0, 1 or 2."""
    end = cell + size
    return (free[cell - 1] and not free[cell - 2]) + (free[end] and not free[end + 1])


def _best_by_row(
    grid: Grid, free: bytearray, sizes: Iterable[int], category: SeatCategory | None
) -> dict[tuple[int, int], _Choice]:
    """The best block for each row and size, front row first."""
    blocks: defaultdict[tuple[int, int], list[_Choice]] = defaultdict(list)
    for size in sizes:
        for cell in sorted(grid.free_blocks(free, size, category)):
            cost = int(size == 1), _singles_left(free, cell, size), size * grid.distance(cell, size)
            blocks[grid.row(cell), size].append(_Choice(cost, tuple(seat.label for seat in grid.block(cell, size))))
    return {row_and_size: _best(choices) for row_and_size, choices in sorted(blocks.items())}


def _over_neighboring_rows(in_row: Mapping[tuple[int, int], _Choice], count: int) -> _Choice | None:
    """The best choice of `count` seats over as few neighboring rows as possible, a block in each."""
    choices = in_row
    while choices:
        complete = [choice for (_, people), choice in choices.items() if people == count]
        if complete:
            return _best(complete)
        choices = _over_one_row_more(choices, in_row, count)
    return None


def _over_one_row_more(
    choices: Mapping[tuple[int, int], _Choice], in_row: Mapping[tuple[int, int], _Choice], count: int
) -> dict[tuple[int, int], _Choice]:
    """Extend `choices` by a block in the next row. Keys, in and out: the last row and the number of people."""
    more: defaultdict[tuple[int, int], list[_Choice]] = defaultdict(list)
    for (row, people), choice in choices.items():
        for size in range(1, count - people + 1):
            block = in_row.get((row + 1, size))
            if block:
                more[row + 1, people + size].append(choice.combined_with(block))
    return {row_and_people: _best(rivals) for row_and_people, rivals in more.items()}


def _best(choices: Iterable[_Choice]) -> _Choice:
    """The cheapest choice. Ties go to the first, which is nearer the front or further left."""
    return min(choices, key=lambda choice: choice.cost)


def _largest_block(grid: Grid, free: bytearray, count: int, category: SeatCategory | None) -> int:
    """The size of the largest free block of fewer than `count` seats, or 0."""
    sizes = range(min(grid.width, count) - 1, 0, -1)
    return next((size for size in sizes if any(True for _ in grid.free_blocks(free, size, category))), 0)


def _largest_group(seats: Iterable[Position], count: int) -> int:
    """The size of the largest group of at most `count` people for whom there are whole units and other seats."""
    sizes = [len(group) for group in units.groups(seats)]
    # Bit n: there are seats for n people.
    possible = (1 << sizes.count(1) + 1) - 1
    for size in sizes:
        if size > 1:
            possible |= possible << size
    return (possible & (1 << count + 1) - 1).bit_length() - 1


def _scattered(seats: Sequence[Position], count: int, middle: Middle) -> Collection[str]:
    """The seats nearest to the seat nearest the middle, including it unless it belongs to a unit that does not fit."""
    seed = min(seats, key=lambda seat: middle.distance(seat, seat))
    if not any(seat.unit for seat in seats):
        return nearest(seats, to=[seed], count=count)
    # The nearest seats for each number of people, with the sum of their distances.
    distance = distance_to([seed])
    best: dict[int, tuple[int, tuple[str, ...]]] = {0: (0, ())}
    for group in units.groups(seats):
        labels, away = tuple(seat.label for seat in group), sum(map(distance, group))
        for people, (sum_before, chosen) in list(best.items()):
            total = people + len(group)
            if total <= count and (total not in best or sum_before + away < best[total][0]):
                best[total] = sum_before + away, chosen + labels
    return best[count][1]

"""Picking seats. Pure: dataclasses in, labels out."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, Protocol, TypeVar

from cinema.catalog.layouts import RESERVED_FOR_NEED, SeatCategory

# `nearest_free` first looks at the rows of the wanted seats and at so many more.
MORE_ROWS = 4


class Position(Protocol):
    """What picking reads of a seat: `SeatPosition`, or any class with the same attributes."""

    @property
    def label(self) -> str: ...
    @property
    def row(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def category(self) -> SeatCategory: ...


P = TypeVar("P", bound=Position)


@dataclass(frozen=True)
class SeatPosition:
    """Where a seat is in its plan: its row from the front and its column from the left, counting gaps."""

    label: str
    row: int
    column: int
    category: SeatCategory


@dataclass(eq=False)
class NotEnough(Exception):
    """Fewer seats are free than asked for: `available`, side by side if they were to be together."""

    available: int


def nearest(free: Iterable[Position], *, to: Sequence[Position], count: int) -> list[str]:
    """The labels of at most `count` free seats, nearest to the wanted ones first.

    One row away counts as far as two seats within a row. Wheelchair spaces and companion seats are included only if
    `to` has one of the category.
    """
    return [seat.label for seat in _nearest(free, to, count)]


def nearest_free(
    rows: Sequence[Sequence[P]],
    *,
    free: Callable[[Sequence[Sequence[P]]], Iterable[Sequence[P]]],
    to: Sequence[Position],
    count: int,
) -> list[str]:
    """As `nearest`, for an auditorium of any size. `free` returns, for some rows, the free seats of each.

    It is called for the rows near the wanted seats, and for all others only if those do not suffice.
    """
    wanted_rows = {seat.row for seat in to}
    found: list[P] = []

    def row_distance(row: Sequence[Position]) -> int:
        return 2 * min(abs(row[0].row - wanted) for wanted in wanted_rows)

    def is_too_far(row: Sequence[Position]) -> bool:
        return len(found) == count and distance(found[-1], to) < row_distance(row)

    by_distance = sorted(rows, key=row_distance)
    near = len(wanted_rows) + MORE_ROWS
    for part in (by_distance[:near], by_distance[near:]):
        if part and not is_too_far(part[0]):
            for row, free_seats in zip(part, free(part), strict=True):
                if is_too_far(row):
                    break
                found = _nearest([*found, *free_seats], to, count)
    return [seat.label for seat in found]


def best_available(
    plan: Sequence[Position], *, free: Collection[str], count: int, category: SeatCategory | None, together: bool
) -> list[str]:
    """The labels of the best `count` (at least one) free seats, front row first, from the left. Raises `NotEnough`.

    `plan` is every seat, `free` the labels of the free ones. Without a category, wheelchair spaces and companion seats
    are never picked. The best seats are side by side, leave as few single seats as possible, and are nearest the middle
    of the plan. If there are no such seats, and `together` is false, they are split over as few neighboring rows as
    possible, if possible without a row that gets only one seat. If that is impossible too, they are scattered.
    """
    seats = sorted((seat for seat in plan if seat.label in free), key=attrgetter("row", "column"))
    stretches = list(_stretches(seats, category))
    lengths = [len(stretch.seats) for stretch in stretches]
    longest = max(lengths, default=0)
    available = longest if together else sum(lengths)
    if available < count:
        raise NotEnough(available)
    middle = Middle.of(plan)
    sizes = [count] if longest >= count else range(1, longest + 1)
    choice = _over_neighboring_rows(_best_by_row(stretches, sizes, middle), count)
    chosen = choice.labels if choice else _scattered(stretches, count, middle)
    return [seat.label for seat in seats if seat.label in chosen]


def _nearest(free: Iterable[P], to: Sequence[Position], count: int) -> list[P]:
    allowed = set(SeatCategory) - RESERVED_FOR_NEED | {seat.category for seat in to}
    suitable = [seat for seat in free if seat.category in allowed]
    return sorted(suitable, key=lambda seat: (distance(seat, to), seat.row, seat.column))[:count]


def distance(seat: Position, to: Sequence[Position]) -> int:
    """The distance to the nearest seat in `to`. One row away counts as far as two seats within a row."""
    return min(2 * abs(seat.row - wanted.row) + abs(seat.column - wanted.column) for wanted in to)


class Middle(NamedTuple):
    """The middle of a plan. It may lie between two rows or columns, so row and column are doubled."""

    row: int
    column: int

    @classmethod
    def of(cls, plan: Sequence[Position]) -> "Middle":
        rows, columns = [seat.row for seat in plan], [seat.column for seat in plan]
        return cls(min(rows) + max(rows), min(columns) + max(columns))

    def distance(self, first: Position, last: Position) -> int:
        """Of the middle of the block from `first` to `last`, doubled. Rows are weighted as in `nearest`."""
        return 2 * abs(2 * first.row - self.row) + abs(first.column + last.column - self.column)


class _Choice(NamedTuple):
    """Seats and their cost: people alone, single seats left over, distance; the most important first."""

    cost: tuple[int, int, int]
    labels: tuple[str, ...]

    def combined_with(self, other: "_Choice") -> "_Choice":
        (alone, singles, distance), (more_alone, more_singles, more_distance) = self.cost, other.cost
        return _Choice(
            (alone + more_alone, singles + more_singles, distance + more_distance), self.labels + other.labels
        )


class _Stretch(NamedTuple):
    """Suitable free seats side by side. `left` and `right` count the free seats beyond its ends."""

    seats: Sequence[Position]
    left: int
    right: int

    def best_block(self, size: int, middle: Middle) -> _Choice:
        """The cheapest block of at most as many seats as there are. Ties go to the first."""
        columns = [seat.column for seat in self.seats]
        last = len(columns) - size

        def singles(start: int) -> int:
            return (self.left + start == 1) + (last - start + self.right == 1)

        def cost_in_row(start: int) -> tuple[int, int]:
            return singles(start), abs(columns[start] + columns[start + size - 1] - middle.column)

        start = min(range(last + 1), key=cost_in_row)
        block = self.seats[start : start + size]
        distance = size * middle.distance(block[0], block[-1])
        return _Choice((int(size == 1), singles(start), distance), tuple(seat.label for seat in block))


def _stretches(free: Sequence[Position], category: SeatCategory | None) -> Iterator[_Stretch]:
    def suits(seat: Position) -> bool:
        return seat.category == category if category else seat.category not in RESERVED_FOR_NEED

    # For seats side by side, the difference of column and index is the same.
    for _, side_by_side in groupby(enumerate(free), key=lambda each: (each[1].row, each[1].column - each[0])):
        adjoining = [seat for _, seat in side_by_side]
        before = 0
        for suitable, group in groupby(adjoining, key=suits):
            seats = list(group)
            if suitable:
                yield _Stretch(seats, left=before, right=len(adjoining) - before - len(seats))
            before += len(seats)


def _best_by_row(stretches: Iterable[_Stretch], sizes: Iterable[int], middle: Middle) -> dict[tuple[int, int], _Choice]:
    """The best block for each row and size."""
    blocks: defaultdict[tuple[int, int], list[_Choice]] = defaultdict(list)
    for stretch in stretches:
        for size in sizes:
            if size <= len(stretch.seats):
                blocks[stretch.seats[0].row, size].append(stretch.best_block(size, middle))
    return {row_and_size: _best(choices) for row_and_size, choices in blocks.items()}


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


def _scattered(stretches: Iterable[_Stretch], count: int, middle: Middle) -> list[str]:
    """The seat nearest the middle, and the seats nearest to it."""
    suitable = [seat for stretch in stretches for seat in stretch.seats]
    seed = min(suitable, key=lambda seat: middle.distance(seat, seat))
    return nearest(suitable, to=[seed], count=count)

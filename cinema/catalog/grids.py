"""The seats of a plan as a grid, to find free seats side by side quickly. Pure, and without the seats of any show."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple, Protocol

from cinema.catalog.layouts import RESERVED_FOR_NEED, SeatCategory, labels_of_unit

FREE = b"\1"


class Position(Protocol):
    """The position of a seat: its row from the front, and its column from the left, counting gaps."""

    @property
    def label(self) -> str: ...
    @property
    def row(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def category(self) -> SeatCategory: ...
    @property
    def unit(self) -> str | None: ...


class Middle(NamedTuple):
    """The middle of a plan. It may lie between two rows or columns, so row and column are doubled."""

    row: int
    column: int

    @classmethod
    def of(cls, plan: Sequence[Position]) -> "Middle":
        rows, columns = [seat.row for seat in plan], [seat.column for seat in plan]
        return cls(min(rows) + max(rows), min(columns) + max(columns))

    def distance(self, first: Position, last: Position) -> int:
        """Of the middle of the block from `first` to `last`, doubled. One row counts as far as two columns."""
        return 2 * abs(2 * first.row - self.row) + abs(first.column + last.column - self.column)


class Grid:
    """A cell for each row and column of a plan, row by row, with empty cells around them.

    So two seats are side by side if their cells are, and the cells around any seat exist. A block is named by its first
    cell and its size.
    """

    def __init__(self, plan: Sequence[Position]) -> None:
        self.middle = Middle.of(plan)
        # Of a row in cells: one more than the longest row of the plan has columns.
        self.width = max(seat.column for seat in plan) + 1
        in_order = sorted(plan, key=attrgetter("row", "column"))
        # By cell, in plan order.
        self.seats = {seat.row * self.width + seat.column + 1: seat for seat in in_order}
        self._cells = {seat.label: cell for cell, seat in self.seats.items()}
        units = dict.fromkeys(seat.unit for seat in in_order if seat.unit)
        self._units = [[self._cells[label] for label in labels_of_unit(unit)] for unit in units]
        self._all_free = bytearray(max(self.seats) + 3)
        for cell in self.seats:
            self._all_free[cell] = 1
        self._blocks: dict[tuple[int, SeatCategory | None], Sequence[int]] = {}

    def free(self, taken: Iterable[str]) -> bytearray:
        """For each cell whether a seat is free: 1, or 0. If a seat of a unit is taken, the whole unit is."""
        free = self._all_free.copy()
        for label in taken:
            free[self._cells[label]] = 0
        for cells in self._units:
            if not all(free[cell] for cell in cells):
                for cell in cells:
                    free[cell] = 0
        return free

    def row(self, cell: int) -> int:
        return (cell - 1) // self.width

    def block(self, cell: int, size: int) -> Sequence[Position]:
        return [self.seats[each] for each in range(cell, cell + size)]

    def distance(self, cell: int, size: int) -> int:
        """The distance of a block to the middle of the plan, doubled."""
        return self.middle.distance(self.seats[cell], self.seats[cell + size - 1])

    def free_blocks(self, free: bytearray, size: int, category: SeatCategory | None) -> Iterator[int]:
        """The free ones of `blocks`."""
        block = FREE * size
        return (cell for cell in self.blocks(size, category) if free.startswith(block, cell))

    def blocks(self, size: int, category: SeatCategory | None) -> Sequence[int]:
        """All blocks of this size and category, nearest to the middle first, then front row first, from the left.

        They contain only whole units, and without a category no wheelchair spaces and companion seats.
        """
        found = self._blocks.get((size, category))
        if found is None:
            found = self._blocks[size, category] = self._find_blocks(size, category)
        return found

    def _find_blocks(self, size: int, category: SeatCategory | None) -> Sequence[int]:
        suits = suitable(category)
        suiting = bytearray(len(self._all_free))
        for cell, seat in self.seats.items():
            suiting[cell] = suits(seat)
        block = FREE * size
        found = [
            cell
            for cell in self.seats
            if suiting.startswith(block, cell) and not self._divides_unit(cell) and not self._divides_unit(cell + size)
        ]
        # Four bytes a block: many are cached.
        return array("I", sorted(found, key=lambda cell: self.distance(cell, size)))

    def _divides_unit(self, cell: int) -> bool:
        """Whether this seat and the one before it belong to the same unit."""
        seat, before = self.seats.get(cell), self.seats.get(cell - 1)
        return bool(seat and before and seat.unit and seat.unit == before.unit)


def suitable(category: SeatCategory | None) -> Callable[[Position], bool]:
    """Whether a seat can be picked for a request with this category."""
    if category:
        return lambda seat: seat.category == category
    return lambda seat: seat.category not in RESERVED_FOR_NEED

"""Choosing seats. Pure: dataclasses in, labels out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from cinema.catalog.layouts import SeatCategory

RESERVED_FOR_NEED = {SeatCategory.WHEELCHAIR, SeatCategory.COMPANION}


@dataclass(frozen=True)
class Place:
    """Where a seat is in its house: row counted from the front, column from the left, gaps counted."""

    label: str
    row: int
    column: int
    category: SeatCategory


@dataclass(eq=False)
class NotEnough(Exception):
    """So many seats are not to be had; `available` would be: side by side if they were to be together."""

    available: int


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


def best_available(
    house: Sequence[Place], *, free: Collection[str], count: int, category: SeatCategory | None, together: bool
) -> list[str]:
    """The labels of the best `count` (at least one) free seats, front row first, from the left. Raises `NotEnough`.

    `house` is every seat of the plan, `free` the labels of those to be had. Without a category nobody is given a
    wheelchair space or a companion seat. The best are side by side, leave as few single seats behind as can be, and are
    nearest the middle of the house. Unless they must be together, they are otherwise split over as few neighboring
    rows as can be, nobody sitting alone if that can be; and are scattered where even that does not go.
    """
    places = sorted((place for place in house if place.label in free), key=lambda place: (place.row, place.column))
    stretches = list(_stretches(places, category))
    lengths = [len(stretch.places) for stretch in stretches]
    longest = max(lengths, default=0)
    available = longest if together else sum(lengths)
    if available < count:
        raise NotEnough(available)
    middle = _Middle.of(house)
    sizes = [count] if longest >= count else range(1, longest + 1)
    choice = _over_neighboring_rows(_best_by_row(stretches, sizes, middle), count)
    chosen = choice.labels if choice else _scattered(stretches, count, middle)
    return [place.label for place in places if place.label in chosen]


class _Middle(NamedTuple):
    """The middle of a house, which may lie between two rows or columns: counted in halves."""

    row: int
    column: int

    @classmethod
    def of(cls, house: Sequence[Place]) -> "_Middle":
        rows, columns = [place.row for place in house], [place.column for place in house]
        return cls(min(rows) + max(rows), min(columns) + max(columns))

    def distance(self, first: Place, last: Place) -> int:
        """Of the middle of a block, in halves. A row is as far as two seats of a row, as in `nearest`."""
        return 2 * abs(2 * first.row - self.row) + abs(first.column + last.column - self.column)


class _Choice(NamedTuple):
    """Seats, and what speaks against them: people alone, single seats left behind, distance; what weighs most first."""

    cost: tuple[int, int, int]
    labels: tuple[str, ...]

    def and_also(self, other: "_Choice") -> "_Choice":
        (alone, singles, distance), (more_alone, more_singles, more_distance) = self.cost, other.cost
        return _Choice(
            (alone + more_alone, singles + more_singles, distance + more_distance), self.labels + other.labels
        )


class _Stretch(NamedTuple):
    """Suitable free seats side by side. So many free seats of other kinds go on to their `left` and `right`."""

    places: Sequence[Place]
    left: int
    right: int

    def blocks(self, size: int, middle: _Middle) -> Iterator[_Choice]:
        labels = tuple(place.label for place in self.places)
        for start in range(len(labels) - size + 1):
            end = start + size
            singles = (self.left + start == 1) + (len(labels) - end + self.right == 1)
            distance = size * middle.distance(self.places[start], self.places[end - 1])
            yield _Choice((int(size == 1), singles, distance), labels[start:end])


def _stretches(free: Sequence[Place], category: SeatCategory | None) -> Iterator[_Stretch]:
    def suits(place: Place) -> bool:
        return place.category == category if category else place.category not in RESERVED_FOR_NEED

    # Along seats side by side, column and index grow alike.
    for _, side_by_side in groupby(enumerate(free), key=lambda each: (each[1].row, each[1].column - each[0])):
        seats = [place for _, place in side_by_side]
        passed = 0
        for suitable, run in groupby(seats, key=suits):
            places = list(run)
            if suitable:
                yield _Stretch(places, left=passed, right=len(seats) - passed - len(places))
            passed += len(places)


def _best_by_row(
    stretches: Iterable[_Stretch], sizes: Iterable[int], middle: _Middle
) -> dict[tuple[int, int], _Choice]:
    """The best block for each row and size."""
    blocks: defaultdict[tuple[int, int], list[_Choice]] = defaultdict(list)
    for stretch in stretches:
        for size in sizes:
            blocks[stretch.places[0].row, size] += stretch.blocks(size, middle)
    return {row_and_size: _best(choices) for row_and_size, choices in blocks.items() if choices}


def _over_neighboring_rows(in_row: Mapping[tuple[int, int], _Choice], count: int) -> _Choice | None:
    """The best choice of `count` seats over as few rows as can be, a block in each."""
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
    """`choices` are the best by their last row and number of people; so is what is returned."""
    more: defaultdict[tuple[int, int], list[_Choice]] = defaultdict(list)
    for (row, people), choice in choices.items():
        for size in range(1, count - people + 1):
            block = in_row.get((row + 1, size))
            if block:
                more[row + 1, people + size].append(choice.and_also(block))
    return {row_and_people: _best(rivals) for row_and_people, rivals in more.items()}


def _best(choices: Iterable[_Choice]) -> _Choice:
    """Of equals the first: nearer the front, further left."""
    return min(choices, key=lambda choice: choice.cost)


def _scattered(stretches: Iterable[_Stretch], count: int, middle: _Middle) -> list[str]:
    """What is nearest the middle, and what is nearest to that."""
    suitable = [place for stretch in stretches for place in stretch.places]
    seed = min(suitable, key=lambda place: middle.distance(place, place))
    return nearest(suitable, to=[seed], count=count)

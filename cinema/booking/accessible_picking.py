"""Picking wheelchair spaces together with the seats beside them. Pure: dataclasses in, labels out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import attrgetter

from cinema.booking.picking import NotEnough, distance_to
from cinema.catalog.grids import Middle, Position
from cinema.catalog.layouts import SeatCategory

# How many wheelchair spaces are tried as the center of a scattered group.
MAX_CENTERS = 20


def best_with_wheelchair_spaces(
    plan: Sequence[Position], *, free: Collection[str], count: int, wheelchair_spaces: int, together: bool
) -> list[str]:
    """The labels of `count` free seats, of which `wheelchair_spaces` (at least one) are wheelchair spaces.

    They are in plan order, and none belongs to a unit. `plan` is every seat, `free` the labels of the free ones. The
    seats are side by side in one row. Of all such groups, the best one has, the most important first: the most
    companion seats; its other seats nearest to its wheelchair spaces; the fewest other wheelchair spaces that lose
    their companion seat to it; and the shortest distance to the middle of the plan. If there is no such group and
    `together` is false, the seats are as near to each other as possible.

    Raises `NotEnough`, with the largest number of seats that could have been picked with these wheelchair spaces.
    """
    seats = sorted((seat for seat in plan if seat.label in free and not seat.unit), key=attrgetter("row", "column"))
    middle = Middle.of(plan)
    groups = list(_groups(seats, count, wheelchair_spaces))
    if groups:
        free_seats = {(seat.row, seat.column): seat for seat in seats}
        return [seat.label for seat in min(groups, key=lambda group: _cost(group, free_seats, middle))]
    if together:
        sizes = range(count - 1, wheelchair_spaces - 1, -1)
        raise NotEnough(next((size for size in sizes if any(_groups(seats, size, wheelchair_spaces))), 0))
    return _scattered(seats, count, wheelchair_spaces, middle)


def _groups(seats: Sequence[Position], count: int, wheelchair_spaces: int) -> Iterator[Sequence[Position]]:
    """Every group of `count` seats side by side with exactly this number of wheelchair spaces."""
    spaces = 0
    for end, last in enumerate(seats, start=1):
        start = end - count
        spaces += _is_space(last)
        if start > 0:
            spaces -= _is_space(seats[start - 1])
        if start >= 0 and spaces == wheelchair_spaces:
            first = seats[start]
            if first.row == last.row and last.column - first.column == count - 1:
                yield seats[start:end]


def _cost(
    group: Sequence[Position], free: Mapping[tuple[int, int], Position], middle: Middle
) -> tuple[int, int, int, int]:
    spaces, others = _divided(group)
    ordinary = sum(seat.category is not SeatCategory.COMPANION for seat in others)
    apart = sum(map(distance_to(spaces), others))
    return ordinary, apart, _left_alone(group, free), middle.distance(group[0], group[-1])


def _left_alone(group: Sequence[Position], free: Mapping[tuple[int, int], Position]) -> int:
    """How many free wheelchair spaces beside the group lose their only free companion seat to it."""
    alone = 0
    for end, step in ((group[0], -1), (group[-1], 1)):
        beside, beyond = (free.get((end.row, end.column + step * steps)) for steps in (1, 2))
        if end.category is SeatCategory.COMPANION and beside and _is_space(beside):
            alone += not (beyond and beyond.category is SeatCategory.COMPANION)
    return alone


def _scattered(seats: Sequence[Position], count: int, wheelchair_spaces: int, middle: Middle) -> list[str]:
    """Wheelchair spaces near each other, and the seats nearest to them. Raises `NotEnough`."""
    spaces, others = _divided(seats)
    if len(spaces) < wheelchair_spaces:
        raise NotEnough(0)
    if len(others) < count - wheelchair_spaces:
        raise NotEnough(wheelchair_spaces + len(others))

    def around(center: Position) -> tuple[int, list[Position]]:
        """The group around a wheelchair space, with the sum of its distances."""
        to_center = distance_to([center])
        near = sorted(spaces, key=to_center)[:wheelchair_spaces]
        to_near = distance_to(near)
        beside = sorted(others, key=lambda seat: (to_near(seat), seat.category is not SeatCategory.COMPANION))
        chosen = beside[: count - wheelchair_spaces]
        apart = sum(map(to_center, near)) + sum(map(to_near, chosen))
        return apart, [*near, *chosen]

    centers = sorted(spaces, key=lambda seat: middle.distance(seat, seat))[:MAX_CENTERS]
    _, group = min((around(center) for center in centers), key=lambda each: each[0])
    return [seat.label for seat in sorted(group, key=attrgetter("row", "column"))]


def _divided(seats: Sequence[Position]) -> tuple[list[Position], list[Position]]:
    """The wheelchair spaces and the other seats."""
    return [seat for seat in seats if _is_space(seat)], [seat for seat in seats if not _is_space(seat)]


def _is_space(seat: Position) -> bool:
    return seat.category is SeatCategory.WHEELCHAIR

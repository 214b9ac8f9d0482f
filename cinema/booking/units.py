"""Units: seats that are sold only together, such as a love seat or a table. Pure.

The seats of a unit have tickets of one booking, or blocks, or no tickets. Every function that takes or releases named
seats checks them here, under the lock of the show.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from cinema.booking.errors import SeatsSoldTogether
from cinema.catalog.layouts import labels_of_unit


class SeatOfUnit(Protocol):
    """`unit` is empty or None for a seat that is sold alone."""

    @property
    def label(self) -> str: ...
    @property
    def unit(self) -> str | None: ...


S = TypeVar("S", bound=SeatOfUnit)


def check_whole(seats: Sequence[SeatOfUnit]) -> None:
    """Raises `SeatsSoldTogether` if some of the seats are only a part of their unit."""
    units = dict.fromkeys(seat.unit for seat in seats if seat.unit)
    if not units:
        return
    given = {seat.label for seat in seats}
    missing = [label for unit in units for label in labels_of_unit(unit) if label not in given]
    if missing:
        incomplete = {unit for unit in units if not given.issuperset(labels_of_unit(unit))}
        raise SeatsSoldTogether([seat.label for seat in seats if seat.unit in incomplete], missing)


def without_parts(seats: Sequence[S]) -> Sequence[S]:
    """The seats without those whose unit is not complete."""
    counts = Counter(seat.unit for seat in seats if seat.unit)
    if not counts:
        return seats
    return [seat for seat in seats if not seat.unit or counts[seat.unit] == len(labels_of_unit(seat.unit))]


def is_whole(seats: Sequence[SeatOfUnit]) -> bool:
    """Whether the seats contain only whole units."""
    return not any(seat.unit for seat in seats) or len(without_parts(seats)) == len(seats)


def first_fitting(seats: Sequence[S], count: int) -> list[S]:
    """The first `count` seats, or fewer, because a unit that does not fit is skipped. `seats` has only whole units."""
    if not any(seat.unit for seat in seats):
        return list(seats[:count])
    chosen: list[S] = []
    for group in groups(seats):
        if len(chosen) + len(group) <= count:
            chosen += group
        if len(chosen) == count:
            break
    return chosen


def first_whole(seats: Sequence[S], count: int) -> list[S]:
    """At most `count` seats: as many as whole units allow, and of these the first. `seats` has only whole units."""
    in_order = groups(seats)
    # For the last groups, beginning with none: bit n is set if some of them have n seats together.
    sums = [1]
    for group in reversed(in_order):
        sums.append((sums[-1] | sums[-1] << len(group)) & ((2 << max(0, count)) - 1))
    missing = sums.pop().bit_length() - 1
    chosen: list[S] = []
    for group in in_order:
        sums_of_later = sums.pop()
        if len(group) <= missing and sums_of_later >> (missing - len(group)) & 1:
            chosen += group
            missing -= len(group)
    return chosen


def groups(seats: Iterable[S]) -> list[list[S]]:
    """The seats of each unit, and each other seat, in the order of their first seats."""
    found: dict[str, list[S]] = {}
    for seat in seats:
        found.setdefault(seat.unit or seat.label, []).append(seat)
    return list(found.values())

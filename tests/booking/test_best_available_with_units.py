"""The best available seats of any plan with units: whole units, and the best of all groups of whole units."""

from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cinema.booking import units
from cinema.booking.picking import NotEnough, SeatPosition, nearest
from cinema.catalog.layouts import SeatCategory, labels_of_unit
from tests.booking.drawn_plans import free_seats, pick
from tests.booking.picking_model import (
    Block,
    as_split,
    blocks,
    cost,
    distance,
    fewest_rows,
    singles_left,
    suitable_in,
)

# No database.
pytestmark = pytest.mark.once

UNITS = ["(SS)", "(PP)", "(SSS)", "(ss)", "(pp)"]
parts = st.sampled_from(["S", "S", "P", "s", "_", "W", *UNITS])
plans = st.lists(st.lists(parts, min_size=1, max_size=4).map("".join), min_size=1, max_size=4).filter(
    lambda rows: "".join(rows).strip("_")
)
any_wish = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


def is_whole(seats: Sequence[SeatPosition]) -> bool:
    labels = {seat.label for seat in seats}
    return all(labels.issuperset(labels_of_unit(seat.unit)) for seat in seats if seat.unit)


def whole_blocks(suitable: Sequence[SeatPosition], size: int) -> list[Block]:
    return [block for block in blocks(suitable, size) if is_whole(block)]


def possible_sizes(suitable: Sequence[SeatPosition], *, together: bool) -> set[int]:
    if together:
        return {size for size in range(1, len(suitable) + 1) if whole_blocks(suitable, size)}
    sizes = [len(group) for group in units.groups(suitable)]
    return {sum(chosen) for number in range(1, len(sizes) + 1) for chosen in combinations(sizes, number)}


@any_wish
@given(rows=plans, category=st.none() | st.sampled_from(SeatCategory), together=st.booleans(), count=st.integers(1, 6))
def test_the_best_group_of_whole_units_is_picked(
    *, rows: list[str], category: SeatCategory | None, together: bool, count: int
) -> None:
    suitable = suitable_in(rows, category)
    sizes = possible_sizes(suitable, together=together)
    if count not in sizes:
        with pytest.raises(NotEnough) as refused:
            pick(*rows, count=count, category=category, together=together)
        assert refused.value.available == max((size for size in sizes if size < count), default=0)
        return

    picked = pick(*rows, count=count, category=category, together=together)

    chosen = [seat for seat in suitable if seat.label in picked]
    assert [seat.label for seat in chosen] == picked
    assert len(chosen) == count
    assert is_whole(chosen)
    if candidates := whole_blocks(suitable, count):
        free = free_seats(rows)
        best = min(candidates, key=lambda block: (singles_left(free, block), distance(rows, block)))
        assert picked == [seat.label for seat in best]
    elif splits := [split for split in fewest_rows(suitable, count) if all(map(is_whole, split))]:
        split = as_split(rows, picked)
        assert cost(rows, split) <= min(cost(rows, candidate) for candidate in splits)


@pytest.mark.parametrize(
    ("rows", "count", "picked"),
    [
        # One person does not get a love seat, and two do not get parts of two.
        (["(SS)(SS)S"], 1, ["A5"]),
        (["S(SS)S"], 2, ["A2", "A3"]),
        (["(PPP)(PPP)", "SS"], 2, ["B1", "B2"]),
        (["(SS)(SS)"], 4, ["A1", "A2", "A3", "A4"]),
        (["S(SS)"], 3, ["A1", "A2", "A3"]),
        # A unit of which a seat is taken is not available.
        (["(Ss)S"], 1, ["A3"]),
    ],
)
def test_groups_with_units(rows: list[str], count: int, picked: list[str]) -> None:
    assert pick(*rows, count=count) == picked


def test_scattered_seats_are_whole_units_near_the_middle() -> None:
    rows = ["S_(SS)_S", "______", "(SSS)_S"]

    assert pick(*rows, count=5, together=False) == ["A1", "A2", "A3", "A4", "C4"]
    assert pick(*rows, count=3, together=False) == ["C1", "C2", "C3"]


def test_alternatives_never_contain_a_part_of_a_unit() -> None:
    free = free_seats(["(SS)s(SSS)", "S(PP)"])
    taken = SeatPosition("A3", 0, 3, SeatCategory.STANDARD)

    assert [nearest(free, to=[taken], count=count) for count in (1, 2, 3, 4)] == [
        ["B1"],
        ["A2", "A1"],
        ["A2", "A1", "B1"],
        ["A2", "A1", "B3", "B2"],
    ]

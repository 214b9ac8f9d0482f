"""The best available seats of any plan are the seats that `picking_model` chooses."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cinema.booking.picking import NotEnough, SeatPosition, best_available
from cinema.catalog.grids import Grid
from cinema.catalog.layouts import SeatCategory
from tests.booking.drawn_plans import free_seats, pick, seats_of, taken_in
from tests.booking.picking_model import (
    as_split,
    available,
    blocks,
    cost,
    distance,
    fewest_rows,
    longest,
    singles_left,
    suitable_in,
)

# No database.
pytestmark = pytest.mark.once

# The letters that rows are drawn from, from mostly free to nearly full.
QUIET = "SSSSSSSPPPPWC_ssp"
BUSY = "SSSSPPWC_sssppwc"
NEARLY_FULL = "SSPWC_ssssspppwc"


@st.composite
def plans(draw: st.DrawFn, letters: Sequence[str] = (QUIET, BUSY, NEARLY_FULL)) -> list[str]:
    """Small plans, with the seats of one of `letters`."""
    row = st.lists(st.sampled_from(draw(st.sampled_from(letters))), min_size=1, max_size=8).map("".join)
    return draw(st.lists(row, min_size=1, max_size=5).filter(lambda rows: "".join(rows).strip("_")))


categories = st.none() | st.sampled_from(SeatCategory)
any_wish = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


def count_above_longest_block(suitable: Sequence[SeatPosition], data: st.DataObject, *, split: bool) -> int:
    """A number of seats that no row has together: one that neighboring rows can hold, or one that they cannot."""
    slightly_more = range(longest(suitable) + 1, min(len(suitable), longest(suitable) + 4) + 1)
    counts = [count for count in slightly_more if bool(fewest_rows(suitable, count)) == split]
    assume(counts)
    return data.draw(st.sampled_from(counts))


@any_wish
@given(rows=plans(), category=categories, together=st.booleans(), data=st.data())
def test_enough_seats_are_free_suitable_and_in_plan_order(
    *, rows: list[str], category: SeatCategory | None, together: bool, data: st.DataObject
) -> None:
    suitable = suitable_in(rows, category)
    assume(suitable)
    count = data.draw(st.integers(1, available(suitable, together=together)))

    picked = pick(*rows, count=count, category=category, together=together)

    assert len(picked) == count
    assert picked == [seat.label for seat in suitable if seat.label in picked]


@any_wish
@given(rows=plans(), category=categories, together=st.booleans(), more=st.integers(1, 4))
def test_refusal_names_how_many_seats_are_available(
    *, rows: list[str], category: SeatCategory | None, together: bool, more: int
) -> None:
    most = available(suitable_in(rows, category), together=together)

    with pytest.raises(NotEnough) as refused:
        pick(*rows, count=most + more, category=category, together=together)

    assert refused.value.available == most


@any_wish
@given(rows=plans(), category=categories, together=st.booleans(), data=st.data())
def test_one_block_leaves_the_fewest_single_seats_and_is_nearest_the_middle(
    *, rows: list[str], category: SeatCategory | None, together: bool, data: st.DataObject
) -> None:
    free, suitable = free_seats(rows), suitable_in(rows, category)
    assume(suitable)
    count = data.draw(st.integers(1, longest(suitable)))

    picked = pick(*rows, count=count, category=category, together=together)

    best = min(blocks(suitable, count), key=lambda block: (singles_left(free, block), distance(rows, block)))
    assert picked == [seat.label for seat in best]


@any_wish
@given(rows=plans(), category=categories, data=st.data())
def test_split_takes_the_fewest_rows_and_has_the_lowest_cost(
    rows: list[str], category: SeatCategory | None, data: st.DataObject
) -> None:
    suitable = suitable_in(rows, category)
    count = count_above_longest_block(suitable, data, split=True)
    candidates = fewest_rows(suitable, count)

    split = as_split(rows, pick(*rows, count=count, category=category, together=False))

    assert split in candidates
    assert cost(rows, split) == min(cost(rows, candidate) for candidate in candidates)


@any_wish
@given(rows=plans([NEARLY_FULL]), category=categories, data=st.data())
def test_scattered_seats_are_near_the_suitable_seat_nearest_the_middle(
    rows: list[str], category: SeatCategory | None, data: st.DataObject
) -> None:
    suitable = suitable_in(rows, category)
    count = count_above_longest_block(suitable, data, split=False)
    seed = min(suitable, key=lambda seat: distance(rows, [seat]))

    def away(seat: SeatPosition) -> int:
        return 2 * abs(seat.row - seed.row) + abs(seat.column - seed.column)

    picked = pick(*rows, count=count, category=category, together=False)

    assert set(picked) == {seat.label for seat in sorted(suitable, key=away)[:count]}


@given(rows=plans(), together=st.booleans(), data=st.data())
def test_order_of_the_seats_passed_does_not_matter(*, rows: list[str], together: bool, data: st.DataObject) -> None:
    suitable = suitable_in(rows, None)
    assume(suitable)
    count = data.draw(st.integers(1, available(suitable, together=together)))
    shuffled = data.draw(st.permutations(seats_of(rows)))

    picked = best_available(Grid(shuffled), taken=taken_in(rows), count=count, category=None, together=together)

    assert picked == pick(*rows, count=count, together=together)

"""The best seats of any plan are what `picking_model` says."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cinema.booking.picking import NotEnough, SeatPosition, best_available
from cinema.catalog.layouts import SeatCategory
from tests.booking.drawn_plans import free_in, house, pick
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

# What a seat is likely to be.
QUIET = "SSSSSSSPPPPWC_ssp"
BUSY = "SSSSPPWC_sssppwc"
NEARLY_FULL = "SSPWC_ssssspppwc"


@st.composite
def plans(draw: st.DrawFn, letters: Sequence[str] = (QUIET, BUSY, NEARLY_FULL)) -> list[str]:
    """Small ones, on one of these evenings."""
    row = st.lists(st.sampled_from(draw(st.sampled_from(letters))), min_size=1, max_size=8).map("".join)
    return draw(st.lists(row, min_size=1, max_size=5).filter(lambda rows: "".join(rows).strip("_")))


categories = st.none() | st.sampled_from(SeatCategory)
any_wish = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


def too_many_for_one_row(suitable: Sequence[SeatPosition], data: st.DataObject, *, split: bool) -> int:
    """So many that they can be split over neighboring rows, or that they cannot."""
    few_more = range(longest(suitable) + 1, min(len(suitable), longest(suitable) + 4) + 1)
    counts = [count for count in few_more if bool(fewest_rows(suitable, count)) == split]
    assume(counts)
    return data.draw(st.sampled_from(counts))


@any_wish
@given(rows=plans(), category=categories, together=st.booleans(), data=st.data())
def test_whoever_can_have_enough_gets_exactly_that_free_and_suitable_in_plan_order(
    *, rows: list[str], category: SeatCategory | None, together: bool, data: st.DataObject
) -> None:
    suitable = suitable_in(rows, category)
    assume(suitable)
    count = data.draw(st.integers(1, available(suitable, together=together)))

    picked = pick(*rows, count=count, category=category, together=together)

    assert len(picked) == count
    assert picked == [place.label for place in suitable if place.label in picked]


@any_wish
@given(rows=plans(), category=categories, together=st.booleans(), more=st.integers(1, 4))
def test_whoever_wants_more_is_told_exactly_how_many_could_be_had(
    *, rows: list[str], category: SeatCategory | None, together: bool, more: int
) -> None:
    most = available(suitable_in(rows, category), together=together)

    with pytest.raises(NotEnough) as refused:
        pick(*rows, count=most + more, category=category, together=together)

    assert refused.value.available == most


@any_wish
@given(rows=plans(), category=categories, together=st.booleans(), data=st.data())
def test_side_by_side_with_the_fewest_single_seats_left_and_of_those_nearest_the_middle(
    *, rows: list[str], category: SeatCategory | None, together: bool, data: st.DataObject
) -> None:
    free, suitable = free_in(rows), suitable_in(rows, category)
    assume(suitable)
    count = data.draw(st.integers(1, longest(suitable)))

    picked = pick(*rows, count=count, category=category, together=together)

    best = min(blocks(suitable, count), key=lambda block: (singles_left(free, block), distance(rows, block)))
    assert picked == [place.label for place in best]


@any_wish
@given(rows=plans(), category=categories, data=st.data())
def test_split_over_the_fewest_rows_with_the_fewest_alone_the_fewest_singles_left_and_nearest_the_middle(
    rows: list[str], category: SeatCategory | None, data: st.DataObject
) -> None:
    suitable = suitable_in(rows, category)
    count = too_many_for_one_row(suitable, data, split=True)
    candidates = fewest_rows(suitable, count)

    split = as_split(rows, pick(*rows, count=count, category=category, together=False))

    assert split in candidates
    assert cost(rows, split) == min(cost(rows, candidate) for candidate in candidates)


@any_wish
@given(rows=plans([NEARLY_FULL]), category=categories, data=st.data())
def test_scattered_around_the_suitable_seat_nearest_the_middle(
    rows: list[str], category: SeatCategory | None, data: st.DataObject
) -> None:
    suitable = suitable_in(rows, category)
    count = too_many_for_one_row(suitable, data, split=False)
    seed = min(suitable, key=lambda place: distance(rows, [place]))

    def away(place: SeatPosition) -> int:
        return 2 * abs(place.row - seed.row) + abs(place.column - seed.column)

    picked = pick(*rows, count=count, category=category, together=False)

    assert set(picked) == {place.label for place in sorted(suitable, key=away)[:count]}


@given(rows=plans(), together=st.booleans(), data=st.data())
def test_the_order_in_which_the_house_is_told_does_not_matter(
    *, rows: list[str], together: bool, data: st.DataObject
) -> None:
    suitable = suitable_in(rows, None)
    assume(suitable)
    count = data.draw(st.integers(1, available(suitable, together=together)))
    shuffled = data.draw(st.permutations(house(rows)))
    free = {place.label for place in free_in(rows)}

    picked = best_available(shuffled, free=free, count=count, category=None, together=together)

    assert picked == pick(*rows, count=count, together=together)

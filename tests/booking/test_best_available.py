"""Plans are drawn as in `layouts`, a taken seat as a small letter: "SSs_W" has one, A3.

The rules are said a second time here, plainly and slowly: every block there is, and what each one leaves behind.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from statistics import mean

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cinema.booking.picking import NotEnough, Place, best_available
from cinema.catalog import layouts
from cinema.catalog.layouts import SeatCategory

Block = list[Place]
Cost = tuple[float, ...]


def house(rows: Sequence[str]) -> list[Place]:
    seats = layouts.parse([row.upper() for row in rows])
    return [Place(seat.label, seat.row_index, seat.column, seat.category) for seat in seats]


def free_in(rows: Sequence[str]) -> list[Place]:
    return [place for place in house(rows) if rows[place.row][place.column - 1].isupper()]


def pick(*rows: str, count: int, category: SeatCategory | None = None, together: bool = True) -> list[str]:
    free = {place.label for place in free_in(rows)}
    return best_available(house(rows), free=free, count=count, category=category, together=together)


# Together


def test_an_empty_house_gives_the_center_of_the_middle_row() -> None:
    assert pick("SSSSSSSS", "SSSSSSSS", "SSSSSSSS", count=4) == ["B3", "B4", "B5", "B6"]


def test_the_middle_is_that_of_the_plan_and_not_of_what_is_free() -> None:
    assert pick("SSSSSSS", "sssssss", "sssssss", "SSSSSSS", "SSSSSSS", count=3) == ["D3", "D4", "D5"]
    assert pick("SSSSSsssss", count=2) == ["A4", "A5"]


def test_the_row_before_is_as_far_as_two_seats_aside() -> None:
    assert pick("SSSSSSSSS", "SSSSSSsss", "sssssssss", count=3) == ["B4", "B5", "B6"]
    assert pick("SSSSSSSSS", "SSSSsssss", "sssssssss", count=3) == ["A4", "A5", "A6"]


def test_of_equals_the_first_is_taken_nearer_the_front_and_further_left() -> None:
    assert pick("SSSS", "SSSS", count=4) == ["A1", "A2", "A3", "A4"]
    assert pick("SSssSS", count=2) == ["A1", "A2"]


def test_an_aisle_breaks_what_is_together() -> None:
    assert pick("SS_SSS", count=3) == ["A3", "A4", "A5"]
    with pytest.raises(NotEnough):
        pick("SS_SS", count=3)


def test_the_end_of_a_row_and_the_start_of_the_next_are_not_together() -> None:
    with pytest.raises(NotEnough):
        pick("ssS", "SSs", count=3)


def test_who_names_a_category_gets_only_that() -> None:
    rows = ["PPPPPP", "SSSSSS", "PPPPPP"]

    assert pick(*rows, count=2, category=SeatCategory.STANDARD) == ["B3", "B4"]
    assert pick(*rows, count=2, category=SeatCategory.PREMIUM) == ["A3", "A4"]


def test_standard_and_premium_may_mix_for_who_names_none() -> None:
    assert pick("sSPs", count=2) == ["A2", "A3"]


@pytest.mark.parametrize("letter", ["W", "C"])
def test_places_for_a_need_are_never_given_unasked(letter: str) -> None:
    assert pick(f"SS{letter}{letter}{letter}ss", count=2) == ["A1", "A2"]
    with pytest.raises(NotEnough):
        pick(f"S{letter}S", count=2)


def test_a_wheelchair_space_can_be_asked_for() -> None:
    assert pick("WSSSS", "SSSSS", count=1, category=SeatCategory.WHEELCHAIR) == ["A1"]
    assert pick("CSSSS", "SSSSS", count=1, category=SeatCategory.COMPANION) == ["A1"]


def test_a_single_gap_is_filled_though_other_seats_are_nearer_the_middle() -> None:
    assert pick("sSsSSs", count=1) == ["A2"]


def test_no_single_seat_is_left_behind_though_that_is_farther_from_the_middle() -> None:
    assert pick("SSSsSS", count=2) == ["A5", "A6"]


def test_a_seat_that_nobody_here_may_have_still_keeps_another_company() -> None:
    assert pick("wSSS", count=2) == ["A2", "A3"]
    assert pick("WSSS", count=2) == ["A3", "A4"]


def test_a_seat_that_was_single_before_is_not_held_against_a_choice() -> None:
    assert pick("SsSSsS", count=2) == ["A3", "A4"]


def test_what_is_only_to_be_had_apart_is_refused_and_the_longest_stretch_named() -> None:
    with pytest.raises(NotEnough) as refused:
        pick("SSs_SSS", "SSsS_SS", count=4)

    assert refused.value.available == 3


def test_nothing_suitable_is_none_available() -> None:
    for together in (True, False):
        with pytest.raises(NotEnough) as refused:
            pick("SsW", count=1, category=SeatCategory.PREMIUM, together=together)
        assert refused.value.available == 0


# Not necessarily together


def test_who_need_not_be_together_still_are_if_they_can() -> None:
    assert pick("SSSSS", "SSSsS", "SSSsS", count=5, together=False) == ["A1", "A2", "A3", "A4", "A5"]


def test_they_are_split_over_neighboring_rows() -> None:
    assert pick("SSSs", "ssss", "SSss", "sSSs", count=4, together=False) == ["C1", "C2", "D2", "D3"]


def test_they_are_split_over_as_few_rows_as_can_be() -> None:
    assert pick("SSSss", "SSSss", "ssSSs", "ssSSs", "ssSSs", count=6, together=False) == [
        *("A1", "A2", "A3"),
        *("B1", "B2", "B3"),
    ]


def test_nobody_sits_alone_though_that_leaves_single_seats_behind() -> None:
    assert pick("SSS", "SSS", count=4, together=False) == ["A1", "A2", "B1", "B2"]


def test_a_split_leaves_no_single_seat_behind_if_another_avoids_it() -> None:
    assert pick("sSSS", "sSSs", "sSSs", count=4, together=False) == ["B2", "B3", "C2", "C3"]


def test_where_even_a_split_does_not_go_they_get_what_is_nearest_to_what_is_nearest_the_middle() -> None:
    assert pick("sssSs", "sssss", "sSsSs", "sssss", "Sssss", count=3, together=False) == ["C2", "C4", "E1"]
    assert pick("SS_SS", count=3, together=False) == ["A1", "A2", "A3"]


def test_nobody_is_given_a_place_for_a_need_because_it_is_near() -> None:
    assert pick("SsWsS", "ssWss", count=2, together=False) == ["A1", "A5"]


def test_who_wants_more_than_there_are_is_told_how_many_there_are() -> None:
    with pytest.raises(NotEnough) as refused:
        pick("SsSW", "sPsC", count=4, together=False)

    assert refused.value.available == 3


# Any plan


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


def suitable_in(rows: Sequence[str], category: SeatCategory | None) -> list[Place]:
    wanted = {category} if category else {SeatCategory.STANDARD, SeatCategory.PREMIUM}
    return [place for place in free_in(rows) if place.category in wanted]


def blocks(suitable: Sequence[Place], size: int) -> list[Block]:
    at = {(place.row, place.column): place for place in suitable}
    spots = [[(place.row, place.column + step) for step in range(size)] for place in suitable]
    return [[at[spot] for spot in block] for block in spots if all(spot in at for spot in block)]


def longest(suitable: Sequence[Place]) -> int:
    return max((size for size in range(1, 9) if blocks(suitable, size)), default=0)


def splits(suitable: Sequence[Place], count: int, rows: Collection[int]) -> Iterator[list[Block]]:
    """Every way to have a block in each of these rows, `count` seats in all."""
    if not rows:
        if count == 0:
            yield []
        return
    row, *others = rows
    for size in range(1, count - len(others) + 1):
        for block in blocks([place for place in suitable if place.row == row], size):
            for rest in splits(suitable, count - size, others):
                yield [block, *rest]


def fewest_rows(suitable: Sequence[Place], count: int) -> list[list[Block]]:
    """Every split over neighboring rows, as few as can be."""
    for number in range(1, count + 1):
        found = [split for row in range(5) for split in splits(suitable, count, range(row, row + number))]
        if found:
            return found
    return []


def singles_left(free: Sequence[Place], chosen: Collection[Place]) -> int:
    before = {(place.row, place.column) for place in free}
    after = before - {(place.row, place.column) for place in chosen}

    def has_neighbor(row: int, column: int, seats: set[tuple[int, int]]) -> bool:
        return (row, column - 1) in seats or (row, column + 1) in seats

    return sum(has_neighbor(*seat, before) and not has_neighbor(*seat, after) for seat in after)


def distance(rows: Sequence[str], block: Block) -> float:
    seats = house(rows)
    middle_row = (seats[0].row + seats[-1].row) / 2
    middle_column = (min(seat.column for seat in seats) + max(seat.column for seat in seats)) / 2
    return 2 * abs(block[0].row - middle_row) + abs(mean(place.column for place in block) - middle_column)


def cost(rows: Sequence[str], split: Sequence[Block]) -> Cost:
    alone = sum(len(block) == 1 for block in split)
    singles = singles_left(free_in(rows), list(chain(*split)))
    return alone, singles, sum(len(block) * distance(rows, block) for block in split)


def as_split(rows: Sequence[str], labels: Collection[str]) -> list[Block]:
    """A block for each row."""
    chosen = [place for place in house(rows) if place.label in labels]
    return [[place for place in chosen if place.row == row] for row in sorted({place.row for place in chosen})]


def available(suitable: Sequence[Place], *, together: bool) -> int:
    return longest(suitable) if together else len(suitable)


def too_many_for_one_row(suitable: Sequence[Place], data: st.DataObject, *, split: bool) -> int:
    """So many that they can be split over neighboring rows, or that they cannot."""
    few_more = range(longest(suitable) + 1, min(len(suitable), longest(suitable) + 4) + 1)
    counts = [count for count in few_more if bool(fewest_rows(suitable, count)) == split]
    assume(counts)
    return data.draw(st.sampled_from(counts))


@any_wish
@given(rows=plans(), category=categories, together=st.booleans(), data=st.data())
def test_whoever_can_have_enough_gets_exactly_that_free_and_suitable_in_house_order(
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

    def away(place: Place) -> int:
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

"""The best available seats of some plans, in the notation of `drawn_plans`."""

import pytest

from cinema.booking.picking import NotEnough
from cinema.catalog.layouts import SeatCategory
from tests.booking.drawn_plans import pick

# Together


def test_empty_screen_gives_the_center_of_the_middle_row() -> None:
    assert pick("SSSSSSSS", "SSSSSSSS", "SSSSSSSS", count=4) == ["B3", "B4", "B5", "B6"]


def test_taken_seats_do_not_move_the_middle() -> None:
    assert pick("SSSSSSS", "sssssss", "sssssss", "SSSSSSS", "SSSSSSS", count=3) == ["D3", "D4", "D5"]
    assert pick("SSSSSsssss", count=2) == ["A4", "A5"]


def test_one_row_counts_as_two_columns() -> None:
    assert pick("SSSSSSSSS", "SSSSSSsss", "sssssssss", count=3) == ["B4", "B5", "B6"]
    assert pick("SSSSSSSSS", "SSSSsssss", "sssssssss", count=3) == ["A4", "A5", "A6"]


def test_ties_go_to_the_front_and_then_to_the_left() -> None:
    assert pick("SSSS", "SSSS", count=4) == ["A1", "A2", "A3", "A4"]
    assert pick("SSssSS", count=2) == ["A1", "A2"]
    assert pick("SS", "S_", "SS", count=3, together=False) == ["A1", "A2", "B1"]


def test_seats_across_an_aisle_are_not_together() -> None:
    assert pick("SS_SSS", count=3) == ["A3", "A4", "A5"]
    with pytest.raises(NotEnough):
        pick("SS_SS", count=3)


def test_end_of_a_row_and_start_of_the_next_are_not_together() -> None:
    with pytest.raises(NotEnough):
        pick("ssS", "SSs", count=3)


def test_requested_category_is_the_only_one_used() -> None:
    rows = ["PPPPPP", "SSSSSS", "PPPPPP"]

    assert pick(*rows, count=2, category=SeatCategory.STANDARD) == ["B3", "B4"]
    assert pick(*rows, count=2, category=SeatCategory.PREMIUM) == ["A3", "A4"]


def test_standard_and_premium_mix_without_a_category() -> None:
    assert pick("sSPs", count=2) == ["A2", "A3"]


@pytest.mark.parametrize("letter", ["W", "C"])
def test_wheelchair_and_companion_spaces_are_not_used_without_a_category(letter: str) -> None:
    assert pick(f"SS{letter}{letter}{letter}ss", count=2) == ["A1", "A2"]
    with pytest.raises(NotEnough):
        pick(f"S{letter}S", count=2)


def test_wheelchair_and_companion_spaces_can_be_requested() -> None:
    assert pick("WSSSS", "SSSSS", count=1, category=SeatCategory.WHEELCHAIR) == ["A1"]
    assert pick("CSSSS", "SSSSS", count=1, category=SeatCategory.COMPANION) == ["A1"]


def test_single_free_seat_is_filled_before_seats_nearer_the_middle() -> None:
    assert pick("sSsSSs", count=1) == ["A2"]


def test_block_that_leaves_no_single_seat_wins_over_one_nearer_the_middle() -> None:
    assert pick("SSSsSS", count=2) == ["A5", "A6"]


def test_free_wheelchair_space_counts_as_a_neighbor() -> None:
    assert pick("wSSS", count=2) == ["A2", "A3"]
    assert pick("WSSS", count=2) == ["A3", "A4"]


def test_seat_that_was_single_before_is_not_counted() -> None:
    assert pick("SsSSsS", count=2) == ["A3", "A4"]


def test_seats_that_are_not_together_are_refused_with_the_longest_block() -> None:
    with pytest.raises(NotEnough) as refused:
        pick("SSs_SSS", "SSsS_SS", count=4)

    assert refused.value.available == 3


def test_category_without_free_seats_is_refused_with_0_available() -> None:
    for together in (True, False):
        with pytest.raises(NotEnough) as refused:
            pick("SsW", count=1, category=SeatCategory.PREMIUM, together=together)
        assert refused.value.available == 0


# Not together


def test_seats_are_together_if_possible() -> None:
    assert pick("SSSSS", "SSSsS", "SSSsS", count=5, together=False) == ["A1", "A2", "A3", "A4", "A5"]


def test_split_is_over_neighboring_rows() -> None:
    assert pick("SSSs", "ssss", "SSss", "sSSs", count=4, together=False) == ["C1", "C2", "D2", "D3"]


def test_split_is_over_as_few_rows_as_possible() -> None:
    assert pick("SSSss", "SSSss", "ssSSs", "ssSSs", "ssSSs", count=6, together=False) == [
        *("A1", "A2", "A3"),
        *("B1", "B2", "B3"),
    ]


def test_split_without_a_lone_seat_wins_over_one_that_leaves_no_single_seats() -> None:
    assert pick("SSS", "SSS", count=4, together=False) == ["A1", "A2", "B1", "B2"]


def test_split_that_leaves_no_single_seat_wins() -> None:
    assert pick("sSSS", "sSSs", "sSSs", count=4, together=False) == ["B2", "B3", "C2", "C3"]


def test_scattered_seats_are_near_the_free_seat_nearest_the_middle() -> None:
    assert pick("sssSs", "sssss", "sSsSs", "sssss", "Sssss", count=3, together=False) == ["C2", "C4", "E1"]
    assert pick("SS_SS", count=3, together=False) == ["A1", "A2", "A3"]


def test_scattered_seats_do_not_include_wheelchair_spaces() -> None:
    assert pick("SsWsS", "ssWss", count=2, together=False) == ["A1", "A5"]


def test_refusal_has_the_number_of_available_seats() -> None:
    with pytest.raises(NotEnough) as refused:
        pick("SsSW", "sPsC", count=4, together=False)

    assert refused.value.available == 3

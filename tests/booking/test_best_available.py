"""The best seats of some plans, drawn as in `drawn_plans`."""

import pytest

from cinema.booking.picking import NotEnough
from cinema.catalog.layouts import SeatCategory
from tests.booking.drawn_plans import pick

# Together


def test_an_empty_screen_gives_the_center_of_the_middle_row() -> None:
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


def test_who_wants_more_than_there_are_learns_how_many_there_are() -> None:
    with pytest.raises(NotEnough) as refused:
        pick("SsSW", "sPsC", count=4, together=False)

    assert refused.value.available == 3

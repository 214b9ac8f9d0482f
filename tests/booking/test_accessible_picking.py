"""Wheelchair spaces with the seats beside them, in the notation of `drawn_plans`."""

from itertools import product

import pytest

from cinema.booking.accessible_picking import best_with_wheelchair_spaces
from cinema.booking.picking import NotEnough
from tests.booking.drawn_plans import free_seats, seats_of


def pick(*rows: str, count: int, spaces: int = 1, together: bool = True) -> list[str]:
    free = {seat.label for seat in free_seats(rows)}
    return best_with_wheelchair_spaces(
        seats_of(rows), free=free, count=count, wheelchair_spaces=spaces, together=together
    )


def test_adjacent_companion_seat_wins_over_one_nearer_the_middle() -> None:
    assert pick("WC______", "SSSSSSSS", "SSSWSSSS", count=2) == ["A1", "A2"]


def test_companion_seats_win_over_other_seats() -> None:
    assert pick("SWC", count=2) == ["A2", "A3"]
    assert pick("SWCCS", count=3) == ["A2", "A3", "A4"]


def test_other_seats_are_used_if_there_are_too_few_companion_seats() -> None:
    assert pick("SWs", "SSS", count=2) == ["A1", "A2"]
    assert pick("WCSSS", count=4) == ["A1", "A2", "A3", "A4"]


def test_seats_on_both_sides_win_over_seats_on_one() -> None:
    assert pick("CWCC", count=3) == ["A1", "A2", "A3"]


def test_companion_seats_of_other_wheelchair_spaces_are_left() -> None:
    assert pick("WCWC", count=2) == ["A1", "A2"]
    assert pick("wCWC", count=2) == ["A2", "A3"]
    assert pick("CWCWCSSSSSSS", count=2) == ["A4", "A5"]


def test_of_equal_groups_the_nearest_to_the_middle_wins() -> None:
    assert pick("WCSSWCSSSS", count=2) == ["A5", "A6"]
    assert pick("WC", "WC", "WC", count=2) == ["B1", "B2"]


def test_several_wheelchair_spaces() -> None:
    assert pick("WCWC__WW", count=4, spaces=2) == ["A1", "A2", "A3", "A4"]
    assert pick("WCWC__WW", count=2, spaces=2) == ["A5", "A6"]
    assert pick("WSS", count=1, spaces=1) == ["A1"]


def test_no_more_wheelchair_spaces_than_requested() -> None:
    with pytest.raises(NotEnough) as refusal:
        pick("WWs", count=2, spaces=1)
    assert refusal.value.available == 1


def test_seats_across_an_aisle_or_a_taken_seat_are_not_beside() -> None:
    for row in ("W_CS", "WsCS"):
        with pytest.raises(NotEnough) as refusal:
            pick(row, count=2)
        assert refusal.value.available == 1


@pytest.mark.parametrize("together", [True, False])
def test_without_enough_wheelchair_spaces_nothing_is_available(*, together: bool) -> None:
    with pytest.raises(NotEnough) as refusal:
        pick("WCSS", count=3, spaces=2, together=together)
    assert refusal.value.available == 0


def test_scattered_seats_are_near_each_other() -> None:
    assert pick("W____", "__S_S", "S___W", count=2, together=False) == ["B2", "C2"]
    assert pick("W_C_S", count=2, together=False) == ["A1", "A2"]
    assert pick("W_W_SS", "W_____", count=3, spaces=2, together=False) == ["A1", "A2", "A3"]


def test_scattered_seats_are_limited_by_the_free_ones() -> None:
    with pytest.raises(NotEnough) as refusal:
        pick("W_S", count=4, together=False)
    assert refusal.value.available == 2


def test_a_group_is_found_in_every_plan_that_has_one() -> None:
    """Compared with a search through all runs of seats, for every row of five positions."""
    for row in map("".join, product("WCS_", repeat=5)):
        if set(row) == {"_"}:
            continue
        for count, spaces in ((1, 1), (2, 1), (3, 1), (3, 2), (4, 2)):
            runs = [row[start : start + count] for start in range(6 - count)]
            exists = any("_" not in run and run.count("W") == spaces for run in runs)
            try:
                labels = pick(row, count=count, spaces=spaces)
            except NotEnough:
                assert not exists, (row, count, spaces)
            else:
                first = int(labels[0][1:])
                picked = row.replace("_", "")[first - 1 : first - 1 + count]
                assert exists, (row, count, spaces)
                assert (len(labels), picked.count("W")) == (count, spaces)

"""Holding the best available seats."""

from typing import Any

import pytest

from cinema.booking import blocks
from tests import situations
from tests.api.holding import hold_best, seats_of
from tests.conftest import Api
from tests.stored import nothing_changes

pytestmark = pytest.mark.both


def test_the_best_seats_are_adjacent_and_near_the_middle(as_buyer: Api) -> None:
    show = situations.a_show(rows=["SSSSSS", "SSSSSS", "SSSSSS"])

    result = hold_best(as_buyer, show, 2)

    assert (result["__typename"], result["status"], seats_of(result)) == ("Booking", "HELD", ["B3", "B4"])
    assert result["total"] == {"amount": "20.00", "currency": "USD"}


def test_the_best_seats_of_a_category_are_held(as_buyer: Api) -> None:
    show = situations.a_show(rows=["SSSSSS", "SSSSSS", "PPPPPP"])

    assert seats_of(hold_best(as_buyer, show, 2, category="PREMIUM")) == ["C3", "C4"]
    assert seats_of(hold_best(as_buyer, show, 2, category=None)) == ["B3", "B4"]


def test_a_wheelchair_space_is_chosen_only_if_requested(as_buyer: Api) -> None:
    show = situations.a_show(rows=["WCS"])

    with nothing_changes():
        refusal = hold_best(as_buyer, show, 2, together=False)
    assert (refusal["__typename"], refusal["available"]) == ("NotEnoughSeats", 1)
    assert seats_of(hold_best(as_buyer, show, 1)) == ["A3"]
    assert seats_of(hold_best(as_buyer, show, 1, needs_accessible=True, category="WHEELCHAIR")) == ["A1"]
    assert seats_of(hold_best(as_buyer, show, 1, needs_accessible=True, category="COMPANION")) == ["A2"]


def test_unavailable_seats_are_not_chosen(as_buyer: Api) -> None:
    show = situations.a_show(rows=["SSSSS"])
    situations.a_booking("A3", show=show)
    blocks.block(show_id=show.pk, labels=["A4"])
    situations.a_hold("A2", show=show, minutes_left=-1)

    assert seats_of(hold_best(as_buyer, show, 2)) == ["A1", "A2"]


@pytest.mark.parametrize("options", [{}, {"together": True}, {"together": None}], ids=str)
def test_too_few_adjacent_seats_are_refused(as_buyer: Api, options: dict[str, Any]) -> None:
    show = situations.a_show(rows=["SS_SSS", "SSS_SS"])
    situations.a_booking("B2", show=show)

    with nothing_changes():
        result = hold_best(as_buyer, show, 4, **options)

    assert result == {
        "__typename": "NotEnoughSeats",
        "message": "Only 3 seats like this are left.",
        "requested": 4,
        "available": 3,
    }


def test_seats_that_need_not_be_adjacent_are_split_over_neighboring_rows(as_buyer: Api) -> None:
    show = situations.a_show(rows=["SS_SSS", "SSS_SS"])

    assert seats_of(hold_best(as_buyer, show, 5, together=False)) == ["A1", "A2", "B1", "B2", "B3"]


def test_too_few_seats_are_refused(as_buyer: Api) -> None:
    show = situations.a_show(rows=["SS_SSS", "W"])
    situations.a_booking("A4", show=show)

    with nothing_changes():
        result = hold_best(as_buyer, show, 5, together=False)

    assert result == {
        "__typename": "NotEnoughSeats",
        "message": "Only 4 seats like this are left.",
        "requested": 5,
        "available": 4,
    }


def test_a_category_without_seats_is_refused(as_buyer: Api) -> None:
    show = situations.a_show(rows=["SS"])

    with nothing_changes():
        result = hold_best(as_buyer, show, 1, category="PREMIUM")

    assert (result["__typename"], result["requested"], result["available"]) == ("NotEnoughSeats", 1, 0)

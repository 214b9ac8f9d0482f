"""Changes of a screen's plan: kept, added and removed seats, and their labels."""

from decimal import Decimal

import pytest

from cinema.booking.errors import SeatsSold
from cinema.catalog import theaters
from cinema.catalog.layouts import SeatCategory, SeatNumbering
from cinema.catalog.theaters import PlanFields
from cinema.core.errors import InvalidInput
from cinema.models import Seat
from tests import situations
from tests.catalog.refusals import problems
from tests.catalog.seats import change_plan, described, seats_of
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


def test_an_unchanged_seat_keeps_its_id() -> None:
    screen = situations.a_screen(["SS", "PP"])
    before = seats_of(screen)

    change_plan(screen, "SSS", "PP", "SS")

    after = seats_of(screen)
    assert list(after) == ["A1", "A2", "A3", "B1", "B2", "C1", "C2"]
    assert {label: after[label].pk for label in before} == {label: seat.pk for label, seat in before.items()}


def test_the_screen_stores_the_new_plan() -> None:
    screen = situations.a_screen(["SS"])

    change_plan(screen, "_P", "SS")

    screen.refresh_from_db()
    assert (screen.rows, screen.seat_count) == (["_P", "SS"], 3)


def test_an_unchanged_plan_changes_nothing() -> None:
    screen = situations.a_screen(["SS", "_P"])

    with nothing_changes():
        change_plan(screen, "SS", "_P")


def test_changing_the_category_of_a_seat_replaces_it() -> None:
    screen = situations.a_screen(["SS"])
    before = seats_of(screen)

    change_plan(screen, "SP")

    after = seats_of(screen)
    assert after["A1"].pk == before["A1"].pk
    assert after["A2"].pk != before["A2"].pk
    assert after["A2"].category == SeatCategory.PREMIUM
    assert Seat.objects.get(pk=before["A2"].pk).retired_at is not None
    assert Seat.objects.get(pk=before["A2"].pk).category == SeatCategory.STANDARD


def test_changing_the_position_of_a_seat_replaces_it() -> None:
    screen = situations.a_screen(["SS"])
    before = seats_of(screen)

    change_plan(screen, "S_S")

    after = seats_of(screen)
    assert after["A1"].pk == before["A1"].pk
    assert (after["A2"].pk != before["A2"].pk, after["A2"].column) == (True, 3)


def test_a_new_front_row_replaces_all_other_seats() -> None:
    screen = situations.a_screen(["SP"])

    change_plan(screen, "SS", "SP")

    retired = Seat.objects.filter(screen=screen, retired_at__isnull=False)
    assert [seat.label for seat in retired] == ["A2"]
    assert described(list(seats_of(screen).values())) == [
        ("A1", "A", 0, 1, 1, "STANDARD"),
        ("A2", "A", 0, 2, 2, "STANDARD"),
        ("B1", "B", 1, 1, 1, "STANDARD"),
        ("B2", "B", 1, 2, 2, "PREMIUM"),
    ]


def test_a_removed_seat_that_is_added_again_is_a_new_seat() -> None:
    screen = situations.a_screen(["SS"])
    before = seats_of(screen)

    change_plan(screen, "S")
    change_plan(screen, "SS")

    assert seats_of(screen)["A2"].pk != before["A2"].pk
    assert Seat.objects.filter(screen=screen, label="A2").count() == 2


def test_a_new_seat_can_be_sold_for_existing_shows() -> None:
    show = situations.a_show(rows=["S"])

    change_plan(show.screen, "SS")

    booking = situations.a_booking("A2", show=show)
    assert booking.total == Decimal("10.00")


@pytest.mark.parametrize("rows", [[], ["__"], ["SX"]], ids=repr)
def test_an_invalid_new_plan_is_refused(rows: list[str]) -> None:
    screen = situations.a_screen(["SS"])

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        change_plan(screen, *rows)

    assert problems(refusal) == [("rows", "invalid_plan")]


# ---------------------------------------------------------------------- row labels and numbering


def test_new_labels_replace_the_seats_and_keep_the_rest_of_the_plan() -> None:
    screen = situations.a_screen(["SS", "__", "SP"])

    theaters.change_screen(screen_id=screen.pk, row_labels=["b", "", " A"])

    assert list(seats_of(screen)) == ["B1", "B2", "A1", "A2"]
    screen.refresh_from_db()
    assert (screen.rows, screen.row_labels) == (["SS", "__", "SP"], ["B", None, "A"])
    assert list(screen.categories) == [SeatCategory.STANDARD, SeatCategory.PREMIUM]


def test_labels_and_numbering_stay_when_the_rows_change() -> None:
    screen = situations.a_screen(["SS", "SP"])
    theaters.change_screen(screen_id=screen.pk, row_labels=["W", "P"], numbering=SeatNumbering.RIGHT_TO_LEFT)

    change_plan(screen, "SSS", "SP")

    assert list(seats_of(screen)) == ["W3", "W2", "W1", "P2", "P1"]
    screen.refresh_from_db()
    assert list(screen.categories) == [SeatCategory.STANDARD, SeatCategory.PREMIUM]
    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        change_plan(screen, "SSS", "SP", "S")
    assert problems(refusal) == [("row_labels", "invalid_plan")]
    theaters.change_screen(screen_id=screen.pk, rows=["S", "S", "S"], row_labels=None)
    assert list(seats_of(screen)) == ["A1", "B1", "C1"]


def test_labels_that_are_the_letters_of_the_rows_keep_the_seats() -> None:
    show = situations.a_show(rows=["SS", "__", "SP"])
    before = seats_of(show.screen)
    situations.a_booking("A1", "C2", show=show)

    theaters.change_screen(screen_id=show.screen_id, row_labels=["A", None, "C"])

    assert seats_of(show.screen) == before


@pytest.mark.parametrize(
    "change", [{"row_labels": ["B", "A"]}, {"numbering": SeatNumbering.RIGHT_TO_LEFT}], ids=["labels", "numbering"]
)
def test_the_label_of_a_sold_seat_cannot_change(change: PlanFields) -> None:
    show = situations.a_show(rows=["SS", "SS"])
    situations.a_booking("B1", show=show)

    with nothing_changes(), pytest.raises(SeatsSold) as refusal:
        theaters.change_screen(screen_id=show.screen_id, **change)

    assert refusal.value.seats == ["B1"]


def test_the_middle_seat_of_a_row_keeps_its_label_in_either_direction() -> None:
    show = situations.a_show(rows=["SSS"])
    situations.a_booking("A2", show=show)

    theaters.change_screen(screen_id=show.screen_id, numbering=SeatNumbering.RIGHT_TO_LEFT)

    assert list(seats_of(show.screen)) == ["A3", "A2", "A1"]


def test_unchanged_labels_and_numbering_change_nothing() -> None:
    screen = situations.a_screen(["SS", "S_"])
    theaters.change_screen(screen_id=screen.pk, row_labels=["K", "L"])

    with nothing_changes():
        theaters.change_screen(
            screen_id=screen.pk,
            rows=["SS", "S_"],
            row_labels=[" k", "L"],
            numbering=SeatNumbering.LEFT_TO_RIGHT,
        )

from decimal import Decimal
from typing import Any

import pytest
from strawberry.relay.utils import to_base64

from cinema.catalog.layouts import SeatCategory
from cinema.models import Screen, Theater
from tests import situations
from tests.conftest import Api, global_id
from tests.stored import nothing_changes

CREATE_SCREEN = """
mutation ($input: CreateScreenInput!) {
  createScreen(input: $input) {
    __typename
    ... on Screen { id name seatCount rows rowLabels numbering theater { id name } }
    ... on Problem { message }
    ... on InvalidInput { fields { field code message } }
    ... on Busy { retryAfterMs }
  }
}
"""
UPDATE_SCREEN = """
mutation ($input: UpdateScreenInput!) {
  updateScreen(input: $input) {
    __typename
    ... on Screen { id name seatCount rows rowLabels numbering theater { id name } }
    ... on Problem { message }
    ... on InvalidInput { fields { field code message } }
    ... on SeatsSold { seats }
    ... on Busy { retryAfterMs }
  }
}
"""


@pytest.fixture
def staff(api: Api) -> Api:
    return api.logged_in_as(situations.a_staff_member("add_screen", "change_screen"))


@pytest.fixture
def theater(db: None) -> Theater:
    return situations.a_theater(name="Olympia")


@pytest.fixture
def screen(theater: Theater) -> Screen:
    return situations.a_screen(["SS", "_P"], theater=theater)


def create(staff: Api, theater: Theater, **fields: Any) -> Any:
    return staff(CREATE_SCREEN, input={"theaterId": global_id(theater), **fields}).data["createScreen"]


def update(staff: Api, screen: Screen, **fields: Any) -> Any:
    return staff(UPDATE_SCREEN, input={"screenId": global_id(screen), **fields}).data["updateScreen"]


def expected(screen: Screen, **changes: Any) -> dict[str, Any]:
    """The result for the screen of the fixture, with these changes."""
    return {
        "__typename": "Screen",
        "id": global_id(screen),
        "name": screen.name,
        "seatCount": 3,
        "rows": ["SS", "_P"],
        "rowLabels": ["A", "B"],
        "numbering": "LEFT_TO_RIGHT",
        "theater": {"id": global_id(screen.theater), "name": "Olympia"},
        **changes,
    }


# ---------------------------------------------------------------------- createScreen


def test_a_screen_is_added_with_its_seats(staff: Api, theater: Theater) -> None:
    rows = ["SSSS_SSSS", "SSSS_SSSS", "PPPP_PPPP", "WC____SSS"]

    result = create(staff, theater, name="Screen 1", rows=rows)

    screen = Screen.objects.get()
    assert result == {
        "__typename": "Screen",
        "id": global_id(screen),
        "name": "Screen 1",
        "seatCount": 29,
        "rows": rows,
        "rowLabels": ["A", "B", "C", "D"],
        "numbering": "LEFT_TO_RIGHT",
        "theater": {"id": global_id(theater), "name": "Olympia"},
    }
    assert screen.seats.count() == 29


def test_a_screen_can_have_row_labels_and_seats_numbered_from_the_right(staff: Api, theater: Theater) -> None:
    rows, labels = ["SS_S", "____", "PP"], ["j", None, "H"]

    result = create(staff, theater, name="1", rows=rows, rowLabels=labels, numbering="RIGHT_TO_LEFT")

    assert (result["rows"], result["rowLabels"], result["numbering"]) == (rows, ["J", None, "H"], "RIGHT_TO_LEFT")
    seats = Screen.objects.get().seats.in_plan_order()
    assert [(seat.label, seat.column) for seat in seats] == [("J3", 1), ("J2", 2), ("J1", 4), ("H2", 1), ("H1", 2)]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["A", "A"], "Row 2: another row already has the label A."),
        (["A"], "There must be one label per row: 2, not 1."),
        (["A", None], "Row 2 has seats, so it must have a label."),
        (["A", "\u202e<b>"], "Row 2: the label '\\u202e<b>' is not 1 to 4 letters from A to Z."),
    ],
)
def test_wrong_row_labels_are_refused(staff: Api, theater: Theater, labels: list[str | None], message: str) -> None:
    with nothing_changes():
        result = create(staff, theater, name="1", rows=["S", "S"], rowLabels=labels)

    assert result["fields"] == [{"field": "rowLabels", "code": "invalid_plan", "message": message}]


def test_an_invalid_plan_is_refused_with_the_position(staff: Api, theater: Theater) -> None:
    with nothing_changes():
        result = create(staff, theater, name="Screen 1", rows=["SS", "SxS"])

    message = "Row B, column 2: 'x' is not one of S P W C _."
    assert result == {
        "__typename": "InvalidInput",
        "message": message,
        "fields": [{"field": "rows", "code": "invalid_plan", "message": message}],
    }


def test_a_second_screen_with_the_same_name_is_refused(staff: Api, theater: Theater, screen: Screen) -> None:
    with nothing_changes():
        result = create(staff, theater, name=screen.name.upper(), rows=["S"])

    message = "This theater already has a screen with this name."
    assert result == {
        "__typename": "InvalidInput",
        "message": message,
        "fields": [{"field": "name", "code": "unique", "message": message}],
    }


def test_a_screen_of_a_theater_that_does_not_exist_is_not_found(staff: Api) -> None:
    with nothing_changes():
        response = staff(CREATE_SCREEN, input={"theaterId": to_base64("Theater", 999_999), "name": "1", "rows": ["S"]})

    assert response.code == "NOT_FOUND"


@pytest.mark.parametrize("field", [{"name": None}, {"rows": None}, {"rows": [None]}], ids=str)
def test_the_name_and_the_plan_are_required(staff: Api, theater: Theater, field: dict[str, object]) -> None:
    with nothing_changes():
        response = staff(
            CREATE_SCREEN, input={"theaterId": global_id(theater), "name": "Screen 1", "rows": ["S"], **field}
        )

    assert response.code == "BAD_USER_INPUT"


# ---------------------------------------------------------------------- updateScreen


def test_renaming_a_screen_does_not_change_its_plan(staff: Api, screen: Screen) -> None:
    seats = set(screen.seats.all())

    assert update(staff, screen, name="Great hall") == expected(screen, name="Great hall")
    assert set(screen.seats.all()) == seats


def test_changing_the_plan_does_not_change_the_name(staff: Api, screen: Screen) -> None:
    result = update(staff, screen, rows=["SS", "PP", "WC"])

    assert result == expected(screen, seatCount=6, rows=["SS", "PP", "WC"], rowLabels=["A", "B", "C"])


def test_row_labels_and_numbering_can_be_changed_and_reset(staff: Api, screen: Screen) -> None:
    changed = update(staff, screen, rowLabels=["Z", "Y"], numbering="RIGHT_TO_LEFT")
    assert changed == expected(screen, rowLabels=["Z", "Y"], numbering="RIGHT_TO_LEFT")
    assert sorted(seat.label for seat in screen.seats.current()) == ["Y1", "Z1", "Z2"]

    assert update(staff, screen, rowLabels=None) == expected(screen, numbering="RIGHT_TO_LEFT")


def test_an_update_without_fields_changes_nothing(staff: Api, screen: Screen) -> None:
    with nothing_changes():
        result = update(staff, screen)

    assert result == expected(screen)


def test_a_plan_without_a_sold_seat_is_refused(staff: Api, screen: Screen) -> None:
    situations.a_booking("A2", "B1", show=situations.a_show(screen=screen))

    with nothing_changes():
        result = update(staff, screen, rows=["S", "_S"], name="Great hall")

    assert result == {
        "__typename": "SeatsSold",
        "message": "These seats are sold for shows that have not ended, so they can't be changed or removed: "
        "A2 and B1.",
        "seats": ["A2", "B1"],
    }


def test_a_plan_with_a_category_without_a_price_is_refused(staff: Api) -> None:
    show = situations.a_show(rows=["SS"], prices={SeatCategory.STANDARD: Decimal(10)})

    with nothing_changes():
        result = update(staff, show.screen, rows=["SS", "PP"])

    message = "Upcoming shows have no price for premium seats. Add the prices first."
    assert result == {
        "__typename": "InvalidInput",
        "message": message,
        "fields": [{"field": "rows", "code": "unpriced_category", "message": message}],
    }


@pytest.mark.parametrize("rows", [[], ["__"], ["S?"]], ids=repr)
def test_an_invalid_new_plan_is_refused(staff: Api, screen: Screen, rows: list[str]) -> None:
    with nothing_changes():
        result = update(staff, screen, rows=rows)

    assert [(problem["field"], problem["code"]) for problem in result["fields"]] == [("rows", "invalid_plan")]


def test_an_empty_name_is_refused(staff: Api, screen: Screen) -> None:
    with nothing_changes():
        result = update(staff, screen, name=" ")

    assert result == {
        "__typename": "InvalidInput",
        "message": "This field cannot be blank.",
        "fields": [{"field": "name", "code": "blank", "message": "This field cannot be blank."}],
    }


@pytest.mark.parametrize("field", ["name", "rows", "numbering"])
def test_null_is_refused_for_the_name_and_the_plan(staff: Api, screen: Screen, field: str) -> None:
    with nothing_changes():
        response = staff(UPDATE_SCREEN, input={"screenId": global_id(screen), field: None})

    assert response.code == "BAD_USER_INPUT"


def test_a_screen_that_does_not_exist_is_not_found(staff: Api, screen: Screen) -> None:
    with nothing_changes():
        response = staff(UPDATE_SCREEN, input={"screenId": to_base64("Screen", 999_999), "name": "Screen 1"})

    assert response.code == "NOT_FOUND"


def test_the_id_of_another_type_is_refused(staff: Api, theater: Theater) -> None:
    with nothing_changes():
        response = staff(UPDATE_SCREEN, input={"screenId": global_id(theater), "name": "Screen 1"})

    assert response.code == "BAD_USER_INPUT"

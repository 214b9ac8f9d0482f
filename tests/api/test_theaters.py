from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from strawberry.relay.utils import to_base64

from cinema.catalog.layouts import SeatCategory
from cinema.models import Theater
from tests import situations
from tests.conftest import Api, global_id
from tests.situations import in_hours
from tests.stored import nothing_changes

THEATERS = """
query ($first: Int) {
  theaters(first: $first) {
    totalCount
    nodes { id name city timeZone screens { id name seatCount rows theater { id } } }
  }
}
"""
CREATE_THEATER = """
mutation ($input: CreateTheaterInput!) {
  createTheater(input: $input) {
    __typename
    ... on Theater { id name city timeZone screens { id } }
    ... on Problem { message }
    ... on InvalidInput { fields { field code message } }
    ... on Busy { retryAfterMs }
  }
}
"""
UPDATE_THEATER = """
mutation ($input: UpdateTheaterInput!) {
  updateTheater(input: $input) {
    __typename
    ... on Theater { id name city timeZone screens { id } }
    ... on Problem { message }
    ... on InvalidInput { fields { field code message } }
    ... on Busy { retryAfterMs }
  }
}
"""
OLYMPIA = {"name": "Olympia", "city": "Lisbon", "timeZone": "Europe/Lisbon"}


@pytest.fixture
def staff(api: Api) -> Api:
    return api.logged_in_as(situations.a_staff_member("add_theater", "change_theater"))


@pytest.fixture
def olympia(db: None) -> Theater:
    return situations.a_theater("Europe/Lisbon", name="Olympia", city="Lisbon")


def create(staff: Api, **fields: Any) -> Any:
    return staff(CREATE_THEATER, input={**OLYMPIA, **fields}).data["createTheater"]


def update(staff: Api, theater: Theater, **fields: Any) -> Any:
    return staff(UPDATE_THEATER, input={"theaterId": global_id(theater), **fields}).data["updateTheater"]


def test_theaters_are_ordered_by_name_and_screens_by_creation(api: Api, olympia: Theater) -> None:
    first = situations.a_screen(["SS"], theater=olympia)
    second = situations.a_screen(["PP_P"], theater=olympia)
    avenida = situations.a_theater("America/New_York", name="avenida", city="New York")
    # In PostgreSQL an updated row moves to the end of the table.
    first.save()

    assert api(THEATERS).data == {
        "theaters": {
            "totalCount": 2,
            "nodes": [
                {
                    "id": global_id(avenida),
                    "name": "avenida",
                    "city": "New York",
                    "timeZone": "America/New_York",
                    "screens": [],
                },
                {
                    "id": global_id(olympia),
                    **OLYMPIA,
                    "screens": [
                        {
                            "id": global_id(first),
                            "name": first.name,
                            "seatCount": 2,
                            "rows": ["SS"],
                            "theater": {"id": global_id(olympia)},
                        },
                        {
                            "id": global_id(second),
                            "name": second.name,
                            "seatCount": 3,
                            "rows": ["PP_P"],
                            "theater": {"id": global_id(olympia)},
                        },
                    ],
                },
            ],
        }
    }


def test_a_theater_is_found_by_its_id(api: Api, olympia: Theater) -> None:
    document = "query ($id: ID!) { theater(id: $id) { name city timeZone currency } }"

    assert api(document, id=global_id(olympia)).data == {"theater": {**OLYMPIA, "currency": "USD"}}
    assert api(document, id=to_base64("Theater", 2**62)).data == {"theater": None}
    response = api(document, id=to_base64("Show", olympia.pk))
    assert (response.code, response.body["data"]) == ("BAD_USER_INPUT", {"theater": None})


@pytest.mark.both
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"search": "  SAO "}, ["Cine São Luiz", "Rex"]),
        ({"search": "luiz recife"}, ["Cine São Luiz"]),
        ({"search": "luz"}, []),
        ({"city": "são paulo"}, ["Rex"]),
        ({"city": "SAO PAULO", "search": "x"}, ["Rex"]),
        ({"city": "Paulo"}, []),
        ({"search": "", "city": None}, ["Cine São Luiz", "Rex"]),
    ],
    ids=str,
)
def test_theaters_are_filtered(api: Api, filters: dict[str, str | None], found: list[str]) -> None:
    situations.a_theater(name="Rex", city="São Paulo")
    situations.a_theater(name="Cine São Luiz", city="Recife")
    document = "query ($filter: TheaterFilter) { theaters(filter: $filter) { totalCount nodes { name } } }"

    assert api(document, filter=filters).data["theaters"] == {
        "totalCount": len(found),
        "nodes": [{"name": name} for name in found],
    }


@pytest.mark.parametrize("filters", [{"search": "x" * 201}, {"city": "x" * 201}], ids=["search", "city"])
def test_long_filters_are_refused(api: Api, filters: dict[str, str]) -> None:
    assert api("query ($filter: TheaterFilter) { theaters(filter: $filter) { totalCount } }", filter=filters).code == (
        "BAD_USER_INPUT"
    )


SHOWS_OF_THEATERS = """
query ($filter: ShowFilter, $first: Int, $after: String) {
  theaters {
    nodes {
      shows(filter: $filter, orderBy: PRICE_ASC, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { id status priceFrom { amount } movie { title } }
      }
    }
  }
}
"""


@pytest.mark.both
def test_the_shows_of_theaters(api: Api, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    by_theater = []
    for name in ("A", "B"):
        screen = situations.a_screen(["S"], theater=situations.a_theater(name=name))
        shows = [
            situations.a_show(screen=screen, starts_at=in_hours(hours), prices={SeatCategory.STANDARD: Decimal(amount)})
            for hours, amount in ((24, 30), (48, 9), (72, 10), (96, 9))
        ]
        by_theater.append([global_id(shows[n]) for n in (1, 3, 2, 0)])

    # theaters; shows, counts of shows, seats taken, prices
    with django_assert_num_queries(5):
        theaters = api(SHOWS_OF_THEATERS, first=3).data["theaters"]["nodes"]

    assert [[show["id"] for show in each["shows"]["nodes"]] for each in theaters] == [ids[:3] for ids in by_theater]
    assert [each["shows"]["totalCount"] for each in theaters] == [4, 4]
    after = theaters[0]["shows"]["pageInfo"]["endCursor"]
    next_page = api(SHOWS_OF_THEATERS, first=3, after=after).data["theaters"]["nodes"][0]["shows"]
    assert [show["id"] for show in next_page["nodes"]] == by_theater[0][3:]
    assert next_page["pageInfo"]["hasNextPage"] is False
    filtered = api(SHOWS_OF_THEATERS, filter={"until": in_hours(36)}).data["theaters"]["nodes"]
    assert [each["shows"]["totalCount"] for each in filtered] == [1, 1]


# ---------------------------------------------------------------------- createTheater


def test_a_theater_is_added(staff: Api) -> None:
    assert create(staff) == {
        "__typename": "Theater",
        "id": global_id(Theater.objects.get()),
        **OLYMPIA,
        "screens": [],
    }


def test_all_errors_are_returned_by_field(staff: Api) -> None:
    with nothing_changes():
        result = create(staff, name=" ", timeZone="Lisbon")

    assert result == {
        "__typename": "InvalidInput",
        "message": "This field cannot be blank. Lisbon is not an IANA time zone such as Europe/Lisbon.",
        "fields": [
            {"field": "name", "code": "blank", "message": "This field cannot be blank."},
            {
                "field": "timeZone",
                "code": "unknown_time_zone",
                "message": "Lisbon is not an IANA time zone such as Europe/Lisbon.",
            },
        ],
    }


def test_a_second_theater_with_the_same_name_and_city_is_refused(staff: Api, olympia: Theater) -> None:
    with nothing_changes():
        result = create(staff, name="OLYMPIA", city="LISBON")

    assert result == {
        "__typename": "InvalidInput",
        "message": "There is already a theater with this name in this city.",
        "fields": [
            {"field": "name", "code": "unique", "message": "There is already a theater with this name in this city."},
        ],
    }


@pytest.mark.parametrize("field", ["name", "city", "timeZone"])
def test_every_field_is_required(staff: Api, field: str) -> None:
    with nothing_changes():
        response = staff(CREATE_THEATER, input={**OLYMPIA, field: None})

    assert response.code == "BAD_USER_INPUT"


# ---------------------------------------------------------------------- updateTheater


@pytest.mark.parametrize(
    ("field", "value"), [("name", "Tivoli"), ("city", "Porto"), ("timeZone", "Atlantic/Azores")], ids=str
)
def test_omitted_fields_do_not_change(staff: Api, olympia: Theater, field: str, value: str) -> None:
    screen = situations.a_screen(theater=olympia)

    assert update(staff, olympia, **{field: value}) == {
        "__typename": "Theater",
        "id": global_id(olympia),
        **OLYMPIA,
        field: value,
        "screens": [{"id": global_id(screen)}],
    }


def test_an_update_without_fields_changes_nothing(staff: Api, olympia: Theater) -> None:
    with nothing_changes():
        result = update(staff, olympia)

    assert result == {"__typename": "Theater", "id": global_id(olympia), **OLYMPIA, "screens": []}


@pytest.mark.parametrize("field", ["name", "city", "timeZone"])
def test_null_is_refused(staff: Api, olympia: Theater, field: str) -> None:
    with nothing_changes():
        response = staff(UPDATE_THEATER, input={"theaterId": global_id(olympia), field: None})

    assert response.code == "BAD_USER_INPUT"


@pytest.mark.parametrize("field", ["name", "city", "timeZone"])
def test_a_blank_field_is_refused(staff: Api, olympia: Theater, field: str) -> None:
    with nothing_changes():
        result = update(staff, olympia, **{field: " "})

    assert result == {
        "__typename": "InvalidInput",
        "message": "This field cannot be blank.",
        "fields": [{"field": field, "code": "blank", "message": "This field cannot be blank."}],
    }


def test_a_theater_cannot_take_the_name_of_another(staff: Api, olympia: Theater) -> None:
    other = situations.a_theater(name="Tivoli", city="Lisbon")

    with nothing_changes():
        result = update(staff, other, name="Olympia")

    assert [(problem["field"], problem["code"]) for problem in result["fields"]] == [("name", "unique")]


def test_a_theater_that_does_not_exist_is_not_found(staff: Api, olympia: Theater) -> None:
    with nothing_changes():
        response = staff(UPDATE_THEATER, input={"theaterId": to_base64("Theater", 999_999), "name": "Olympia"})

    assert response.code == "NOT_FOUND"


def test_the_id_of_another_type_is_refused(staff: Api, olympia: Theater) -> None:
    screen = situations.a_screen(theater=olympia)

    with nothing_changes():
        response = staff(UPDATE_THEATER, input={"theaterId": global_id(screen), "name": "Olympia"})

    assert response.code == "BAD_USER_INPUT"

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from strawberry.relay.utils import to_base64

from cinema.models import Show, User
from tests.api.exchanges import BOOK_SEAT, LOGIN, LOGIN_INPUT, message_of
from tests.conftest import Api, global_id
from tests.situations import a_movie, a_show, a_staff_member, in_hours
from tests.stored import nothing_changes

CREATE_SHOW = """
mutation Create($input: CreateShowInput!) {
  createShow(input: $input) { __typename ... on Show { startsAt } ... on InvalidInput { message } }
}
"""


# ------------------------------------------------------------------ variables


@pytest.mark.parametrize(
    ("declared", "field", "value"),
    [
        ("Int", "movies(first: $value)", "5"),
        ("Int", "movies(first: $value)", 1.5),
        ("Int", "movies(first: $value)", 2**40),
        ("String", "movies(after: $value)", 5),
        ("MovieOrder", "movies(orderBy: $value)", "LOUDEST"),
        ("MovieOrder", "movies(orderBy: $value)", 5),
        ("MovieFilter", "movies(filter: $value)", "drama"),
        ("MovieFilter", "movies(filter: $value)", {"nothing": 1}),
        ("MovieFilter", "movies(filter: $value)", {"onSale": "yes"}),
        ("Date", "shows(filter: { date: $value })", "tomorrow"),
        ("Date", "shows(filter: { date: $value })", "2026-02-30"),
        ("Date", "shows(filter: { date: $value })", 20260301),
        ("DateTime", "shows(filter: { from: $value })", "tomorrow"),
        ("DateTime", "shows(filter: { from: $value })", 1772393400),
        ("DateTime", "shows(filter: { from: $value })", {}),
        ("DateTime", "shows(filter: { from: $value })", "2026-13-01T00:00:00Z"),
        ("DateTime", "shows(filter: { from: $value })", "0001-01-01T00:00:00+14:00"),
        ("ShowFormat", "shows(filter: { format: $value })", "two_d"),
        ("ID", "movies(filter: { theaterId: $value })", True),
    ],
)
def test_a_variable_of_another_type_is_refused(api: Api, declared: str, field: str, value: Any) -> None:
    response = api(f"query ($value: {declared}) {{ {field} {{ totalCount }} }}", value=value)
    assert response.code == "BAD_USER_INPUT"
    assert "data" not in response.body
    assert message_of(response).startswith("Variable '$value' got invalid value")


def test_a_missing_variable_is_refused(api: Api) -> None:
    response = api("query ($id: ID!) { movie(id: $id) { title } }")
    assert response.code == "BAD_USER_INPUT"
    assert message_of(response) == "Variable '$id' of required type 'ID!' was not provided."


def test_null_for_a_required_argument_is_refused(api: Api) -> None:
    response = api('query ($id: ID = "x") { movie(id: $id) { title } }', id=None)
    assert response.code == "BAD_USER_INPUT"
    assert message_of(response) == "Argument 'id' of non-null type 'ID!' must not be null."


def test_deeply_nested_variables_are_refused(api: Api) -> None:
    nested: Any = "x"
    for _ in range(500):
        nested = [nested]
    response = api("query ($filter: MovieFilter) { movies(filter: $filter) { totalCount } }", filter={"search": nested})
    assert response.code == "BAD_USER_INPUT"


# ------------------------------------------------------------------ text


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "\udfff\ud800"])
@pytest.mark.parametrize("field", ["username", "password"])
def test_text_that_cannot_be_stored_is_refused(api: Api, field: str, text: str) -> None:
    with nothing_changes():
        response = api(LOGIN, input={**LOGIN_INPUT, field: text})
    assert response.code == "BAD_USER_INPUT"
    assert message_of(response) == "Text cannot contain NUL characters or lone surrogates."


def test_characters_beyond_the_basic_plane_are_accepted(api: Api) -> None:
    a_movie("🍿 Popcorn")
    document = "query ($search: String) { movies(filter: { search: $search }) { nodes { title } } }"
    assert api(document, search="🍿").data == {"movies": {"nodes": [{"title": "🍿 Popcorn"}]}}


# ------------------------------------------------------------------ ids


@pytest.mark.parametrize(
    "id", ["", "5", "garbage", "é", "TW92aWU6", to_base64("Movie", "x"), to_base64("Movie", "9" * 30)]
)
def test_an_invalid_id_is_refused(api: Api, id: str) -> None:  # noqa: A002 - the name of the argument
    response = api("query ($id: ID!) { movie(id: $id) { title } }", id=id)
    assert response.code == "BAD_USER_INPUT"
    assert message_of(response) == f"{id!r} is not a valid ID."


def test_the_id_of_another_type_is_refused(api: Api) -> None:
    show = a_show()
    response = api("query ($id: ID!) { movie(id: $id) { title } }", id=global_id(show))
    assert response.code == "BAD_USER_INPUT"
    assert message_of(response) == f"{global_id(show)!r} is the ID of a Show, not of a Movie."


def test_the_id_of_another_type_is_refused_by_a_mutation(api: Api, show: Show, buyer: User) -> None:
    as_buyer = api.logged_in_as(buyer)
    with nothing_changes():
        response = as_buyer(BOOK_SEAT, input={"showId": global_id(show.movie), "seat": "A1"})
    assert response.code == "BAD_USER_INPUT"


# ------------------------------------------------------------------ times


def test_a_time_without_an_offset_is_refused(api: Api) -> None:
    document = "query ($from: DateTime) { shows(filter: { from: $from }) { totalCount } }"
    response = api(document, **{"from": "2026-03-01T19:30:00"})
    assert response.code == "BAD_USER_INPUT"
    assert message_of(response) == (
        "Variable '$from' got invalid value '2026-03-01T19:30:00'; '2026-03-01T19:30:00' has no offset. "
        "Use 2026-03-01T19:30:00Z or 2026-03-01T20:30:00+01:00."
    )


def test_a_time_with_another_offset_is_converted_to_utc(api: Api) -> None:
    screen = a_show().screen
    staff = api.logged_in_as(a_staff_member("add_show"))
    starts_at = in_hours(48)
    in_kathmandu = starts_at.astimezone(timezone(timedelta(hours=5, minutes=45)))
    prices = [
        {"category": category, "amount": "10.00"} for category in ("STANDARD", "PREMIUM", "WHEELCHAIR", "COMPANION")
    ]
    response = staff(
        CREATE_SHOW,
        input={
            "movieId": global_id(a_movie()),
            "screenId": global_id(screen),
            "startsAt": in_kathmandu.isoformat(),
            "prices": prices,
        },
    )
    assert response.data == {"createShow": {"__typename": "Show", "startsAt": starts_at.isoformat()}}
    assert starts_at.isoformat().endswith("+00:00")


@pytest.mark.parametrize("offset", ["Z", "+00:00", "+05:45", "-11:00"])
def test_the_offset_of_a_time_does_not_matter(api: Api, offset: str) -> None:
    show = a_show()
    zone = UTC if offset == "Z" else datetime.fromisoformat(f"2026-01-01T00:00:00{offset}").tzinfo
    document = """
      query ($from: DateTime, $until: DateTime) { shows(filter: { from: $from, until: $until }) { totalCount } }
    """
    start, later = (
        moment.astimezone(zone).isoformat().replace("+00:00", "Z" if offset == "Z" else "+00:00")
        for moment in (show.starts_at, show.starts_at + timedelta(seconds=1))
    )
    assert api(document, **{"from": start, "until": later}).data == {"shows": {"totalCount": 1}}
    assert api(document, **{"from": later}).data == {"shows": {"totalCount": 0}}
    assert api(document, until=start).data == {"shows": {"totalCount": 0}}

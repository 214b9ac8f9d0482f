"""Messages about invalid values are in the terms of JSON and GraphQL, not of Python, and say what to do."""

import re
from typing import Any

import pytest

from cinema.models import Show, User
from schema.engine.errors import MAX_MESSAGE_LENGTH
from tests.api.exchanges import message_of
from tests.conftest import Api, global_id
from tests.stored import nothing_changes

HOLD = "mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { __typename } }"
ONE_FIELD = "Set exactly one field of SeatSelection, and omit the others. A field that is null counts as set."


@pytest.mark.parametrize(
    ("declared", "argument", "value", "reason"),
    [
        ("Int", "movies(first: $value)", True, "true; Int cannot represent non-integer value: true"),
        ("MovieFilter", "movies(filter: $value)", "x", "'x'; Expected type 'MovieFilter' to be an object."),
        (
            "MovieFilter",
            "movies(filter: $value)",
            {"search": [None, "None"]},
            "[null, 'None'] at 'value.search'; String",
        ),
        (
            "[ShowFormat!]",
            "shows(filter: { formats: $value })",
            [None],
            "null at 'value[0]'; Expected non-nullable type",
        ),
        ("Date", "shows(filter: { date: $value })", "x", "'x'; 'x' is not a date such as 2026-03-01."),
        ("Date", "shows(filter: { date: $value })", False, "false; false is not a date such as 2026-03-01."),
        ("DateTime", "shows(filter: { from: $value })", {"a": True}, '; {"a": true} is not a date and time such as'),
    ],
)
def test_an_invalid_variable(api: Api, declared: str, argument: str, value: Any, reason: str) -> None:
    response = api(f"query ($value: {declared}) {{ {argument} {{ totalCount }} }}", value=value)

    assert response.code == "BAD_USER_INPUT"
    assert message_of(response).startswith("Variable '$value' got invalid value ")
    assert reason in message_of(response)


@pytest.mark.parametrize("word", ["None ", '"None" True ', "\\ None", "Did you mean None?"])
def test_a_value_is_unchanged_where_a_long_message_is_cut(api: Api, word: str) -> None:
    response = api("query ($value: MovieOrder) { movies(orderBy: $value) { totalCount } }", value=word * 10_000)

    assert response.code == "BAD_USER_INPUT"
    assert len(message_of(response)) == MAX_MESSAGE_LENGTH
    assert not {"null", "true"} & set(re.findall(r"\w+", message_of(response)))


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ("date: true", "true is not a date such as 2026-03-01."),
        ("from: null, date: 5", "5 is not a date such as 2026-03-01."),
        ('from: "None"', "'None' is not a date and time such as 2026-03-01T19:30:00Z."),
    ],
)
def test_an_invalid_literal(api: Api, filters: str, message: str) -> None:
    assert message_of(api(f"{{ shows(filter: {{ {filters} }}) {{ totalCount }} }}")) == message


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        ({"seats": ["A1"], "bestAvailable": None}, ONE_FIELD),
        ({"seats": ["A1"], "bestAvailable": {"count": 1}}, ONE_FIELD),
        ({}, ONE_FIELD),
        ({"seats": None}, "'seats' cannot be null. Set exactly one field, and omit the others."),
    ],
    ids=str,
)
def test_a_selection_of_seats_with_other_than_one_field(
    api: Api, show: Show, buyer: User, selection: dict[str, object], message: str
) -> None:
    as_buyer = api.logged_in_as(buyer)
    with nothing_changes():
        response = as_buyer(HOLD, input={"showId": global_id(show), "selection": selection})

    assert (response.code, message_of(response)) == ("BAD_USER_INPUT", message)


@pytest.mark.parametrize("amount", ["x", True, {}])
def test_an_invalid_amount(api: Api, amount: object) -> None:
    document = "mutation ($prices: [CategoryPriceInput!]!) { createShow(input: { prices: $prices }) { __typename } }"
    document = document.replace("input: {", 'input: { movieId: "x", screenId: "x", startsAt: "2026-03-01T20:00:00Z", ')

    response = api(document, prices=[{"category": "STANDARD", "amount": amount}])

    assert response.code == "BAD_USER_INPUT"
    assert message_of(response).endswith(" is not a number such as 12.50.")

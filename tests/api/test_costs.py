"""The cost of a document: the cost of each kind of field, and the fields that declare their own cost."""

from typing import Any, cast

import pytest
from graphql import (
    GraphQLField,
    GraphQLNullableType,
    GraphQLObjectType,
    get_nullable_type,
    is_list_type,
    is_object_type,
)
from pytest_django import Settings

from schema.catalog.seat_maps import SEAT_MAP_COST
from schema.engine import costs
from schema.root import schema
from tests.api.limits import assert_too_complex, disable_limits, set_limit
from tests.conftest import Api


@pytest.fixture(autouse=True)
def no_limits(settings: Settings) -> None:
    disable_limits(settings)


PAGE, SEAT_MAP = costs.QUERY_COST, SEAT_MAP_COST


@pytest.mark.parametrize(
    ("document", "variables", "cost"),
    [
        ("{ me { id username } }", {}, 3),
        ("{ movies { totalCount } }", {}, 2 * PAGE + 2),
        ("{ movies(first: 3) { nodes { synopsis } } }", {}, PAGE + 2 + 3 * 10),
        # the connection, nodes, and 20 titles
        ("{ movies { nodes { title } } }", {}, PAGE + 22),
        ("{ movies(first: 3) { nodes { title } } }", {}, PAGE + 5),
        ("{ movies(last: 3) { edges { cursor node { title } } } }", {}, PAGE + 2 + 3 * 3),
        ("{ movies(first: null, last: 4) { nodes { title } } }", {}, PAGE + 6),
        ("query ($n: Int) { movies(first: $n) { nodes { title } } }", {"n": 7}, PAGE + 9),
        ("query ($n: Int) { movies(first: $n) { nodes { title } } }", {"n": 7.0}, PAGE + 9),
        ("query ($n: Int) { movies(first: $n) { nodes { title } } }", {"n": None}, PAGE + 22),
        ("query ($n: Int) { movies(first: $n) { nodes { title } } }", {}, PAGE + 22),
        ("query ($n: Int = 5) { movies(first: $n) { nodes { title } } }", {}, PAGE + 7),
        ("query ($n: Int = 5) { movies(first: $n) { nodes { title } } }", {"n": 6}, PAGE + 8),
        # an invalid page size costs no more than the largest valid one
        ("{ movies(first: 1000) { nodes { title } } }", {}, PAGE + 102),
        ("{ movies(first: -5) { nodes { title } } }", {}, PAGE + 2),
        ("{ movies(first: 2) { nodes { shows(first: 3) { nodes { id } } } } }", {}, 2 * PAGE + 2 + 2 * (2 + 3)),
        ("{ movies(first: 2) { ...M } } fragment M on MovieConnection { nodes { title } }", {}, PAGE + 4),
        ("{ movies(first: 2) { ... { nodes { ... on Movie { title } } } } }", {}, PAGE + 4),
        ("{ theaters(first: 2) { nodes { screens { name } } } }", {}, PAGE + 2 + 2 * (1 + 10)),
        (
            "query ($id: ID!) { show(id: $id) { seatMap { rows { seats { label } } } } }",
            {"id": "x"},
            SEAT_MAP + 3 + 20 * (1 + 25),
        ),
        (
            'query ($id: ID!) { seatChanges(showId: $id, since: "x") { cursor seats { label status } } }',
            {"id": "x"},
            SEAT_MAP + 2 + 2 * 500 + 1,
        ),
        ('query Q { node(id: "x") { ... on Movie { title } ... on Show { id } } }', {}, 3),
        ('{ nodes(ids: ["x", "y", "z"]) { id ... on Movie { title } } }', {}, PAGE + 1 + 3 * 2),
        ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["x"] * 7}, PAGE + 1 + 7),
        ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["x"] * 101}, PAGE + 1 + 100),
        ("{ genres }", {}, 50),
        ("{ shows(first: 1, orderBy: STARTS_AT_DESC) { nodes { id } } }", {}, PAGE + 3),
        ("{ shows(first: 1, orderBy: PRICE_DESC) { nodes { id } } }", {}, PAGE + 3 + 2_000),
        # a variable can be the order of any list, whatever its value is
        ("query ($o: ShowOrder) { shows(first: 1, orderBy: $o) { nodes { id } } }", {}, PAGE + 3 + 2_000),
        ("query ($o: MovieOrder) { movies(first: 1, orderBy: $o) { nodes { id } } }", {}, PAGE + 3),
        (
            "{ theaters(first: 3) { nodes { shows(first: 1, orderBy: PRICE_ASC) { nodes { id } } } } }",
            {},
            2 * PAGE + 2 + 3 * 3 + 2_000,
        ),
        ("{ __typename }", {}, 1),
        ("{ __schema { types { name } } }", {}, 30),
    ],
)
def test_the_cost_of_a_document(
    api: Api, settings: Settings, document: str, variables: dict[str, Any], cost: int
) -> None:
    if cost > 1:
        set_limit(settings, cost=cost - 1)
        assert_too_complex(api(document, **variables), "cost", limit=cost - 1, actual=cost)
    set_limit(settings, cost=cost)
    code = api(document, **variables).body.get("errors", [{"extensions": {"code": None}}])[0]["extensions"]["code"]
    assert code in (None, "BAD_USER_INPUT")


def test_only_the_requested_operation_counts(api: Api, settings: Settings) -> None:
    set_limit(settings, cost=10)
    document = "query Expensive { movies { nodes { title } } } query Cheap { __typename }"
    body = {"query": document, "operationName": "Cheap"}
    assert api.client.post("/graphql", body, content_type="application/json").json() == {
        "data": {"__typename": "Query"}
    }
    body["operationName"] = "Expensive"
    result = api.client.post("/graphql", body, content_type="application/json").json()
    assert result["errors"][0]["extensions"]["limitName"] == "cost"


@pytest.mark.parametrize(
    ("document", "variables", "cost"),
    [
        ("mutation ($input: CancelBookingInput!) { cancelBooking(input: $input) { __typename } }", {}, 402),
        ("mutation ($input: CreateScreenInput!) { a: createScreen(input: $input) { __typename } }", {}, 3_502),
        ("{ movies(first: 3) { nodes { genres } } }", {}, 250 + 2 + 3 * 10),
        # once for the whole list, since its movies are loaded together
        ("{ movies(first: 3) { nodes { shows(first: 1) { totalCount } } } }", {}, 3 * 250 + 2 + 3 * 2),
        # once for each show, since seat maps are read one by one
        ("{ shows(first: 3) { nodes { seatMap { cursor } } } }", {}, 250 + 2 + 3 * 2_502),
    ],
)
def test_expensive_fields_cost_extra(api: Api, settings: Settings, document: str, variables: Any, cost: int) -> None:
    set_limit(settings, cost=100)
    assert_too_complex(api(document, input={}, **variables), "cost", limit=100, actual=cost)


def fields() -> dict[str, GraphQLField]:
    """Every field of every object type, by `Type.field`."""
    types = [each for each in schema._schema.type_map.values() if is_object_type(each)]  # noqa: SLF001 - it has no public API
    return {
        f"{each.name}.{name}": field
        for each in types
        if isinstance(each, GraphQLObjectType) and not each.name.startswith("__")
        for name, field in each.fields.items()
    }


def test_every_list_declares_its_length_or_is_known_to_be_short() -> None:
    lists = {
        name: costs.declared_cost(field).list_length
        for name, field in fields().items()
        if is_list_type(get_nullable_type(cast("GraphQLNullableType", field.type))) and "Connection." not in name
    }
    assert {name: length for name, length in lists.items() if length != costs.DEFAULT_LIST_LENGTH} == {
        "Query.genres": 50,
        "Query.seatTimeline": 200,
        "Screen.rowLabels": 20,
        "Screen.rows": 20,
        "SeatChanges.seats": 500,
        "SeatMap.rows": 20,
        "SeatRow.seats": 25,
    }
    # Lists that are short, or no longer than the input.
    assert {name for name, length in lists.items() if length == costs.DEFAULT_LIST_LENGTH} == {
        "AccessibleSeatsOnly.seats",
        "Booking.tickets",
        "Booking.timeline",
        "HoldExpired.stillAvailable",
        "InvalidInput.fields",
        "Movie.cast",
        "Movie.genres",
        "Query.nodes",
        "SeatsSold.seats",
        "SeatsSoldTogether.missing",
        "SeatsSoldTogether.seats",
        "SeatsTaken.alternatives",
        "SeatsTaken.seats",
        "Show.prices",
        "Theater.screens",
        "UnknownSeats.seats",
    }


def test_the_other_declared_costs() -> None:
    declared = {name: costs.declared_cost(field) for name, field in fields().items()}
    assert {name: each.extra for name, each in declared.items() if each.extra} == {
        "Movie.cast": 9,
        "Movie.synopsis": 9,
        "Query.seatChanges": 2_500,
        "Show.seatMap": 2_500,
        "Subscription.seatChanges": 2_500,
    }
    assert {name: each.once for name, each in declared.items() if each.once is not None} == {
        "Mutation.createScreen": 3_500,
        "Mutation.updateScreen": 3_500,
        "Query.nodes": 250,
    }


def test_mutations_that_check_a_credential_declare_it() -> None:
    assert {name for name, field in fields().items() if costs.is_credential_guess(field)} == {
        "Mutation.changeEmail",
        "Mutation.changePassword",
        "Mutation.eraseMe",
        "Mutation.login",
        "Mutation.refreshToken",
        "Mutation.requestPasswordReset",
        "Mutation.resetPassword",
        "Mutation.signup",
        "Mutation.verifyEmail",
    }

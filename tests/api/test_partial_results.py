"""An error in one field does not remove the data of the other fields of the document."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory
from graphql import parse
from pytest_django import Settings
from strawberry.relay.utils import to_base64

from cinema.models import Booking, Show, User
from schema.engine.context import Context
from schema.root import schema
from tests import situations
from tests.conftest import Api, global_id
from tests.executor.comparison import by_core, plan_of, written

SCHEMA = schema._schema  # noqa: SLF001 - Strawberry has no public API for it

PUBLIC_AND_OWN = "{ movies { nodes { title } } myBookings { nodes { id } } me { username } }"
TWO_HOLDS = """
mutation ($valid: HoldSeatsInput!, $unknown: HoldSeatsInput!) {
  a: holdSeats(input: $valid) { ... on Booking { status tickets { seat } } }
  b: holdSeats(input: $unknown) { __typename }
}
"""
HELD = {"status": "HELD", "tickets": [{"seat": "A1"}]}


def context(token: str | None) -> Context:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Context(RequestFactory().post("/graphql", headers=headers))


@pytest.mark.parametrize(
    ("token", "code_of_me"), [(None, None), ("invalid", "UNAUTHENTICATED"), ("expired", "TOKEN_EXPIRED")]
)
def test_public_fields_are_returned_without_a_valid_token(
    api: Api, buyer: User, settings: Settings, token: str | None, code_of_me: str | None
) -> None:
    situations.a_movie("Popcorn")
    settings.GRAPHQL_JWT = settings.GRAPHQL_JWT | {"JWT_EXPIRATION_DELTA": timedelta(seconds=-1)}
    api.token = situations.an_access_token(buyer) if code_of_me == "TOKEN_EXPIRED" else token

    response = api(PUBLIC_AND_OWN)

    assert response.body["data"] == {"movies": {"nodes": [{"title": "Popcorn"}]}, "myBookings": None, "me": None}
    codes = {error["path"][0]: error["extensions"]["code"] for error in response.body["errors"]}
    expected = {"myBookings": code_of_me or "UNAUTHENTICATED", "me": code_of_me}
    assert codes == {name: code for name, code in expected.items() if code}
    document = parse(PUBLIC_AND_OWN)
    core = by_core(SCHEMA, document, context=context(api.token))
    assert written(plan_of(SCHEMA, document).execute(context=context(api.token))) == written(core)
    assert core.data == response.body["data"]


@pytest.mark.both
@pytest.mark.parametrize("executor", ["planned", "graphql-core"])
def test_an_error_does_not_remove_the_result_of_another_mutation(buyer: User, show: Show, executor: str) -> None:
    selection = {"seats": ["A1"]}
    variables: dict[str, Any] = {
        "valid": {"showId": global_id(show), "selection": selection},
        "unknown": {"showId": to_base64("Show", 2**62), "selection": selection},
    }
    document, as_buyer = parse(TWO_HOLDS), context(situations.an_access_token(buyer))
    if executor == "planned":
        result = plan_of(SCHEMA, document).execute(variables=variables, context=as_buyer)
    else:
        result = by_core(SCHEMA, document, variables=variables, context=as_buyer)

    assert result.data == {"a": HELD, "b": None}
    (error,) = result.errors or []
    assert error.path == ["b"]
    assert [booking.user for booking in Booking.objects.all()] == [buyer]

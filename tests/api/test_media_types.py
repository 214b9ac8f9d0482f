"""The media type of responses, and its status codes."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.conftest import Api

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
PARSED, VALID, VARIABLE, LIMIT = (
    {"query": "{"},
    {"query": "{ nothing }"},
    {"query": "query ($n: Int) { movies(first: $n) { totalCount } }", "variables": {"n": "one"}},
    {"query": "{" + " ".join(f"a{i}: __typename" for i in range(100)) + "}"},
)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        ("application/json; charset=utf-8", JSON),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}; charset=UTF-8, application/json; charset=utf-8", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0, */*", JSON),
        ("*/*;q=0.1, application/*;q=0.2", JSON),
        (f"{GRAPHQL_RESPONSE}, {JSON};q=0.9", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0.8, {JSON}", JSON),
        (f"text/html, {GRAPHQL_RESPONSE};q=0.5", GRAPHQL_RESPONSE),
    ],
)
def test_the_response_has_the_accepted_media_type(api: Api, accept: str | None, media_type: str) -> None:
    headers = {} if accept is None else {"Accept": accept}
    response = api.post({"query": "{ __typename }"}, **headers)
    assert response.headers["Content-Type"] == media_type
    assert "Accept" in response.headers["Vary"]
    assert response.data == {"__typename": "Query"}


@pytest.mark.parametrize("accept", ["text/html", "image/png", "nonsense", "application/xml, text/*"])
def test_a_client_that_accepts_neither_type_gets_an_error(api: Api, accept: str) -> None:
    response = api.post({"query": "{ __typename }"}, Accept=accept)
    assert response.status == 406
    assert response.code == "BAD_USER_INPUT"
    assert response.headers["Content-Type"] == JSON


@pytest.mark.parametrize("body", [PARSED, VALID, VARIABLE, LIMIT], ids=["parsing", "validation", "variable", "limit"])
def test_a_request_error_has_an_error_status_only_in_the_graphql_media_type(api: Api, body: dict[str, object]) -> None:
    for accept, status in ((JSON, 200), (GRAPHQL_RESPONSE, 400)):
        response = api.post(body, Accept=accept)
        assert response.status == status
        assert "data" not in response.body
        assert response.body["errors"]


def test_a_field_error_is_part_of_a_successful_response(api: Api) -> None:
    for accept in (JSON, GRAPHQL_RESPONSE):
        response = api.post({"query": "{ __typename movies(first: -1) { totalCount } }"}, Accept=accept)
        assert (response.status, response.body["data"]) == (200, None)
        assert response.code == "BAD_USER_INPUT"


TWO = "query A { a: __typename } query B { b: __typename }"


def test_a_document_with_two_operations_needs_an_operation_name(api: Api) -> None:
    assert api.post({"query": TWO, "operationName": "B"}).data == {"b": "Query"}
    for body in (
        {"query": TWO},
        {"query": TWO, "operationName": None},
        {"query": TWO, "operationName": "C"},
        {"query": "fragment F on User { id }"},
    ):
        response = api.post(body, Accept=GRAPHQL_RESPONSE)
        assert response.status == 400
        assert "data" not in response.body


@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (GRAPHQL_RESPONSE, 400)])
def test_a_subscription_over_http_is_a_request_error(api: Api, accept: str, status: int) -> None:
    response = api.post({"query": 'subscription { seatChanges(showId: "x") { cursor } }'}, Accept=accept)
    assert (response.status, response.code) == (status, "BAD_USER_INPUT")
    assert "WebSocket" in response.body["errors"][0]["message"]
    assert "data" not in response.body


@pytest.mark.parametrize("accept", ["text/html", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"])
def test_a_browser_gets_the_explorer_unless_it_is_disabled(client: Client, settings: Settings, accept: str) -> None:
    page = client.get("/graphql", headers={"Accept": accept})
    assert page.headers["Content-Type"].startswith("text/html")
    assert b"GraphiQL" in page.content
    settings.EXPLORER = False
    assert client.get("/graphql", headers={"Accept": accept}).headers["Content-Type"] == JSON


@pytest.mark.parametrize("accept", ["*/*", JSON, "application/*"])
def test_a_request_without_a_query_gets_an_error_in_json(client: Client, accept: str) -> None:
    response = client.get("/graphql", headers={"Accept": accept})
    assert response.status_code == 400
    assert response.json()["errors"][0]["message"] == "`query` must be the text of a GraphQL document."


def test_a_browser_that_sends_a_query_gets_json(client: Client) -> None:
    response = client.get("/graphql?query={__typename}", headers={"Accept": "text/html,*/*;q=0.8"})
    assert response.json() == {"data": {"__typename": "Query"}}

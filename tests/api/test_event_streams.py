"""Requests that accept an event stream: queries, mutations, and the headers of subscriptions."""

import json
from typing import Any

from pytest_django import Settings

from cinema.models import Show, User
from tests.conftest import Api, global_id

ACCEPT = {"Accept": "text/event-stream"}
WATCH = "subscription ($show: ID!) { seatChanges(showId: $show) { cursor } }"
INVALID_TOKEN = "The access token is invalid. Please log in again."


def post(api: Api, query: str, variables: dict[str, Any] | None = None, **headers: str) -> Any:
    body = {"query": query, "variables": variables}
    return api.client.post("/graphql", body, content_type="application/json", headers=ACCEPT | headers)


def result_in(response: Any) -> Any:
    """The result in the only event before `complete`."""
    first, result, empty, *complete = response.content.decode().split("\n")
    assert (first, empty, complete) == ("event: next", "", ["event: complete", "data:", "", ""])
    return json.loads(result.removeprefix("data: "))


def test_a_query_or_a_mutation_is_one_event(api: Api) -> None:
    response = post(api, "{ me { id } }")
    assert response.status_code == 200
    assert response.content == b'event: next\ndata: {"data":{"me":null}}\n\nevent: complete\ndata:\n\n'
    assert result_in(post(api, "mutation { logout(input: {}) { __typename } }"))["data"] == {"logout": None}
    assert response.headers["Content-Type"] == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store, no-transform"
    assert response.headers["X-Accel-Buffering"] == "no"


def test_an_invalid_subscription_is_one_event_with_errors(api: Api, show: Show) -> None:
    response = post(api, WATCH, {"show": global_id(show)}, Authorization="Bearer nonsense")
    assert result_in(response) == {"errors": [{"message": INVALID_TOKEN, "extensions": {"code": "UNAUTHENTICATED"}}]}
    (error,) = result_in(post(api, "subscription {"))["errors"]
    assert error["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"


def test_a_malformed_request_gets_json(api: Api) -> None:
    response = api.client.post("/graphql", "{", content_type="application/json", headers=ACCEPT)
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/json")


def test_the_headers_of_a_stream(api: Api, show: Show, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://tickets.example"]
    variables = {"show": global_id(show)}
    started = post(api, WATCH, variables, Origin="https://tickets.example", **{"Accept-Encoding": "gzip, identity;q=0"})
    assert (started.status_code, started.content) == (200, b"")
    assert started.headers["Content-Type"] == "text/event-stream"
    assert started.headers["Cache-Control"] == "no-store, no-transform"
    assert started.headers["X-Accel-Buffering"] == "no"
    assert started.headers["Access-Control-Allow-Origin"] == "https://tickets.example"
    assert started.headers["Content-Security-Policy"].count("'none'") == 4
    assert len(started.headers["X-Request-ID"]) == 32
    assert "Content-Encoding" not in started.headers


def test_a_mutation_cannot_be_sent_with_get_as_an_event_stream(api: Api, buyer: User) -> None:
    document = "mutation { logout(input: {}) { __typename } }"
    assert api.client.get("/graphql", {"query": document}, headers=ACCEPT).status_code == 405
    assert api.client.get("/graphql", {"query": "{ me { id } }"}, headers=ACCEPT).status_code == 200


def test_a_subscription_that_accepts_only_json_is_refused(api: Api, show: Show) -> None:
    response = api(WATCH, show=global_id(show))
    assert response.code == "BAD_USER_INPUT"
    assert "text/event-stream" in response.body["errors"][0]["message"]

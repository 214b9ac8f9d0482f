import codecs
import json

import pytest
from pytest_django import Settings

from cinema.models import Show, User
from tests.api.exchanges import LOGIN, message_of
from tests.conftest import Api, ApiResponse, global_id
from tests.situations import PASSWORD
from tests.stored import nothing_changes

SIGNUP = "mutation Signup($input: SignupInput!) { signup(input: $input) { __typename } }"


def post(api: Api, body: str | bytes, content_type: str = "application/json") -> ApiResponse:
    """Send `body` unchanged."""
    data = body if isinstance(body, bytes) else body.encode()
    response = api.client.generic("POST", "/graphql", data, content_type=content_type)
    assert response.headers["Content-Type"] == "application/json"
    return ApiResponse(response.status_code, response.json(), response.headers)


def get(api: Api, **parameters: str) -> ApiResponse:
    response = api.client.get("/graphql", parameters, headers={"Accept": "application/json"})
    assert response.headers["Content-Type"] == "application/json"
    return ApiResponse(response.status_code, response.json(), response.headers)


def test_a_query_can_be_sent_with_get(api: Api, buyer: User) -> None:
    as_buyer = api.logged_in_as(buyer)
    response = as_buyer.client.get(
        "/graphql",
        {"query": "query ($first: Int) { me { username } movies(first: $first) { totalCount } }", "variables": "{}"},
        headers={"Authorization": f"Bearer {as_buyer.token}"},
    )
    assert response.json() == {"data": {"me": {"username": buyer.username}, "movies": {"totalCount": 0}}}


def test_a_mutation_cannot_be_sent_with_get(api: Api) -> None:
    variables = json.dumps({"input": {"username": "ada", "email": "ada@example.com", "password": PASSWORD}})
    with nothing_changes():
        response = get(api, query=SIGNUP, variables=variables)
    assert response.status == 405
    assert response.headers["Allow"] == "POST"
    assert response.code == "BAD_USER_INPUT"
    assert message_of(response) == "Use GET for queries only. Send mutations with POST."


def test_a_mutation_in_a_document_with_a_query_cannot_be_sent_with_get(api: Api) -> None:
    variables = json.dumps({"input": {"username": "ada", "email": "ada@example.com", "password": PASSWORD}})
    document = f"query Me {{ me {{ id }} }} {SIGNUP}"
    with nothing_changes():
        assert get(api, query=document, variables=variables, operationName="Signup").status == 405
    assert get(api, query=document, variables=variables, operationName="Me").data == {"me": None}


@pytest.mark.parametrize(
    "body",
    [
        " ",
        "{",
        "nonsense",
        "null",
        "5",
        '"{ me { id } }"',
        "[]",
        '[{"query": "{ me { id } }"}]',
        "{}",
        '{"query": null}',
        '{"query": ""}',
        '{"query": 5}',
        '{"query": ["{ me { id } }"]}',
        '{"query": "{ me { id } }", "variables": []}',
        '{"query": "{ me { id } }", "variables": "{}"}',
        '{"query": "{ me { id } }", "extensions": 5}',
        '{"query": "{ me { id } }", "operationName": 5}',
        "[" * 5_000,
        '{"query": "{ me { id } }", "variables": {"a": ' + "[" * 5_000,
        b'{"query": "\xff"}',
        "{}".encode("utf-16"),
    ],
)
def test_a_malformed_body_is_a_bad_request(api: Api, body: str | bytes) -> None:
    response = post(api, body)
    assert response.status == 400
    assert response.code == "BAD_USER_INPUT"
    assert response.body["errors"][0]["extensions"]["requestId"] == response.headers["X-Request-ID"]
    assert "data" not in response.body


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/graphql"],
)
def test_a_body_of_another_type_is_refused(api: Api, content_type: str) -> None:
    response = post(api, '{"query": "{ me { id } }"}', content_type)
    assert response.status == 415
    assert message_of(response) == "The content type must be application/json."


def test_a_body_that_is_too_large_is_refused(api: Api) -> None:
    response = post(api, json.dumps({"query": "{ me { id } }", "variables": {"a": "x" * 3_000_000}}))
    assert response.status == 413
    assert response.code == "BAD_USER_INPUT"
    assert message_of(response) == "The request is too large."


def test_malformed_variables_in_the_url_are_a_bad_request(api: Api) -> None:
    for variables in ("x", "[]", "5", "{"):
        response = get(api, query="{ me { id } }", variables=variables)
        assert "`variables`" in str(response.body)
        assert response.status == 400
        assert response.code == "BAD_USER_INPUT"


def test_null_variables_in_the_url_are_accepted(api: Api) -> None:
    assert get(api, query="{ me { id } }", variables="null").data == {"me": None}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_other_methods_are_not_allowed(api: Api, method: str) -> None:
    response = api.client.generic(method, "/graphql", b'{"query": "{ me { id } }"}', content_type="application/json")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_options_returns_the_methods(api: Api) -> None:
    response = api.client.options("/graphql")
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert "Content-Type" not in response.headers


def test_a_byte_order_mark_is_ignored(api: Api) -> None:
    assert post(api, codecs.BOM_UTF8 + b'{"query": "{ me { id } }"}').data == {"me": None}


def test_the_cost_is_returned_on_request(api: Api, settings: Settings) -> None:
    document = "query ($first: Int) { movies(first: $first) { nodes { title } } }"
    body = {"query": document, "variables": {"first": 5}}
    assert "extensions" not in api.post(body).body
    response = api.post(body, **{"X-GraphQL-Cost": "1"})
    assert response.body["extensions"] == {"cost": {"cost": 257, "limit": 20_000}}
    assert "X-GraphQL-Cost" in response.headers["Vary"]
    settings.QUERY_LIMITS = settings.QUERY_LIMITS | {"cost": 100}
    refused = api.post(body, **{"X-GraphQL-Cost": "1"})
    assert refused.body["errors"][0]["extensions"]["actual"] == 257
    assert refused.body["extensions"] == {"cost": {"cost": 257, "limit": 100}}
    assert "extensions" not in api.post({"query": "{ nothing }"}, **{"X-GraphQL-Cost": "1"}).body


def test_responses_set_no_cookies(api: Api, show: Show, buyer: User) -> None:
    login = {"query": LOGIN, "variables": {"input": {"username": buyer.username, "password": PASSWORD}}}
    seat_map = {
        "query": "query ($id: ID!) { show(id: $id) { seatMap { cursor } } }",
        "variables": {"id": global_id(show)},
    }
    for body in (login, seat_map, {"query": "{ me { id } }"}, {"query": "{ nothing }"}, {}):
        response = api.client.post("/graphql", body, content_type="application/json")
        assert not response.cookies

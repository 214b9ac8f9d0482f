"""CORS: only front ends of allowed origins can read responses of the API."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db

FRONT_END = "https://tickets.example"
EXPOSED = "Date, ETag, Retry-After, X-Request-ID"
ALLOWED = [
    "authorization",
    "content-type",
    "x-request-id",
    "x-graphql-cost",
    "baggage",
    "sentry-trace",
    "traceparent",
    "tracestate",
    "apollo-require-preflight",
    "apollographql-client-name",
    "apollographql-client-version",
    "x-apollo-operation-name",
]
NOT_ALLOWED = [
    "https://tickets.example.evil.example",
    "https://evil-tickets.example",
    "https://www.tickets.example",
    "https://tickets.example:8443",
    "http://tickets.example",
    "null",
    "nonsense",
    "https://[",
]


@pytest.fixture
def _front_end(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [FRONT_END]


def post(origin: str | None, path: str = "/graphql", query: str = "{ me { id } }") -> Any:
    headers = {"Origin": origin} if origin else {}
    return Client().post(path, {"query": query}, content_type="application/json", headers=headers)


def preflight(origin: str, path: str = "/graphql") -> Any:
    wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    return Client().options(path, headers={"Origin": origin, **wanted})


def cors_headers(response: Any) -> dict[str, str]:
    """The CORS headers of a response."""
    return {name: value for name, value in response.headers.items() if name.lower().startswith("access-control-")}


def test_no_other_origin_is_allowed_by_default() -> None:
    for origin in (FRONT_END, "null", "http://localhost:3000", "http://testserver"):
        assert cors_headers(post(origin)) == {}
        assert cors_headers(preflight(origin)) == {}


@pytest.mark.usefixtures("_front_end")
def test_an_allowed_origin_can_read_responses_and_request_ids() -> None:
    response = post(FRONT_END)
    assert cors_headers(response) == {
        "access-control-allow-origin": FRONT_END,
        "access-control-expose-headers": EXPOSED,
    }
    assert response.json() == {"data": {"me": None}}


@pytest.mark.usefixtures("_front_end")
def test_an_allowed_origin_can_send_a_preflight() -> None:
    response = preflight(FRONT_END)
    assert response.status_code == 200
    assert cors_headers(response) == {
        "access-control-allow-origin": FRONT_END,
        "access-control-allow-headers": ", ".join(ALLOWED),
        "access-control-allow-methods": "GET, HEAD, OPTIONS, POST",
        "access-control-expose-headers": EXPOSED,
        "access-control-max-age": "86400",
    }


@pytest.mark.usefixtures("_front_end")
@pytest.mark.parametrize("origin", NOT_ALLOWED)
def test_other_origins_are_not_allowed(origin: str) -> None:
    assert cors_headers(post(origin)) == {}
    assert cors_headers(preflight(origin)) == {}


@pytest.mark.usefixtures("_front_end")
def test_responses_vary_by_origin() -> None:
    for origin in (FRONT_END, "https://elsewhere.example", None):
        assert "origin" in post(origin).headers["Vary"].lower().split(", ")


@pytest.mark.usefixtures("_front_end")
def test_an_allowed_origin_can_read_errors(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["cinema.example"]
    response = post(FRONT_END)
    assert response.status_code == 400
    assert cors_headers(response)["access-control-allow-origin"] == FRONT_END


@pytest.mark.usefixtures("_front_end")
def test_an_allowed_origin_can_read_only_the_api() -> None:
    for path in ("/admin/login/", "/static/cinema/admin/seat_plan.js", "/graphqlx", "/nothing/graphql"):
        assert cors_headers(Client().head(path, headers={"Origin": FRONT_END})) == {}
        assert cors_headers(preflight(FRONT_END, path)) == {}

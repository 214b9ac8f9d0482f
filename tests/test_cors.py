"""Which front ends of other origins may read the API's answers."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.conftest import Api

pytestmark = pytest.mark.django_db

FRONT_END = "https://tickets.example"
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


def ask(origin: str | None, path: str = "/graphql", query: str = "{ me { id } }") -> Any:
    headers = {"Origin": origin} if origin else {}
    return Client().post(path, {"query": query}, content_type="application/json", headers=headers)


def preflight(origin: str, path: str = "/graphql") -> Any:
    wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    return Client().options(path, headers={"Origin": origin, **wanted})


def told(response: Any) -> dict[str, str]:
    """What the answer tells a browser about other origins."""
    return {name: value for name, value in response.headers.items() if name.lower().startswith("access-control-")}


def test_no_other_origin_is_let_in_unless_told() -> None:
    for origin in (FRONT_END, "null", "http://localhost:3000", "http://testserver"):
        assert told(ask(origin)) == {}
        assert told(preflight(origin)) == {}


@pytest.mark.usefixtures("_front_end")
def test_an_allowed_origin_may_read_answers_and_their_request_ids() -> None:
    response = ask(FRONT_END)
    assert told(response) == {
        "access-control-allow-origin": FRONT_END,
        "access-control-expose-headers": "Retry-After, X-Request-ID",
    }
    assert response.json() == {"data": {"me": None}}


@pytest.mark.usefixtures("_front_end")
def test_an_allowed_origin_may_ask_first_what_it_may_send() -> None:
    response = preflight(FRONT_END)
    assert response.status_code == 200
    assert told(response) == {
        "access-control-allow-origin": FRONT_END,
        "access-control-allow-headers": "authorization, content-type, x-request-id",
        "access-control-allow-methods": "GET, OPTIONS, POST",
        "access-control-expose-headers": "Retry-After, X-Request-ID",
        "access-control-max-age": "86400",
    }


@pytest.mark.usefixtures("_front_end")
@pytest.mark.parametrize("origin", NOT_ALLOWED)
def test_another_origin_may_not(origin: str) -> None:
    assert told(ask(origin)) == {}
    assert told(preflight(origin)) == {}


@pytest.mark.usefixtures("_front_end")
def test_a_cache_is_told_that_the_answer_depends_on_the_origin() -> None:
    for origin in (FRONT_END, "https://elsewhere.example", None):
        assert "origin" in ask(origin).headers["Vary"].lower().split(", ")


@pytest.mark.usefixtures("_front_end")
def test_an_allowed_origin_may_read_refusals(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["cinema.example"]
    response = ask(FRONT_END)
    assert response.status_code == 400
    assert told(response)["access-control-allow-origin"] == FRONT_END


@pytest.mark.usefixtures("_front_end")
def test_an_allowed_origin_may_read_nothing_but_the_api() -> None:
    for path in ("/admin/login/", "/static/cinema/admin/seat_plan.js", "/graphqlx", "/nothing/graphql"):
        assert told(Client().head(path, headers={"Origin": FRONT_END})) == {}
        assert told(preflight(FRONT_END, path)) == {}


def test_a_request_that_is_no_preflight_is_no_reason_to_answer_one(api: Api) -> None:
    response = api.client.options("/graphql")
    assert response.status_code == 405

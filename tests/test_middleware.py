"""Requests to the API do not reach the middleware for pages."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client
from pytest_django import Settings

from config.middleware import GetResponse

pytestmark = pytest.mark.django_db

POSITIONS = ("before", "after")
passed: list[str] = []


def recording(name: str) -> Callable[[GetResponse], GetResponse]:
    def factory(get_response: GetResponse) -> GetResponse:
        def middleware(request: HttpRequest) -> HttpResponseBase:
            passed.append(name)
            return get_response(request)

        return middleware

    return factory


before, after = (recording(name) for name in POSITIONS)


@pytest.fixture(autouse=True)
def _recorded(settings: Settings) -> None:
    """Record in `passed` which of two middlewares is called: the one before the API, and the one after it."""
    passed.clear()
    position = settings.MIDDLEWARE.index("config.api.api")
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[:position],
        f"{__name__}.before",
        *settings.MIDDLEWARE[position:],
        f"{__name__}.after",
    ]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/graphql", 415),
        ("GET", "/graphql?query={__typename}", 200),
        ("GET", "/graphql/?query={__typename}", 200),
        ("DELETE", "/graphql", 405),
        ("GET", "/graphql/nothing", 404),
    ],
)
def test_the_api_responds_before_the_middleware_for_pages(method: str, path: str, status: int) -> None:
    response = Client().generic(method, path, headers={"Accept": "application/json"})
    assert response.status_code == status
    assert passed == ["before"]


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/admin/login/", 200), ("/graphqlx", 404), ("/x", 404)])
def test_pages_pass_all_middleware(path: str, status: int) -> None:
    assert Client().get(path).status_code == status
    assert passed == ["before", "after"]


def test_the_api_ignores_cookies_and_sets_none(settings: Settings) -> None:
    settings.SESSION_SAVE_EVERY_REQUEST = True
    client = Client()
    client.cookies["sessionid"] = "nonsense"
    response = client.post("/graphql", {"query": "{ me { id } }"}, content_type="application/json")
    assert response.json() == {"data": {"me": None}}
    assert not response.cookies

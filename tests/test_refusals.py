"""Errors of the API are JSON, even if Django responds before the API is called."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from pytest_django import Settings

FAILURES: dict[str, Exception] = {
    "client": SuspiciousOperation("A secret."),
    "request": BadRequest("A secret."),
    "permission": PermissionDenied("A secret."),
    "path": Http404("A secret."),
    "ours": LookupError("A secret."),
}
EXPECTED = {
    "client": (400, "BAD_USER_INPUT", "Bad Request."),
    "request": (400, "BAD_USER_INPUT", "Bad Request."),
    "permission": (403, "BAD_USER_INPUT", "Forbidden."),
    "path": (404, "BAD_USER_INPUT", "Not Found."),
    "ours": (500, "INTERNAL_SERVER_ERROR", "Something went wrong on our side."),
}


def failing(get_response: object) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware that fails with the exception named in the query string."""

    def middleware(request: HttpRequest) -> HttpResponse:
        raise FAILURES[request.GET["failure"]]

    return middleware


@pytest.fixture
def client(settings: Settings) -> Client:
    position = settings.MIDDLEWARE.index("config.api.api")
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:position], f"{__name__}.failing", *settings.MIDDLEWARE[position:]]
    return Client(raise_request_exception=False)


def expect_error(response: Any, status: int, code: str, message: str) -> None:
    request_id = response.headers["X-Request-ID"]
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == {"errors": [{"message": message, "extensions": {"code": code, "requestId": request_id}}]}


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("path", ["/graphql", "/graphql/", "/graphql/x"])
@pytest.mark.parametrize("failure", FAILURES)
def test_failures_before_the_api_is_called_are_json(
    client: Client, settings: Settings, path: str, failure: str, *, debug: bool
) -> None:
    settings.DEBUG = debug
    for method in (client.get, client.post):
        response = method(path, query_params={"failure": failure}, headers={"Accept": "text/html"})
        expect_error(response, *EXPECTED[failure])


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("redirecting", [True, False])
def test_unknown_hosts_are_refused_with_json(settings: Settings, *, debug: bool, redirecting: bool) -> None:
    settings.DEBUG = debug
    settings.SECURE_SSL_REDIRECT = redirecting
    settings.ALLOWED_HOSTS = ["cinema.example"]
    response = Client().post("/graphql", headers={"Host": "elsewhere.example"})
    expect_error(response, 400, "BAD_USER_INPUT", "Bad Request.")


@pytest.mark.parametrize("path", ["/nothing/here", "/admin/login/", "/graphqlx", "/nothing/graphql"])
def test_errors_outside_the_api_are_html_pages(client: Client, path: str) -> None:
    response = client.get(path, query_params={"failure": "path"})
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"A secret." not in response.content

"""Errors of the API are JSON, even if Django responds before the endpoint is called, or the endpoint fails."""

from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from pytest_django import Settings

from config import api

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


def failing(request: HttpRequest) -> HttpResponse:
    """An endpoint that fails with the exception named in the query string."""
    raise FAILURES[request.GET["failure"]]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(api, "graphql", failing)
    return Client(raise_request_exception=False)


def expect_error(response: Any, status: int, code: str, message: str) -> None:
    request_id = response.headers["X-Request-ID"]
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == {"errors": [{"message": message, "extensions": {"code": code, "requestId": request_id}}]}


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
@pytest.mark.parametrize("failure", FAILURES)
def test_failures_are_json(client: Client, settings: Settings, path: str, failure: str, *, debug: bool) -> None:
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


@pytest.mark.parametrize("path", ["/nothing/here", "/graphqlx", "/nothing/graphql"])
def test_errors_outside_the_api_are_html_pages(path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"A secret." not in response.content

"""The server calls the API without Django's handler. Its responses are those of Django's handler."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django_guid import get_guid

from config import api, asgi
from tests.test_refusals import FAILURES, failing

pytestmark = pytest.mark.django_db

JSON = "application/json"
REQUEST_ID = "3f2b8c1e4d5a4b6c8d7e9f0a1b2c3d4e"
REQUESTS: dict[str, dict[str, Any]] = {
    "a query": {"body": b'{"query": "{ __typename }"}'},
    "a query over HTTPS": {"body": b'{"query": "{ __typename }"}', "wsgi.url_scheme": "https"},
    "an invalid document": {"body": b'{"query": "{ unknown }"}'},
    "no JSON": {"body": b"{"},
    "a body in pieces": {"body": b"{}", "CONTENT_TYPE": "text/plain"},
    "a query in the URL": {"REQUEST_METHOD": "GET", "QUERY_STRING": "query={__typename}"},
    "headers only": {"REQUEST_METHOD": "HEAD", "QUERY_STRING": "query={__typename}"},
    "the explorer": {"REQUEST_METHOD": "GET", "HTTP_ACCEPT": "text/html"},
    "methods": {"REQUEST_METHOD": "OPTIONS"},
    "a preflight": {
        "REQUEST_METHOD": "OPTIONS",
        "HTTP_ORIGIN": "https://tickets.example",
        "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST",
    },
    "another origin": {"body": b'{"query": "{ __typename }"}', "HTTP_ORIGIN": "https://tickets.example"},
    "an unknown method": {"REQUEST_METHOD": "DELETE"},
    "an unknown path": {"PATH_INFO": "/graphql/nothing"},
    "a path with a slash": {"PATH_INFO": "/graphql/", "body": b'{"query": "{ __typename }"}'},
    "an unknown host": {"HTTP_HOST": "elsewhere.example"},
    "cookies": {"body": b'{"query": "{ me { id } }"}', "HTTP_COOKIE": "sessionid=nonsense"},
}


def environ_of(values: dict[str, Any]) -> dict[str, Any]:
    body = values.get("body", b"")
    defaults = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/graphql",
        "QUERY_STRING": "",
        "CONTENT_TYPE": JSON,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_REQUEST_ID": REQUEST_ID,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
    }
    return defaults | {name: value for name, value in values.items() if name != "body"}


def expect_same_responses(values: dict[str, Any]) -> None:
    found = asgi.respond(environ_of(values))
    expected = Client(raise_request_exception=False).request(**environ_of(values))
    assert (found.status, found.content) == (expected.status_code, expected.content)
    headers = {name.lower(): value for name, value in expected.items()}
    assert {name.decode(): value.decode("latin-1") for name, value in found.headers} == headers
    assert len(found.headers) == len(headers)
    # The next request of the thread must not have it.
    assert get_guid() is None


@pytest.mark.parametrize("request_name", REQUESTS)
def test_responses_are_those_of_djangos_handler(request_name: str) -> None:
    expect_same_responses(REQUESTS[request_name])


@pytest.mark.parametrize("failure", FAILURES)
def test_responses_to_failures_are_those_of_djangos_handler(monkeypatch: pytest.MonkeyPatch, failure: str) -> None:
    monkeypatch.setattr(api, "graphql", failing)
    expect_same_responses({"QUERY_STRING": f"failure={failure}"})

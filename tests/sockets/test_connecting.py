"""Handshakes are accepted or refused by origin, host, path and encryption."""

import json

import pytest
from pytest_django import Settings

from tests.sockets.peer import handshake, run

ACCEPTED, REFUSED = "websocket.accept", "websocket.close"


@pytest.fixture(autouse=True)
def _hosts(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["cinema.example"]
    settings.CORS_ALLOWED_ORIGINS = ["https://tickets.example"]


def response(**headers: str) -> str:
    found = []

    async def test() -> None:
        async with handshake(**{"HTTP_HOST": "cinema.example", **headers}) as peer:
            found.append((await peer.event())["type"])

    run(test())
    return str(found[0])


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://cinema.example", ACCEPTED),
        ("http://cinema.example", ACCEPTED),
        ("https://tickets.example", ACCEPTED),
        ("http://tickets.example", REFUSED),
        ("https://evil.example", REFUSED),
        ("https://cinema.example.evil.example", REFUSED),
        ("https://cinema.example:8443", REFUSED),
        ("https://cinema.example@evil.example", REFUSED),
        ("null", REFUSED),
        ("", REFUSED),
        ("https://[", REFUSED),
    ],
)
def test_pages_of_other_origins_cannot_connect(origin: str, expected: str) -> None:
    assert response(HTTP_ORIGIN=origin) == expected


def test_a_handshake_without_origin_is_accepted() -> None:
    assert response() == ACCEPTED


@pytest.mark.parametrize(
    ("host", "expected"),
    [("cinema.example", ACCEPTED), ("cinema.example:8000", ACCEPTED), ("evil.example", REFUSED), ("x y", REFUSED)],
)
def test_unknown_host_is_refused(host: str, expected: str) -> None:
    assert response(HTTP_HOST=host) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/graphql", ACCEPTED), ("/graphql/", ACCEPTED), ("/", REFUSED), ("/admin/", REFUSED), ("/graphql/x", REFUSED)],
)
def test_only_the_graphql_path_is_accepted(path: str, expected: str) -> None:
    assert response(path=path) == expected


@pytest.mark.parametrize(("proto", "expected"), [("https", ACCEPTED), ("http", REFUSED)])
def test_unencrypted_connection_is_refused_in_production(settings: Settings, proto: str, expected: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert response(HTTP_X_FORWARDED_PROTO=proto) == expected


def test_refused_handshake_gets_a_response_with_the_request_id() -> None:
    request_id = "0123456789abcdef0123456789abcdef"

    async def test() -> None:
        async with handshake(
            path="/", HTTP_HOST="cinema.example", HTTP_X_REQUEST_ID=request_id, extensions=["websocket.http.response"]
        ) as peer:
            start, body = await peer.event(), await peer.event()
            assert (start["type"], start["status"]) == ("websocket.http.response.start", 403)
            headers = dict(start["headers"])
            assert headers[b"content-type"] == b"application/json"
            assert headers[b"x-request-id"] == request_id.encode()
            (error,) = json.loads(body["body"])["errors"]
            assert error["extensions"] == {"code": "BAD_USER_INPUT", "requestId": request_id}

    run(test())

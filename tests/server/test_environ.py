"""The WSGI environ that Django gets for a request over ASGI."""

import io
from typing import Any

import pytest
from asgiref.wsgi import WsgiToAsgiInstance
from django.core.handlers.wsgi import WSGIRequest
from hypothesis import example, given
from hypothesis import strategies as st

from config import environ

SCOPE: dict[str, Any] = {
    "type": "http",
    "http_version": "1.1",
    "method": "POST",
    "scheme": "https",
    "path": "/graphql",
    "root_path": "",
    "query_string": b"",
    "headers": [],
    "server": ("cinema.example", 8443),
    "client": ("192.0.2.1", 40_000),
}


def request(**scope: Any) -> WSGIRequest:
    """The request that Django creates from the environ."""
    return WSGIRequest(environ.build({**SCOPE, **scope}))


def test_the_environ_contains_method_server_and_client() -> None:
    found = request()

    assert (found.method, found.scheme, found.META["SERVER_PROTOCOL"]) == ("POST", "https", "HTTP/1.1")
    assert (found.META["SERVER_NAME"], found.META["SERVER_PORT"]) == ("cinema.example", "8443")
    assert found.META["REMOTE_ADDR"] == "192.0.2.1"
    assert found.META["wsgi.input"].read() == b""


def test_a_websocket_handshake_is_a_get() -> None:
    scope = {name: value for name, value in SCOPE.items() if name != "method"}
    assert environ.build({**scope, "type": "websocket", "scheme": "wss"})["REQUEST_METHOD"] == "GET"


def test_server_and_client_addresses_can_be_unknown() -> None:
    found = request(server=None, client=None)

    assert (found.META["SERVER_NAME"], found.META["SERVER_PORT"]) == ("localhost", "80")
    assert "REMOTE_ADDR" not in found.META


def test_a_unix_socket_has_no_port() -> None:
    assert request(server=("/run/cinema.sock", None)).META["SERVER_PORT"] == "0"


@pytest.mark.parametrize(
    ("path", "root_path", "expected"),
    [
        ("/graphql", "", ("", "/graphql")),
        ("/Amélie/映画", "", ("", "/Amélie/映画")),
        ("/50%25", "", ("", "/50%25")),
        ("/cinema/graphql", "/cinema", ("/cinema", "/graphql")),
        ("/graphql", "/cinema", ("/cinema", "/graphql")),
    ],
)
def test_a_path_is_decoded_once(path: str, root_path: str, expected: tuple[str, str]) -> None:
    found = request(path=path, root_path=root_path)
    assert (found.META["SCRIPT_NAME"], found.path_info) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"", {}),
        (b"a=1&a=2&b=", {"a": ["1", "2"], "b": [""]}),
        (b"query=%7B%20me%20%7D&title=Am%C3%A9lie+2", {"query": ["{ me }"], "title": ["Amélie 2"]}),
        ("title=Amélie".encode(), {"title": ["Amélie"]}),
        (b"title=\xff", {"title": ["\ufffd"]}),
    ],
)
def test_a_query_string_is_decoded_by_django(sent: bytes, expected: dict[str, list[str]]) -> None:
    assert dict(request(query_string=sent).GET.lists()) == expected


def test_headers_are_converted_to_environ_keys() -> None:
    headers = [(b"host", b"cinema.example"), (b"content-type", b"text/plain"), (b"content-length", b"5")]
    found = request(headers=[*headers, (b"x-request-id", b"1"), (b"x-name", "Amélie".encode("latin-1"))])

    assert (found.META["CONTENT_TYPE"], found.META["CONTENT_LENGTH"]) == ("text/plain", "5")
    assert (found.headers["Host"], found.headers["X-Request-ID"], found.headers["X-Name"]) == (
        "cinema.example",
        "1",
        "Amélie",
    )


def test_a_repeated_header_is_joined_in_order() -> None:
    headers = [(b"x-forwarded-for", b"192.0.2.1"), (b"accept", b"*/*"), (b"x-forwarded-for", b"192.0.2.2")]
    assert request(headers=headers).META["HTTP_X_FORWARDED_FOR"] == "192.0.2.1,192.0.2.2"


def test_a_header_with_an_underscore_is_dropped() -> None:
    headers = [(b"x_forwarded_for", b"192.0.2.9"), (b"x-forwarded-for", b"192.0.2.1"), (b"content_length", b"7")]
    found = request(headers=headers)

    assert found.META["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"
    assert not [name for name in found.META if "CONTENT_LENGTH" in name]


TOKEN = st.text("abcxyz019-!#$%&'*+.^`|~", min_size=1, max_size=8).map(str.encode)
VALUE = st.binary(max_size=8)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCOPES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["http", "websocket"]),
        "http_version": st.sampled_from(["1.0", "1.1", "2"]),
        "method": st.sampled_from(["GET", "POST", "OPTIONS", "x"]),
        "path": st.one_of(TEXT.map("/{}".format), st.sampled_from(["/mount", "/mount/graphql", "*", ""])),
        "query_string": st.text("abc=&+%25\t/?\x00~", max_size=12).map(str.encode),
        "headers": st.lists(st.tuples(TOKEN | st.sampled_from([b"content-type", b"content-length", b"a"]), VALUE)),
    },
    optional={
        "scheme": st.sampled_from(["http", "https", "ws", "wss"]),
        "root_path": st.sampled_from(["", "/mount", "/é"]),
        "server": st.one_of(st.none(), st.tuples(TEXT, st.one_of(st.none(), st.integers(0, 65_535)))),
        "client": st.one_of(st.none(), st.tuples(TEXT, st.integers(0, 65_535))),
    },
)


@given(scope=SCOPES)
@example(scope={**SCOPE, "headers": [(b"a", b"1"), (b"A", b"2"), (b"a", b"")]})
def test_the_environ_equals_the_environ_of_asgiref(scope: dict[str, Any]) -> None:
    adapter = WsgiToAsgiInstance(None, duplicate_header_limit=None)  # type: ignore[no-untyped-call]
    adapter.scope = scope
    expected = adapter.build_environ(scope, io.BytesIO())  # type: ignore[no-untyped-call]

    found = environ.build(scope)

    # asgiref copies the query string. This project encodes unprintable characters.
    expected["QUERY_STRING"] = expected["QUERY_STRING"].replace("\x00", "%00")
    assert found.pop("wsgi.input").read() == expected.pop("wsgi.input").read() == b""
    assert found == expected

"""Responses of the real server without a body: HEAD, OPTIONS and 304."""

import http.client
from contextlib import closing
from urllib.parse import quote, urlsplit

import pytest

from tests.serving import Server

pytestmark = pytest.mark.xdist_group("server")

THEATERS = f"/graphql?query={quote('{ theaters { nodes { name } } }')}"
JSON = {"Accept": "application/json"}


def test_responses_without_a_body_leave_the_connection_usable(server: Server) -> None:
    with closing(http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=60)) as connection:

        def send(method: str, url: str, headers: dict[str, str] = JSON) -> tuple[int, http.client.HTTPMessage, bytes]:
            connection.request(method, url, headers=headers)
            with connection.getresponse() as response:
                return response.status, response.headers, response.read()

        for url in (THEATERS, "/schema.graphql"):
            status, headers, body = send("GET", url)
            assert (status, headers["Cache-Control"].split(",")[0]) == (200, "public")
            known = JSON | {"If-None-Match": headers["ETag"]}
            assert send("GET", url, known)[::2] == (304, b"")
            status, headers_of_head, nothing = send("HEAD", url)
            assert (status, headers_of_head["Content-Length"], nothing) == (200, str(len(body)), b"")
            assert headers_of_head["ETag"] == headers["ETag"]
        status, headers, nothing = send("OPTIONS", "/graphql")
        assert (status, headers["Allow"], nothing) == (204, "GET, HEAD, OPTIONS, POST", b"")
        assert send("GET", THEATERS)[0] == 200

"""Request bodies with chunked transfer encoding."""

import http.client
import json
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from tests.serving import Server

# All tests use one server, so they run in one process.
pytestmark = pytest.mark.xdist_group("server")

SEARCH = "query ($title: String!) { movies(filter: { search: $title }) { nodes { title } } }"


def post_in_chunks(server: Server, *chunks: bytes) -> tuple[int, dict[str, Any]]:
    address = urlsplit(server.address)
    with closing(http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)) as connection:
        headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}
        connection.request("POST", "/graphql", iter(chunks), headers, encode_chunked=True)
        response = connection.getresponse()
        return response.status, json.load(response)


def test_a_chunked_body_is_read_completely(server: Server) -> None:
    body = json.dumps({"query": SEARCH, "variables": {"title": "Amélie"}}, ensure_ascii=False).encode()
    byte_by_byte = [bytes([byte]) for byte in body]

    assert server.post(SEARCH, title="Amélie")["data"]["movies"]["nodes"] == [{"title": "Amélie"}]
    assert post_in_chunks(server, *byte_by_byte) == (200, {"data": {"movies": {"nodes": [{"title": "Amélie"}]}}})


def test_chunked_bodies_have_the_same_size_limit(server: Server) -> None:
    padding = b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2)

    status, body = post_in_chunks(server, b'{"query": "{ __typename }"', padding, padding, b"}")

    assert status == http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert [error["extensions"]["code"] for error in body["errors"]] == ["BAD_USER_INPUT"]

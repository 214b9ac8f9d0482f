"""What the server writes down about requests that it refuses."""

import http.client
import re
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.serving import Server, serving

pytestmark = pytest.mark.xdist_group("server")

LINE = re.compile(r"\S+ \S+ (WARNING|ERROR) (?P<logger>\S+) \[(?P<request>[0-9a-f]{32})\] .+")


def refused(server: Server, body: bytes, **headers: str) -> str:
    """The id of a request that was refused."""
    with closing(http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=30)) as connection:
        connection.request("POST", "/graphql", body, {"Content-Type": "application/json", **headers})
        with connection.getresponse() as answer:
            assert 400 <= answer.status < 500
            assert answer.headers["Content-Type"] == "application/json"
            return str(answer.headers["X-Request-ID"])


def test_a_mistake_of_a_client_is_a_line_or_two_that_name_its_request(
    environment: dict[str, str], server: Server, tmp_path: Path
) -> None:
    log = tmp_path / "server.log"
    with serving(environment, log=log) as other:
        before = len(log.read_text().splitlines())
        ids = [
            refused(other, b"{}", Host="evil.example"),
            refused(other, b"nonsense"),
            refused(other, b"x" * 2_000_000),
            refused(other, b"{}", Accept="image/png"),
        ]
        # Written before the answers were sent; and what the server says when it ends is another matter.
        lines = log.read_text().splitlines()[before:]
    found = [LINE.fullmatch(line) for line in lines]
    assert all(found), lines
    assert [match["request"] for match in found if match and match["logger"] == "django.request"] == ids


def test_a_client_can_give_its_request_an_id(server: Server) -> None:
    given = "0123456789abcdef0123456789abcdef"
    assert refused(server, b"{}", **{"X-Request-ID": given}) == given
    for nonsense in ("x", "x" * 10_000, "0123456789abcdef0123456789abcdeg", "\xff"):
        assert re.fullmatch("[0-9a-f]{32}", refused(server, b"{}", **{"X-Request-ID": nonsense}))

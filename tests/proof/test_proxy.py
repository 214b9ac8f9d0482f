"""The proxy loses what it says, and nothing else."""

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

import pytest

from tests.proof import proxy

BODY = b"x" * 200_000


class EchoServer(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Echo)
        self.received: list[bytes] = []


class Echo(BaseHTTPRequestHandler):
    server: EchoServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(body)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[EchoServer]:
    with EchoServer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def post(port: int) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/", BODY, {"Connection": "close"})
        return connection.getresponse().read()
    finally:
        connection.close()


def test_hands_on_in_quiet_times(server: EchoServer) -> None:
    with proxy.started(server_port=server.server_port, random=Random(1), quiet=0) as between:  # noqa: S311 - no secret
        assert post(between.port) == BODY

    assert not between.lost.total()


def test_throws_answers_away_that_the_server_has_given(server: EchoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "BURST", 1)
    with proxy.started(server_port=server.server_port, random=Random(1), quiet=0) as between:  # noqa: S311 - no secret
        between.burst(60)
        with pytest.raises(ConnectionResetError):
            post(between.port)

    assert server.received == [BODY]
    assert between.lost["answers"] == 1


def test_loses_requests_that_the_server_never_sees(server: EchoServer) -> None:
    with (
        proxy.started(server_port=server.server_port, random=Random(1), quiet=1) as between,  # noqa: S311 - no secret
        pytest.raises(ConnectionResetError),
    ):
        post(between.port)

    assert server.received == []
    assert between.lost["requests"] == 1


def test_a_server_that_is_not_there_is_a_lost_connection() -> None:
    with (
        proxy.started(server_port=1, random=Random(1), quiet=0) as between,  # noqa: S311 - no secret
        pytest.raises(ConnectionResetError),
    ):
        post(between.port)

"""The proxy drops exactly the messages that it counts as dropped."""

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
        """Log nothing."""


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


def test_forwards_everything_without_loss(server: EchoServer) -> None:
    with proxy.started(servers=[(proxy.HOST, server.server_port)], random=Random(1), loss=0) as between:  # noqa: S311 - no secret
        assert post(between.port) == BODY

    assert not between.dropped.total()


def test_drops_responses_after_the_server_has_acted(server: EchoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "BURST_LOSS", 1)
    with proxy.started(servers=[(proxy.HOST, server.server_port)], random=Random(1), loss=0) as between:  # noqa: S311 - no secret
        between.burst(60)
        with pytest.raises(ConnectionResetError):
            post(between.port)

    assert server.received == [BODY]
    assert between.dropped["responses"] == 1


def test_drops_requests_before_the_server_gets_them(server: EchoServer) -> None:
    with (
        proxy.started(servers=[(proxy.HOST, server.server_port)], random=Random(1), loss=1) as between,  # noqa: S311 - no secret
        pytest.raises(ConnectionResetError),
    ):
        post(between.port)

    assert server.received == []
    assert between.dropped["requests"] == 1


def test_resets_the_connection_if_the_server_cannot_be_reached() -> None:
    with (
        proxy.started(servers=[(proxy.HOST, 1)], random=Random(1), loss=0) as between,  # noqa: S311 - no secret
        pytest.raises(ConnectionResetError),
    ):
        post(between.port)

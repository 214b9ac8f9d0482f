"""Sends requests as raw bytes, including malformed ones that no client library would send."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any

from tests.hostile.attack import JSON_MEDIA_TYPE, Attack

HOST = "127.0.0.1"
# The server distinguishes clients by address.
ATTACKER = "127.0.0.2"
TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Reply:
    """A response. `status` is None if none arrived in time, or if the server closed the connection without one."""

    status: int | None
    content: bytes
    seconds: float

    @property
    def body(self) -> Any:
        return json.loads(self.content)


def to_bytes(attack: Attack) -> bytes:
    headers = {
        "Host": "localhost",
        "Accept": JSON_MEDIA_TYPE,
        "Content-Length": str(len(attack.body)),
        **attack.headers,
    }
    lines = [f"{attack.method} {attack.url} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("utf-8", "surrogatepass") + attack.body


@contextmanager
def connected(port: int, *, source: str = HOST, timeout: float = TIMEOUT_SECONDS) -> Iterator[socket.socket]:
    with closing(socket.create_connection((HOST, port), timeout, (source, 0))) as connection:
        yield connection


def exchange(
    port: int, data: bytes, method: str = "POST", *, source: str = HOST, timeout: float = TIMEOUT_SECONDS
) -> Reply:
    """Send these bytes and read the response. A server may respond and close before it has read all of them."""
    start = time.monotonic()
    with connected(port, source=source, timeout=timeout) as connection:
        with suppress(ConnectionError, TimeoutError):
            connection.sendall(data)
        status, content = read(connection, method)
    return Reply(status, content, time.monotonic() - start)


def read(connection: socket.socket, method: str = "POST") -> tuple[int | None, bytes]:
    with closing(HTTPResponse(connection, method=method)) as response:
        try:
            response.begin()
            return response.status, response.read()
        except (ConnectionError, TimeoutError, HTTPException):
            return None, b""

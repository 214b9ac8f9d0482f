"""Requests as they go over the wire, byte by byte: no client library would send them."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any

from tests.hostile.attack import LOOSE, Attack

HOST = "127.0.0.1"
# Another client than that of `HOST`, as far as a server of this machine can tell.
ATTACKER = "127.0.0.2"
MAX_TRANSACTION_SECONDS = 5


@dataclass(frozen=True)
class Reply:
    """`status` is None when there was no answer: none in time, or the server closed the connection without a word."""

    status: int | None
    content: bytes
    seconds: float

    @property
    def body(self) -> Any:
        return json.loads(self.content)


def as_bytes(attack: Attack) -> bytes:
    headers = {"Host": "localhost", "Accept": LOOSE, "Content-Length": str(len(attack.body)), **attack.headers}
    lines = [f"{attack.method} {attack.url} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("utf-8", "surrogatepass") + attack.body


@contextmanager
def connected(port: int, *, source: str = HOST) -> Iterator[socket.socket]:
    with closing(socket.create_connection((HOST, port), MAX_TRANSACTION_SECONDS, (source, 0))) as connection:
        yield connection


def exchange(port: int, data: bytes, method: str = "POST", *, source: str = HOST) -> Reply:
    """What is answered to these bytes. A server may answer, and close, before it has read them all."""
    start = time.monotonic()
    with connected(port, source=source) as connection:
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

"""A client of a real server's sockets; `peer` is one of a server in this process."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.connection import Connection
from websockets.typing import Subprotocol

from schema.engine.sockets.messages import PROTOCOL
from tests.serving import Server

SECONDS = 30
INIT = {"type": "connection_init"}
WATCH = """
subscription ($show: ID!, $since: String) {
  seatChanges(showId: $show, since: $since) { cursor seats { label status mine } }
}
"""


def opened(server: Server, *, path: str = "/graphql", **options: Any) -> Connection:
    """One that has been accepted, but has not begun."""
    address = f"ws://{urlsplit(server.address).netloc}{path}"
    return connect(address, subprotocols=[Subprotocol(PROTOCOL)], open_timeout=SECONDS, **options)


def watching(show: str, *, number: int = 1, query: str = WATCH, since: str | None = None) -> dict[str, Any]:
    variables = {"show": show, "since": since}
    return {"type": "subscribe", "id": str(number), "payload": {"query": query, "variables": variables}}


def send(client: Connection, message: dict[str, Any]) -> None:
    client.send(json.dumps(message))


def told(client: Connection) -> Any:
    return json.loads(client.recv(timeout=SECONDS))


def closed(client: Connection) -> int:
    """The code with which the server ends it, after whatever it says before."""
    with suppress(ConnectionClosed):
        while True:
            client.recv(timeout=SECONDS)
    assert client.close_code is not None
    return client.close_code


def has_a_place(server: Server) -> bool:
    """Whether one more client may begin, which then goes again."""
    with opened(server) as client:
        try:
            send(client, INIT)
            return bool(told(client) == {"type": "connection_ack"})
        except ConnectionClosed:
            return False


@contextmanager
def plain(server: Server, *, most_received: int | None = None) -> Iterator[socket.socket]:
    """A connection that sends and takes bytes; no more than so many are taken before they are read."""
    with socket.socket() as client:
        if most_received:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, most_received)
        client.settimeout(SECONDS)
        address = urlsplit(server.address)
        client.connect((address.hostname, address.port))
        yield client

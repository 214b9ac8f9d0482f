"""A WebSocket client of a real server. For a client of the ASGI application in this process, see `peer`."""

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


def open_socket(server: Server, *, path: str = "/graphql", **options: Any) -> Connection:
    """A connection that the server accepted, before `connection_init`."""
    address = f"ws://{urlsplit(server.address).netloc}{path}"
    return connect(address, subprotocols=[Subprotocol(PROTOCOL)], open_timeout=SECONDS, **options)


def subscribe_message(show: str, *, number: int = 1, query: str = WATCH, since: str | None = None) -> dict[str, Any]:
    variables = {"show": show, "since": since}
    return {"type": "subscribe", "id": str(number), "payload": {"query": query, "variables": variables}}


def event_stream_request(show: str) -> bytes:
    """The request for an event stream, in HTTP."""
    body = json.dumps({"query": WATCH, "variables": {"show": show}})
    return (
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def send(client: Connection, message: dict[str, Any]) -> None:
    client.send(json.dumps(message))


def receive(client: Connection) -> Any:
    return json.loads(client.recv(timeout=SECONDS))


def close_code(client: Connection) -> int:
    """The code with which the server closes the connection. Messages before that are discarded."""
    with suppress(ConnectionClosed):
        while True:
            client.recv(timeout=SECONDS)
    assert client.close_code is not None
    return client.close_code


def can_connect(server: Server) -> bool:
    """Whether the server accepts one more client. The client disconnects again."""
    with open_socket(server) as client:
        try:
            send(client, INIT)
            return bool(receive(client) == {"type": "connection_ack"})
        except ConnectionClosed:
            return False


@contextmanager
def raw_connection(server: Server, *, receive_buffer_bytes: int | None = None) -> Iterator[socket.socket]:
    """A TCP connection, for raw bytes. `receive_buffer_bytes` limits what arrives before it is read."""
    with socket.socket() as client:
        if receive_buffer_bytes:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        client.settimeout(SECONDS)
        address = urlsplit(server.address)
        client.connect((address.hostname, address.port))
        yield client

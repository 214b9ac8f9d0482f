"""WebSockets of the real server."""

import json
import socket
from contextlib import ExitStack

import pytest
from django.conf import settings
from strawberry.relay.utils import to_base64
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from schema.engine.sockets.connection import MAX_MESSAGES
from tests.hostile.raw_websocket import frame, session
from tests.serving import Server
from tests.sockets.client import INIT, close_code, open_socket, raw_connection, receive, send, subscribe_message
from tests.waiting import wait_until

pytestmark = pytest.mark.xdist_group("server")

NO_SHOW = to_base64("Show", 10**9)
A_SHOW = "query { shows(first: 1, filter: { bookable: true }) { nodes { id } } }"


def test_a_refused_subscription_keeps_the_connection_open(server: Server) -> None:
    with open_socket(server) as client:
        send(client, INIT)
        assert receive(client) == {"type": "connection_ack"}
        for message, code in [
            (subscribe_message("", query="{ __typename }"), "BAD_USER_INPUT"),
            (subscribe_message(NO_SHOW), "NOT_FOUND"),
            (subscribe_message(NO_SHOW, query="#" * 60_000), "QUERY_TOO_COMPLEX"),
        ]:
            send(client, message)
            refused = receive(client)
            assert (refused["type"], refused["id"]) == ("error", "1")
            assert [error["extensions"]["code"] for error in refused["payload"]] == [code]
        send(client, {"type": "ping"})
        assert receive(client) == {"type": "pong"}


PROTOCOL_VIOLATIONS: dict[str, tuple[list[str | bytes], int]] = {
    "no object": (["5"], 4400),
    "bytes": ([b"{}"], 4400),
    "deeply nested": (["[" * 90_000], 4400),
    "a long integer": (['{"type": "ping", "payload": ' + "9" * 5_000 + "}"], 4400),
    "subscribe before init": ([json.dumps(subscribe_message(NO_SHOW))], 4401),
    "a bad token": ([json.dumps({**INIT, "payload": {"Authorization": "Bearer nonsense"}})], 4403),
    "second init": ([json.dumps(INIT)] * 2, 4429),
    "too large": ([json.dumps({"type": "ping", "payload": {"x": "x" * 100_000}})], 1009),
    "too many messages": (['{"type": "pong"}'] * (MAX_MESSAGES + 1), 1008),
}


@pytest.mark.parametrize(("sent", "code"), PROTOCOL_VIOLATIONS.values(), ids=PROTOCOL_VIOLATIONS.keys())
def test_a_protocol_violation_closes_the_connection_with_its_code(
    server: Server, sent: list[str | bytes], code: int
) -> None:
    with open_socket(server) as client:
        for message in sent:
            client.send(message)
        assert close_code(client) == code


def test_a_duplicate_subscription_id_closes_the_connection(server: Server) -> None:
    (show,) = server.post(A_SHOW)["data"]["shows"]["nodes"]
    with open_socket(server) as client:
        for message in (INIT, subscribe_message(show["id"]), subscribe_message(show["id"])):
            send(client, message)
        assert close_code(client) == 4409


@pytest.mark.parametrize("protocol", [None, "graphql-ws"])
def test_another_subprotocol_closes_the_connection(server: Server, protocol: str | None) -> None:
    with raw_connection(server) as client:
        named = f"Sec-WebSocket-Protocol: {protocol}\r\n" if protocol else ""
        handshake = (
            f"GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{named}"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        client.sendall(handshake.encode())
        assert (4406).to_bytes(2, "big") + b"The subprotocol must be" in everything(client)


def test_invalid_utf_8_closes_the_connection_without_a_response(server: Server) -> None:
    with raw_connection(server) as client:
        client.sendall(session() + frame(b'{"type":"ping","payload":"\xff"}'))
        received = everything(client)
        assert b"connection_ack" in received
        assert b"pong" not in received


def everything(client: socket.socket) -> bytes:
    """All bytes received until the server closes the connection."""
    return b"".join(iter(lambda: client.recv(65_536), b""))


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/", None),
        ("/admin/", None),
        ("/graphql/x", None),
        ("/graphql", "https://evil.example"),
        ("/graphql", "null"),
    ],
)
def test_a_refused_handshake_gets_an_error_in_json(server: Server, path: str, origin: str | None) -> None:
    with (
        pytest.raises(InvalidStatus) as refused,
        open_socket(server, path=path, origin=Origin(origin) if origin else None),
    ):
        pass
    response = refused.value.response
    assert response.status_code == 403
    assert response.headers["Content-Type"] == "application/json"
    (error,) = json.loads(response.body)["errors"]
    request_id = response.headers["X-Request-ID"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "requestId": request_id}
    assert len(request_id) == 32


def test_a_page_of_the_same_origin_can_connect(server: Server) -> None:
    with open_socket(server, origin=Origin(server.address)) as client:
        send(client, INIT)
        assert receive(client) == {"type": "connection_ack"}


def test_the_connections_of_an_address_are_counted_in_all_processes(server: Server) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(open_socket(server)) for _ in range(settings.SOCKETS_PER_ADDRESS)]
        for client in clients:
            send(client, INIT)
            assert receive(client) == {"type": "connection_ack"}
        # The operating system distributes them to the two processes.
        with open_socket(server) as another:
            assert close_code(another) == 1013

    def is_admitted() -> bool:
        with open_socket(server) as client:
            send(client, INIT)
            try:
                return bool(receive(client) == {"type": "connection_ack"})
            except ConnectionClosed:
                return False

    wait_until(is_admitted, what="the closed connections to be forgotten")

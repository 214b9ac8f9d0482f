"""Clients that disconnect or do not read release their connection slot on the real server.

The server closes no connection for silence during these tests, so a slot is released only for the tested reason.
"""

import socket
import struct
from collections.abc import Callable, Iterator

import pytest
from strawberry.relay.utils import to_base64

from tests.hostile.raw_websocket import HANDSHAKE, session
from tests.proof import fixtures
from tests.serving import Server, serving
from tests.sockets.client import can_connect, event_stream_request, raw_connection, subscribe_message
from tests.waiting import wait_until

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("server")]

HOLD = """
mutation ($show: ID!, $seats: [String!]!) {
  holdSeats(input: { showId: $show, selection: { seats: $seats } }) { ... on Booking { id } ... on Problem { message } }
}
"""
# Ten of its results, with 300 seats each, exceed the buffers of a connection.
FIELDS = " ".join(f"{'a' * 20}{number}: label" for number in range(30))
LARGE = f"""
subscription ($show: ID!, $since: String) {{ seatChanges(showId: $show, since: $since) {{ seats {{ {FIELDS} }} }} }}
"""
LONG_AGO = to_base64("moment", "2000-01-01T00:00:00+00:00")


@pytest.fixture(scope="module")
def one_slot_server(
    environment: dict[str, str], server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Another server on the same database: one process, one connection per address, long timeouts for silence."""
    limits = {"SOCKETS_PER_ADDRESS": "1", "SEATS_PER_USER_AND_SHOW": "300"}
    settings = {"DJANGO_SETTINGS_MODULE": "tests.server.long_timeouts.settings"}
    log = tmp_path_factory.mktemp("one_slot") / "server.log"
    with serving(
        {**environment, **limits, **settings}, log=log, program=("manage.py", "serve", "--workers", "1")
    ) as started:
        yield started
        assert "Traceback" not in log.read_text(), "a client caused an unexpected error"


@pytest.fixture(scope="module")
def show(environment: dict[str, str], one_slot_server: Server) -> str:
    """A show with 300 seats that have all changed."""
    created = fixtures.create(environment, users=1, shows=1, rows=["SSSSS_SSSSS_SSSSS"] * 20)
    (show,), (user,) = created.shows, created.users
    held = one_slot_server.post(HOLD, user.token, show=show.global_id, seats=show.seats)
    assert "id" in held["data"]["holdSeats"], held
    return show.global_id


def reset(client: socket.socket) -> None:
    """Close the connection with a TCP reset."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def close(client: socket.socket) -> None:
    client.close()


def read_until(client: socket.socket, expected: bytes) -> None:
    received = b""
    while expected not in received:
        more = client.recv(1_000)
        assert more, received
        received += more


@pytest.fixture(autouse=True)
def _free_slot(one_slot_server: Server) -> None:
    wait_until(lambda: can_connect(one_slot_server), what="the slot of the previous test")


@pytest.mark.parametrize("end", [reset, close])
@pytest.mark.parametrize("initialized", [True, False])
def test_a_disconnected_client_releases_its_slot(
    one_slot_server: Server,
    show: str,
    end: Callable[[socket.socket], None],
    initialized: bool,  # noqa: FBT001
) -> None:
    with raw_connection(one_slot_server) as client:
        client.sendall(session(subscribe_message(show)) if initialized else HANDSHAKE)
        # Checking for a free slot takes the slot for a moment, so wait for the client first.
        read_until(client, b"connection_ack" if initialized else b"101 Switching Protocols")
        wait_until(lambda: not can_connect(one_slot_server), what="the client to take the slot")
        end(client)
        wait_until(lambda: can_connect(one_slot_server), what="the slot to be released")


@pytest.mark.parametrize("end", [reset, close])
def test_a_client_of_an_event_stream_that_disconnects_releases_its_slot(
    one_slot_server: Server, show: str, end: Callable[[socket.socket], None]
) -> None:
    with raw_connection(one_slot_server) as client:
        client.sendall(event_stream_request(show))
        read_until(client, b"content-type: text/event-stream")
        wait_until(lambda: not can_connect(one_slot_server), what="the client to take the slot")
        end(client)
        wait_until(lambda: can_connect(one_slot_server), what="the slot to be released")


@pytest.mark.parametrize("sent", [HANDSHAKE[:-2], HANDSHAKE], ids=["partial handshake", "handshake"])
@pytest.mark.parametrize("end", [reset, close])
def test_a_client_that_disconnects_during_the_handshake_has_no_slot(
    one_slot_server: Server, sent: bytes, end: Callable[[socket.socket], None]
) -> None:
    with raw_connection(one_slot_server) as client:
        client.sendall(sent)
        end(client)
    wait_until(lambda: can_connect(one_slot_server), what="the slot to be free")


@pytest.mark.deep
def test_a_client_that_does_not_read_is_disconnected(one_slot_server: Server, show: str) -> None:
    with raw_connection(one_slot_server, receive_buffer_bytes=2_048) as client:
        subscriptions = [subscribe_message(show, number=number, query=LARGE, since=LONG_AGO) for number in range(10)]
        client.sendall(session(*subscriptions))
        read_until(client, b"101 Switching Protocols")
        wait_until(lambda: not can_connect(one_slot_server), what="the client to take the slot")
        wait_until(lambda: can_connect(one_slot_server), what="the slot to be released")

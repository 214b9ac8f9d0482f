"""A client that has gone, or does not read, keeps no place on the real server."""

import socket
import struct
from collections.abc import Callable, Iterator

import pytest
from strawberry.relay.utils import to_base64

from schema.engine.sockets.connection import INIT_TIMEOUT_SECONDS, PING_INTERVAL_SECONDS, SEND_TIMEOUT_SECONDS
from tests.hostile.raw_websocket import HANDSHAKE, session
from tests.proof import fixtures
from tests.serving import Server, serving
from tests.sockets.client import can_connect, raw_connection, subscribe_message
from tests.waiting import wait_until

pytestmark = pytest.mark.xdist_group("server")

HOLD = """
mutation ($show: ID!, $seats: [String!]!) {
  holdSeats(input: { showId: $show, selection: { seats: $seats } }) { ... on Booking { id } ... on Problem { message } }
}
"""
# Ten answers to it, of 300 seats, are more than fits into the buffers of a connection.
FIELDS = " ".join(f"{'a' * 20}{number}: label" for number in range(30))
LARGE = f"""
subscription ($show: ID!, $since: String) {{ seatChanges(showId: $show, since: $since) {{ seats {{ {FIELDS} }} }} }}
"""
LONG_AGO = to_base64("moment", "2000-01-01T00:00:00+00:00")
# Less than until it would be sent away for not beginning.
SOON = INIT_TIMEOUT_SECONDS / 2


@pytest.fixture(scope="module")
def narrow(environment: dict[str, str], server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Another server on the same database, of one process, that lets one client of an address in at a time."""
    limits = {"SOCKETS_PER_ADDRESS": "1", "SEATS_PER_USER_AND_SHOW": "300"}
    log = tmp_path_factory.mktemp("narrow") / "server.log"
    with serving({**environment, **limits}, log=log, program=("manage.py", "serve", "--workers", "1")) as started:
        yield started
        assert "Traceback" not in log.read_text(), "it takes what clients do for a failure of its own"


@pytest.fixture(scope="module")
def show(environment: dict[str, str], narrow: Server) -> str:
    """Of 300 seats that have all changed."""
    made = fixtures.create(environment, users=1, shows=1, rows=["SSSSS_SSSSS_SSSSS"] * 20)
    (staged,), (user,) = made.shows, made.users
    held = narrow.post(HOLD, user.token, show=staged.global_id, seats=staged.seats)
    assert "id" in held["data"]["holdSeats"], held
    return staged.global_id


def reset(client: socket.socket) -> None:
    """At once, without a word."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def hang_up(client: socket.socket) -> None:
    client.close()


def read_until(client: socket.socket, expected: bytes) -> None:
    received = b""
    while expected not in received:
        more = client.recv(1_000)
        assert more, received
        received += more


@pytest.fixture(autouse=True)
def _its_place_is_free(narrow: Server) -> None:
    wait_until(lambda: can_connect(narrow), what="the place of the test before")


@pytest.mark.parametrize("end", [reset, hang_up])
@pytest.mark.parametrize("begun", [True, False])
def test_however_a_client_goes_its_place_is_free(
    narrow: Server,
    show: str,
    end: Callable[[socket.socket], None],
    begun: bool,  # noqa: FBT001
) -> None:
    with raw_connection(narrow) as client:
        client.sendall(session(subscribe_message(show)) if begun else HANDSHAKE)
        # Before anybody looks whether there is a place: whoever looks takes it for a moment.
        read_until(client, b"connection_ack" if begun else b"101 Switching Protocols")
        wait_until(lambda: not can_connect(narrow), what="the client to have its place")
        end(client)
        wait_until(lambda: can_connect(narrow), what="its place", seconds=SOON)


@pytest.mark.parametrize("sent", [HANDSHAKE[:-2], HANDSHAKE], ids=["half a handshake", "a handshake"])
@pytest.mark.parametrize("end", [reset, hang_up])
def test_who_goes_during_the_handshake_has_no_place(
    narrow: Server, sent: bytes, end: Callable[[socket.socket], None]
) -> None:
    with raw_connection(narrow) as client:
        client.sendall(sent)
        end(client)
    wait_until(lambda: can_connect(narrow), what="a place", seconds=SOON)


def test_who_does_not_read_is_sent_away(narrow: Server, show: str) -> None:
    # Before it would be for saying nothing.
    seconds = SEND_TIMEOUT_SECONDS + 10
    assert seconds < PING_INTERVAL_SECONDS
    with raw_connection(narrow, receive_buffer_bytes=2_048) as client:
        asked = [subscribe_message(show, number=number, query=LARGE, since=LONG_AGO) for number in range(10)]
        client.sendall(session(*asked))
        read_until(client, b"101 Switching Protocols")
        wait_until(lambda: not can_connect(narrow), what="the client to have its place")
        wait_until(lambda: can_connect(narrow), what="its place", seconds=seconds)

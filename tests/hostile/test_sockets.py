"""A real server of one process serves other clients during an attack over WebSockets and event streams."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from socket import create_connection
from typing import Any

import pytest
from strawberry.relay.utils import to_base64
from websockets import Subprotocol
from websockets.sync.client import ClientConnection, connect

from tests.hostile import raw_http
from tests.hostile.attack import JSON, Attack, request
from tests.hostile.other_clients import Load, Wait, best_wait, connections, wait_for_seat_map
from tests.hostile.raw_websocket import HANDSHAKE, frame, session
from tests.proof import fixtures

pytestmark = pytest.mark.xdist_group("hostile server")

# More than the limit per client address.
SOCKETS = 30
MESSAGES = 90
LONG_AGO = to_base64("moment", "2000-01-01T00:00:00+00:00")
WATCH = """
subscription ($show: ID!, $since: String) {
  seatChanges(showId: $show, since: $since) {
    cursor seats { label row number column category status mine price { amount currency } }
  }
}
"""
HOLD = """
mutation ($show: ID!, $seats: [String!]!) {
  holdSeats(input: { showId: $show, selection: { seats: $seats } }) { ... on Booking { id } ... on Problem { message } }
}
"""
CANCEL = "mutation ($hold: ID!) { cancelBooking(input: { bookingId: $hold }) { ... on Booking { id } } }"


@dataclass(frozen=True)
class Buyer:
    port: int
    token: str
    show: str

    def call(self, document: str, **variables: object) -> Any:
        attack = Attack("", (), request(document, variables))
        data = raw_http.to_bytes(attack).replace(b"Host:", f"Authorization: Bearer {self.token}\r\nHost:".encode(), 1)
        (result,) = raw_http.exchange(self.port, data).body["data"].values()
        return result["id"]


@pytest.fixture(scope="module")
def buyer(port: int, environment: dict[str, str]) -> Buyer:
    """A buyer of a show. All its seats but one are held, so that they are changes."""
    created = fixtures.create(environment, users=1, shows=1, rows=["SSSSS_SSSSS_SSSSS"] * 20)
    (show,), (user,) = created.shows, created.users
    buyer = Buyer(port, user.token, show.global_id)
    buyer.call(HOLD, show=show.global_id, seats=show.seats[1:])
    return buyer


def subscribe(show: str, *, number: int = 0, query: str = WATCH) -> dict[str, Any]:
    variables = {"show": show, "since": LONG_AGO}
    return {"type": "subscribe", "id": str(number), "payload": {"query": query, "variables": variables}}


def completed_subscriptions(show: str) -> bytes:
    numbers = range(MESSAGES // 2)
    return session(*(m for n in numbers for m in (subscribe(show, number=n), {"type": "complete", "id": str(n)})))


def unknown_shows(_: str) -> bytes:
    return session(*(subscribe(to_base64("Show", 10**9 + n), number=n) for n in range(MESSAGES)))


def new_documents(show: str) -> bytes:
    """Different documents of the maximum length, each with the largest allowed number of fields."""
    fields = " ".join(f"a{n}: label" for n in range(30))
    query = "subscription ($show: ID!, $since: String) { seatChanges(showId: $show, since: $since) { seats { %s } } } #"
    unique = time.monotonic_ns()
    return session(*(subscribe(show, number=n, query=query % fields + f"{unique + n}" * 2_000) for n in range(4)))


def pings(_: str) -> bytes:
    return session(*[{"type": "ping"}] * MESSAGES * 10)


def malformed_frames(_: str) -> bytes:
    return HANDSHAKE + frame(b"[" * 100_000)


def incomplete_message(_: str) -> bytes:
    return session() + frame(b" " * 1_000_000)[:-1]


def event_stream(show: str) -> bytes:
    """A stream of all seats over HTTP, which the client does not read."""
    body = request(WATCH, {"show": show, "since": LONG_AGO})
    return raw_http.to_bytes(Attack("", (), body, headers={**JSON, "Accept": "text/event-stream"}))


ATTACKS = [
    completed_subscriptions,
    unknown_shows,
    new_documents,
    pings,
    malformed_frames,
    incomplete_message,
    event_stream,
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_others_are_served_during_the_attack(buyer: Buyer, attack: Callable[[str], bytes]) -> None:
    load = partial(connections, buyer.port, attack(buyer.show), SOCKETS)
    assert wait_for_seat_map(buyer.port, buyer.show, under=load).is_short


@pytest.mark.parametrize("attack", ATTACKS)
def test_others_receive_changes_during_the_attack(buyer: Buyer, attack: Callable[[str], bytes]) -> None:
    load = partial(connections, buyer.port, attack(buyer.show), SOCKETS)
    assert wait_for_a_change(buyer, under=load).is_short


def wait_for_a_change(buyer: Buyer, *, under: Load) -> Wait:
    """How long another client waits for the change of a seat under this load."""

    def measure() -> float:
        with viewer(buyer) as socket, under():
            start = time.monotonic()
            hold = buyer.call(HOLD, show=buyer.show, seats=["A1"])
            wait_for(socket, "A1", "HELD")
            seconds = time.monotonic() - start
        buyer.call(CANCEL, hold=hold)
        return seconds

    return best_wait(measure, buyer.port)


@contextmanager
def viewer(buyer: Buyer) -> Iterator[ClientConnection]:
    with closing(open_socket(buyer.port)) as socket:
        message = subscribe(buyer.show)
        message["payload"]["variables"]["since"] = None
        socket.send(json.dumps(message))
        yield socket


def open_socket(port: int, *, source: str = raw_http.HOST) -> ClientConnection:
    plain = create_connection((raw_http.HOST, port), source_address=(source, 0))
    socket = connect(f"ws://localhost:{port}/graphql", sock=plain, subprotocols=[Subprotocol("graphql-transport-ws")])
    socket.send('{"type":"connection_init"}')
    assert json.loads(socket.recv(timeout=30)) == {"type": "connection_ack"}
    return socket


def wait_for(socket: ClientConnection, label: str, status: str) -> None:
    while True:
        message = json.loads(socket.recv(timeout=30))
        seats = message["payload"]["data"]["seatChanges"]["seats"] if message["type"] == "next" else []
        if any((seat["label"], seat["status"]) == (label, status) for seat in seats):
            return

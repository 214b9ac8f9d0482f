"""A real server of one process: whatever one client sends, other clients are served about as fast as before."""

import json
import socket
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import pytest

from tests.hostile import wire
from tests.hostile.attack import Attack, Crime
from tests.hostile.corpus import CORPUS
from tests.hostile.others import LARGE_BODY_BYTES, THREADS, connections, seat_maps, trouble, wait_for_seat_map
from tests.proof.fixtures import ShowFixture

pytestmark = pytest.mark.xdist_group("hostile server")

HEAD = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
HALF_A_BODY = HEAD + b'Content-Length: 1000\r\n\r\n{"query": '
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SLOW_CLIENTS = 3 * THREADS
BUSY_CLIENTS = 100
# One request is some hundredths of a second of work; all clients together request many seconds of it.
MAPS_OF_A_BUSY_CLIENT = 4


@pytest.fixture
def show_id(show_fixture: ShowFixture) -> str:
    return show_fixture.global_id


@pytest.fixture
def work(port: int, show_id: str) -> bytes:
    """A request that is within the limits."""
    data = wire.as_bytes(seat_maps(show_id, count=MAPS_OF_A_BUSY_CLIENT))
    reply = wire.exchange(port, data)
    assert (reply.status, len(reply.body["data"])) == (200, MAPS_OF_A_BUSY_CLIENT)
    return data


# The attacks that give a server the most to do.
HEAVY = [attack for attack in CORPUS if attack.stock is Crime.SLOW or len(attack.body) >= LARGE_BODY_BYTES]


def test_others_are_served_during_a_heavy_attack(port: int, show_id: str) -> None:
    found = {attack.name: trouble(attack, port=port, show_id=show_id) for attack in HEAVY}
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.deep
def test_others_are_served_during_any_attack(port: int, show_id: str) -> None:
    found = {attack.name: trouble(attack, port=port, show_id=show_id) for attack in CORPUS}
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.deep
def test_stock_view_does_not_serve_others_during_a_heavy_attack(stock_port: int, show_id: str) -> None:
    """The control: the comparison above can fail."""
    # Each of these requests is seconds of work for the stock view.
    (attack,) = [attack for attack in HEAVY if attack.name == "20,000 directives on a field"]
    found = trouble(attack, port=stock_port, show_id=show_id, tries=1)
    assert found is not None
    assert found.startswith("others wait")


@pytest.mark.parametrize("source", [wire.HOST, wire.ATTACKER])
def test_requests_of_clients_that_are_gone_do_not_delay_others(
    port: int, show_id: str, work: bytes, source: str
) -> None:
    def send_and_leave() -> AbstractContextManager[None]:
        with connections(port, work, BUSY_CLIENTS, source=source):
            return nullcontext()

    assert wait_for_seat_map(port, show_id, meanwhile=send_and_leave).is_short


def test_requests_of_another_address_do_not_delay_others(port: int, show_id: str, work: bytes) -> None:
    load = partial(connections, port, work, BUSY_CLIENTS)
    assert wait_for_seat_map(port, show_id, meanwhile=load).is_short


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"POST /gra",
        HEAD,
        HEAD + b"Content-Length: 1000\r\n\r\n",
        HALF_A_BODY,
        HEAD + b"Content-Length: 999999\r\n\r\n" + b" " * 500_000,
        CHUNKED + b'5\r\n{"que\r\n',
        HEAD + b"Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n",
    ],
    ids=lambda beginning: repr(beginning[-30:]),
)
def test_clients_that_stop_halfway_do_not_delay_others(port: int, show_id: str, beginning: bytes) -> None:
    load = partial(connections, port, beginning, SLOW_CLIENTS)
    assert wait_for_seat_map(port, show_id, meanwhile=load).is_short


def test_where_threads_read_requests_such_clients_delay_everyone(blocking_port: int, show_id: str) -> None:
    load = partial(connections, blocking_port, HALF_A_BODY, SLOW_CLIENTS)
    assert not wait_for_seat_map(blocking_port, show_id, meanwhile=load, tries=1).is_short
    assert wait_for_seat_map(blocking_port, show_id, meanwhile=nullcontext).is_short


def test_a_client_that_does_not_send_the_rest_gets_status_408(port: int) -> None:
    reply = wire.exchange(port, HALF_A_BODY)
    assert reply.status == 408
    assert reply.body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "body",
    [b"zz\r\n{}\r\n0\r\n\r\n", b"f" * 17 + b"\r\n{}\r\n0\r\n\r\n", b"-1\r\n{}\r\n0\r\n\r\n", b"2\r\n{}0\r\n\r\n"],
    ids=repr,
)
def test_malformed_chunks_are_refused(port: int, body: bytes) -> None:
    with wire.connected(port) as connection:
        connection.sendall(CHUNKED + body)
        assert is_refused(connection)


@pytest.mark.parametrize("half", [HALF_A_BODY, CHUNKED + b'5\r\n{"que'], ids=["of its length", "of a chunk"])
def test_a_body_that_ends_early_is_refused(port: int, half: bytes) -> None:
    with wire.connected(port) as connection:
        connection.sendall(half)
        connection.shutdown(socket.SHUT_WR)
        assert is_refused(connection)


def is_refused(connection: socket.socket) -> bool:
    """Whether the answer is an error in JSON, or the connection was closed without an answer."""
    status, content = wire.read(connection)
    return status is None or (status in {400, 408} and "errors" in json.loads(content))


def test_clients_that_never_read_their_answers_do_not_delay_others(port: int, show_id: str) -> None:
    data = wire.as_bytes(seat_maps(show_id)).replace(b"Connection: close\r\n", b"") * 10
    load = partial(connections, port, data, SLOW_CLIENTS, most_received=4_096)
    assert wait_for_seat_map(port, show_id, meanwhile=load).is_short


def test_a_body_in_chunks_without_an_end_is_refused_once_it_is_too_long(port: int, show_id: str) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    assert wire.exchange(port, CHUNKED + chunk * 100).status in {413, None}
    assert wait_for_seat_map(port, show_id, meanwhile=nullcontext).is_short


@pytest.mark.parametrize("attack", [a for a in CORPUS if a.method in {"HEAD", "TRACE"}], ids=str)
def test_a_method_that_is_not_allowed_is_refused_by_the_real_server(port: int, attack: Attack) -> None:
    assert wire.exchange(port, wire.as_bytes(attack), attack.method).status == 405

"""A real server of one process serves other clients about as fast during an attack as before."""

import json
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial

import pytest

from tests.hostile import raw_http
from tests.hostile.attack import Attack, Violation
from tests.hostile.corpus import CORPUS
from tests.hostile.other_clients import (
    LARGE_BODY_BYTES,
    THREADS,
    connections,
    problem_during,
    responds,
    seat_maps,
    wait_for_seat_map,
)
from tests.proof.fixtures import ShowFixture
from tests.waiting import wait_until

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("hostile server")]

HEAD = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
HALF_A_BODY = HEAD + b'Content-Length: 1000\r\n\r\n{"query": '
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SLOW_CLIENTS = 3 * THREADS
BUSY_CLIENTS = 100
# One request takes some hundredths of a second. All clients together request many seconds of work.
MAPS_OF_A_BUSY_CLIENT = 4


@pytest.fixture
def show_id(show_fixture: ShowFixture) -> str:
    return show_fixture.global_id


@pytest.fixture
def work(port: int, show_id: str) -> bytes:
    """A request within the limits."""
    data = raw_http.to_bytes(seat_maps(show_id, count=MAPS_OF_A_BUSY_CLIENT))
    reply = raw_http.exchange(port, data)
    assert (reply.status, len(reply.body["data"])) == (200, MAPS_OF_A_BUSY_CLIENT)
    return data


# The attacks that cause the most work.
HEAVY = [attack for attack in CORPUS if attack.stock is Violation.SLOW or len(attack.body) >= LARGE_BODY_BYTES]


def test_others_are_served_during_a_heavy_attack(port: int, show_id: str) -> None:
    found = {attack.name: problem_during(attack, port=port, show_id=show_id) for attack in HEAVY}
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.deep
def test_others_are_served_during_any_attack(port: int, show_id: str) -> None:
    found = {attack.name: problem_during(attack, port=port, show_id=show_id) for attack in CORPUS}
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.deep
def test_stock_view_does_not_serve_others_during_a_heavy_attack(stock_port: int, show_id: str) -> None:
    """The control: the comparison above can fail."""
    # Each of these requests is seconds of work for the stock view.
    (attack,) = [attack for attack in HEAVY if attack.name == "20,000 directives on a field"]
    # The first requests to a new server take longer.
    assert wait_for_seat_map(stock_port, show_id, under=nullcontext).is_short
    assert problem_during(attack, port=stock_port, show_id=show_id, tries=1)


@pytest.mark.parametrize("source", [raw_http.HOST, raw_http.ATTACKER])
def test_requests_of_disconnected_clients_do_not_delay_others(
    port: int, show_id: str, work: bytes, source: str
) -> None:
    def send_and_disconnect() -> AbstractContextManager[None]:
        with connections(port, work, BUSY_CLIENTS, source=source):
            return nullcontext()

    assert wait_for_seat_map(port, show_id, under=send_and_disconnect).is_short


def test_requests_of_another_address_do_not_delay_others(port: int, show_id: str, work: bytes) -> None:
    load = partial(connections, port, work, BUSY_CLIENTS)
    assert wait_for_seat_map(port, show_id, under=load).is_short


@pytest.mark.parametrize(
    "start",
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
    ids=lambda start: repr(start[-30:]),
)
def test_clients_that_stop_halfway_do_not_delay_others(port: int, show_id: str, start: bytes) -> None:
    load = partial(connections, port, start, SLOW_CLIENTS)
    assert wait_for_seat_map(port, show_id, under=load).is_short


@pytest.mark.deep
def test_slow_clients_block_a_server_whose_threads_read_requests(blocking_port: int, show_id: str) -> None:
    """The control: these clients delay others where the event loop does not read requests."""

    @contextmanager
    def every_thread_occupied() -> Iterator[None]:
        with connections(blocking_port, HALF_A_BODY, SLOW_CLIENTS):
            wait_until(lambda: not responds(blocking_port), what="the slow clients to occupy every thread")
            yield

    assert not wait_for_seat_map(blocking_port, show_id, under=every_thread_occupied, tries=1).is_short
    wait_until(lambda: responds(blocking_port), what="the threads to be free again")


def test_incomplete_body_gets_status_408(port: int) -> None:
    reply = raw_http.exchange(port, HALF_A_BODY)
    assert reply.status == 408
    assert reply.body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "body",
    [b"zz\r\n{}\r\n0\r\n\r\n", b"f" * 17 + b"\r\n{}\r\n0\r\n\r\n", b"-1\r\n{}\r\n0\r\n\r\n", b"2\r\n{}0\r\n\r\n"],
    ids=repr,
)
def test_malformed_chunks_are_refused(port: int, body: bytes) -> None:
    with raw_http.connected(port) as connection:
        connection.sendall(CHUNKED + body)
        assert is_refused(connection)


@pytest.mark.parametrize("half", [HALF_A_BODY, CHUNKED + b'5\r\n{"que'], ids=["content length", "chunked"])
def test_truncated_body_is_refused(port: int, half: bytes) -> None:
    with raw_http.connected(port) as connection:
        connection.sendall(half)
        connection.shutdown(socket.SHUT_WR)
        assert is_refused(connection)


def is_refused(connection: socket.socket) -> bool:
    """Whether the response is an error in JSON, or the connection was closed without a response."""
    status, content = raw_http.read(connection)
    return status is None or (status in {400, 408} and "errors" in json.loads(content))


def test_clients_that_do_not_read_responses_do_not_delay_others(port: int, show_id: str) -> None:
    data = raw_http.to_bytes(seat_maps(show_id)).replace(b"Connection: close\r\n", b"") * 10
    load = partial(connections, port, data, SLOW_CLIENTS, receive_buffer_bytes=4_096)
    assert wait_for_seat_map(port, show_id, under=load).is_short


def test_endless_chunked_body_is_refused_when_it_is_too_long(port: int, show_id: str) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    assert raw_http.exchange(port, CHUNKED + chunk * 100).status in {413, None}
    assert wait_for_seat_map(port, show_id, under=nullcontext).is_short


@pytest.mark.parametrize("attack", [a for a in CORPUS if a.method in {"HEAD", "TRACE"}], ids=str)
def test_real_server_refuses_other_methods(port: int, attack: Attack) -> None:
    assert raw_http.exchange(port, raw_http.to_bytes(attack), attack.method).status == 405

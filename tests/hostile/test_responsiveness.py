"""A real server of one process: whatever one client sends, others are served within a second."""

import json
import socket
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import pytest

from tests.hostile import wire
from tests.hostile.attack import Attack
from tests.hostile.corpus import CORPUS
from tests.hostile.others import (
    MAX_TRANSACTION_SECONDS,
    THREADS,
    connections,
    seat_maps,
    seconds_to_be_served,
    trouble,
)
from tests.proof.fixtures import StagedShow

pytestmark = pytest.mark.xdist_group("hostile server")

HEAD = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
HALF_A_BODY = HEAD + b'Content-Length: 1000\r\n\r\n{"query": '
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
# Of those who send or read slowly, and of those who make it work.
SLOW_CLIENTS = 3 * THREADS
BUSY_CLIENTS = 100
# Each is some hundredths of a second of work, all of them are many seconds.
MAPS_OF_A_BUSY_CLIENT = 4


@pytest.fixture
def show_id(staged_show: StagedShow) -> str:
    return staged_show.global_id


@pytest.fixture
def work(port: int, show_id: str) -> bytes:
    """A request that is within the limits."""
    data = wire.as_bytes(seat_maps(show_id, count=MAPS_OF_A_BUSY_CLIENT))
    reply = wire.exchange(port, data)
    assert (reply.status, len(reply.body["data"])) == (200, MAPS_OF_A_BUSY_CLIENT)
    return data


def test_while_one_client_sends_any_attack_others_are_served(port: int, show_id: str) -> None:
    found = {attack.name: trouble(attack, port=port, show_id=show_id) for attack in CORPUS}
    assert {name: what for name, what in found.items() if what} == {}


def test_with_the_stock_view_others_are_not_served_meanwhile(stock_port: int, show_id: str) -> None:
    (attack,) = [attack for attack in CORPUS if attack.name == "20,000 directives on a field"]
    assert trouble(attack, port=stock_port, show_id=show_id, tries=1) is not None


@pytest.mark.parametrize("source", [wire.HOST, wire.ATTACKER])
def test_what_clients_ask_for_who_are_gone_holds_nobody_up(port: int, show_id: str, work: bytes, source: str) -> None:
    def sent_and_gone() -> AbstractContextManager[None]:
        with connections(port, work, BUSY_CLIENTS, source=source):
            return nullcontext()

    assert seconds_to_be_served(port, show_id, meanwhile=sent_and_gone) < MAX_TRANSACTION_SECONDS


def test_what_another_address_asks_for_holds_nobody_up(port: int, show_id: str, work: bytes) -> None:
    load = partial(connections, port, work, BUSY_CLIENTS)
    assert seconds_to_be_served(port, show_id, meanwhile=load) < MAX_TRANSACTION_SECONDS


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
def test_clients_that_stop_halfway_hold_nobody_up(port: int, show_id: str, beginning: bytes) -> None:
    load = partial(connections, port, beginning, SLOW_CLIENTS)
    assert seconds_to_be_served(port, show_id, meanwhile=load) < MAX_TRANSACTION_SECONDS


def test_where_threads_read_requests_such_clients_hold_everybody_up(blocking_port: int, show_id: str) -> None:
    load = partial(connections, blocking_port, HALF_A_BODY, SLOW_CLIENTS)
    assert seconds_to_be_served(blocking_port, show_id, meanwhile=load, tries=1) >= MAX_TRANSACTION_SECONDS
    assert seconds_to_be_served(blocking_port, show_id, meanwhile=nullcontext) < MAX_TRANSACTION_SECONDS


def test_who_does_not_send_the_rest_is_answered_in_the_end(port: int) -> None:
    reply = wire.exchange(port, HALF_A_BODY)
    assert reply.status == 408
    assert reply.body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "body",
    [b"zz\r\n{}\r\n0\r\n\r\n", b"f" * 17 + b"\r\n{}\r\n0\r\n\r\n", b"-1\r\n{}\r\n0\r\n\r\n", b"2\r\n{}0\r\n\r\n"],
    ids=repr,
)
def test_chunks_that_are_none_are_refused(port: int, body: bytes) -> None:
    with wire.connected(port) as connection:
        connection.sendall(CHUNKED + body)
        assert is_refused(connection)


@pytest.mark.parametrize("half", [HALF_A_BODY, CHUNKED + b'5\r\n{"que'], ids=["of its length", "of a chunk"])
def test_who_says_that_there_is_no_rest_is_refused(port: int, half: bytes) -> None:
    with wire.connected(port) as connection:
        connection.sendall(half)
        connection.shutdown(socket.SHUT_WR)
        assert is_refused(connection)


def is_refused(connection: socket.socket) -> bool:
    """In JSON, as the client's mistake; or the connection is closed without a word."""
    status, content = wire.read(connection)
    return status is None or (status in {400, 408} and "errors" in json.loads(content))


def test_clients_that_never_read_their_answers_hold_nobody_up(port: int, show_id: str) -> None:
    data = wire.as_bytes(seat_maps(show_id)).replace(b"Connection: close\r\n", b"") * 10
    load = partial(connections, port, data, SLOW_CLIENTS, most_received=4_096)
    assert seconds_to_be_served(port, show_id, meanwhile=load) < MAX_TRANSACTION_SECONDS


def test_a_body_in_chunks_without_an_end_is_refused_once_it_is_too_long(port: int, show_id: str) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    assert wire.exchange(port, CHUNKED + chunk * 100).status in {413, None}
    assert seconds_to_be_served(port, show_id, meanwhile=nullcontext) < MAX_TRANSACTION_SECONDS


@pytest.mark.parametrize("attack", [a for a in CORPUS if a.method in {"HEAD", "TRACE"}], ids=str)
def test_a_method_that_is_not_allowed_is_refused_by_the_real_server(port: int, attack: Attack) -> None:
    assert wire.exchange(port, wire.as_bytes(attack), attack.method).status == 405

"""A real server of one process: whatever one client sends, others are served within a second."""

import socket
from contextlib import ExitStack

import pytest

from tests.hostile import wire
from tests.hostile.attack import Attack
from tests.hostile.corpus import CORPUS
from tests.hostile.others import AT_ONCE, are_served, seat_map, trouble
from tests.proof.stage import StagedShow

pytestmark = pytest.mark.xdist_group("hostile server")

HEAD = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
HALF_A_BODY = HEAD + b'Content-Length: 1000\r\n\r\n{"query": '
SLOW_CLIENTS = 3 * AT_ONCE


@pytest.fixture
def show_id(staged_show: StagedShow) -> str:
    return staged_show.global_id


def test_while_one_client_sends_any_attack_others_are_served(port: int, show_id: str) -> None:
    found = {attack.name: trouble(attack, port=port, show_id=show_id) for attack in CORPUS}
    assert {name: what for name, what in found.items() if what} == {}


def test_with_the_stock_view_others_are_not_served_meanwhile(stock_port: int, show_id: str) -> None:
    (attack,) = [attack for attack in CORPUS if attack.name == "20,000 directives on a field"]
    assert trouble(attack, port=stock_port, show_id=show_id, tries=1) is not None


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"POST /gra",
        HEAD,
        HEAD + b"Content-Length: 1000\r\n\r\n",
        HALF_A_BODY,
        HEAD + b"Content-Length: 999999\r\n\r\n" + b" " * 500_000,
        HEAD + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"que\r\n',
        HEAD + b"Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n",
    ],
    ids=lambda beginning: repr(beginning[-30:]),
)
def test_clients_that_stop_halfway_hold_nobody_up(port: int, show_id: str, beginning: bytes) -> None:
    with ExitStack() as connections:
        for _ in range(SLOW_CLIENTS):
            connections.enter_context(wire.connected(port)).sendall(beginning)
        assert are_served(port, show_id)


def test_where_threads_read_requests_such_clients_hold_everybody_up(blocking_port: int, show_id: str) -> None:
    with ExitStack() as connections:
        for _ in range(SLOW_CLIENTS):
            connections.enter_context(wire.connected(blocking_port)).sendall(HALF_A_BODY)
        assert not are_served(blocking_port, show_id, tries=1)
    assert are_served(blocking_port, show_id)


def test_who_does_not_send_the_rest_is_answered_in_the_end(port: int) -> None:
    reply = wire.exchange(port, HALF_A_BODY)
    assert reply.status == 408
    assert reply.body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_clients_that_never_read_their_answers_hold_nobody_up(port: int, show_id: str) -> None:
    data = wire.as_bytes(seat_map(show_id)).replace(b"Connection: close\r\n", b"")
    with ExitStack() as connections:
        for _ in range(SLOW_CLIENTS):
            connection = connections.enter_context(wire.connected(port))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            connection.sendall(data * 10)
        assert are_served(port, show_id)


def test_clients_that_are_gone_before_their_answer_hold_nobody_up(port: int, show_id: str) -> None:
    data = wire.as_bytes(seat_map(show_id))
    for _ in range(SLOW_CLIENTS):
        with wire.connected(port) as connection:
            connection.sendall(data)
    assert are_served(port, show_id)


def test_a_body_in_chunks_without_an_end_is_refused_once_it_is_too_long(port: int, show_id: str) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    reply = wire.exchange(port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 100)
    assert reply.status in {413, None}
    assert are_served(port, show_id)


@pytest.mark.parametrize("attack", [a for a in CORPUS if a.method in {"HEAD", "TRACE"}], ids=str)
def test_a_method_that_is_not_allowed_is_refused_by_the_real_server(port: int, attack: Attack) -> None:
    assert wire.exchange(port, wire.as_bytes(attack), attack.method).status == 405

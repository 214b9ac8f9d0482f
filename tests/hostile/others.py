"""Other clients, who only want to see a seat map meanwhile."""

import math
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from http import HTTPStatus

from tests.hostile import wire
from tests.hostile.attack import Attack, request

TYPENAME = Attack("", (), request("{ __typename }"))
# Threads in the server, and far more than that.
THREADS = 4
AT_ONCE = 10 * THREADS
# A machine that is busy with something else is no fault of the server.
TRIES = 4
QUERIES = 3
SEAT_MAP_BYTES = 9_000
MAX_TRANSACTION_SECONDS = 1.0
# Until the last of all that are sent at once is answered.
LONGEST_SECONDS_OF_ATTACK = 4.0
# A flood of bytes is for whatever stands before the server: of larger bodies there are as many as threads.
LARGE_BODY_BYTES = 100_000

Load = Callable[[], AbstractContextManager[object]]


def seat_maps(show_id: str, *, count: int = 1) -> Attack:
    """The seat map of one show; as an attacker, so often."""
    maps = " ".join(
        f"a{n}: show(id: $id) {{ seatMap {{ rows {{ seats {{ label status }} }} }} }}" for n in range(count)
    )
    return Attack("", (), request(f"query ($id: ID!) {{ {maps} }}", {"id": show_id}))


def seconds_to_be_served(port: int, show_id: str, *, meanwhile: Load, tries: int = TRIES) -> float:
    """How long another client waits for a seat map under a load, which is put on the server anew for each try.

    As soon as one is soon enough, that; infinitely if there is no answer.
    """
    seconds = math.inf
    for _ in range(tries):
        with meanwhile():
            seconds = _seconds(port, show_id)
        if seconds < MAX_TRANSACTION_SECONDS:
            break
    return seconds


@contextmanager
def connections(
    port: int, data: bytes, count: int, *, source: str = wire.ATTACKER, most_received: int | None = None
) -> Iterator[None]:
    """So many connections that send this, and stay without reading; no more of an answer fits into them."""
    with ExitStack() as stack:
        for _ in range(count):
            connection = stack.enter_context(wire.connected(port, source=source))
            if most_received:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, most_received)
            connection.sendall(data)
        yield


def _seconds(port: int, show_id: str) -> float:
    """The longest wait of a few in turn: by chance the first request may come before the load does."""
    longest = 0.0
    for _ in range(QUERIES):
        reply = wire.exchange(port, wire.as_bytes(seat_maps(show_id)))
        if reply.status != HTTPStatus.OK:
            return math.inf
        assert len(reply.content) > SEAT_MAP_BYTES, reply.content
        longest = max(longest, reply.seconds)
    return longest


def trouble(attack: Attack, *, port: int, show_id: str, tries: int = TRIES) -> str | None:
    """What is wrong while this attack is sent on many connections at once. Best of a few tries; None if nothing is."""
    found = None
    for _ in range(tries):
        found = _trouble(attack, port, show_id)
        if found is None:
            return None
    return found


def _trouble(attack: Attack, port: int, show_id: str) -> str | None:
    data = wire.as_bytes(attack)
    count = AT_ONCE if len(data) < LARGE_BODY_BYTES else THREADS
    with ThreadPoolExecutor(count) as pool:
        attacks = [pool.submit(wire.exchange, port, data, attack.method, source=wire.ATTACKER) for _ in range(count)]
        others = _seconds(port, show_id)
        replies = [each.result() for each in attacks]
    slowest = max(reply.seconds for reply in replies)
    if others >= MAX_TRANSACTION_SECONDS:
        return f"others wait {others:.1f} s"
    if slowest >= LONGEST_SECONDS_OF_ATTACK:
        return f"the attack takes {slowest:.1f} s"
    if any(reply.status is not None and reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR for reply in replies):
        return "the status is 5xx"
    return None

"""Other clients request a seat map during an attack.

Their wait is compared with the time of a large valid document, measured just before: on a slow machine both are longer.
"""

import itertools
import math
import socket
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from statistics import fmean

from tests.hostile import raw_http
from tests.hostile.attack import Attack, request

TYPENAME = Attack("", (), request("{ __typename }"))
# Threads of the server, and many more requests than threads.
THREADS = 4
AT_ONCE = 10 * THREADS
# Other work on the machine may disturb a try.
TRIES = 4
QUERIES = 3
SEAT_MAP_BYTES = 9_000
# A wait is short if it is below a second, or below the time of this many large documents.
SHORT_SECONDS = 1.0
TIMES_AS_LONG = AT_ONCE / THREADS
# An attack may take this many times the limit of a wait: as long as if each request were a large document.
TIMES_AS_LONG_FOR_THE_ATTACK = THREADS
# Half as many tokens as a document can have.
LARGE_DOCUMENT = "query NAME { " + "... on Query { __typename } " * 160 + "}"
# The proxy in front of the server limits the bytes per second, so large bodies are only twice as many as threads.
LARGE_BODY_BYTES = 100_000
LARGE_BODIES_AT_ONCE = 2 * THREADS
# One client never has every thread, but two can.
ATTACKERS = (raw_http.ATTACKER, "127.0.0.3")
# Attackers wait for their responses, so that a server is busy until it has executed the whole attack.
ATTACKER_TIMEOUT_SECONDS = 120

Load = Callable[[], AbstractContextManager[object]]


@dataclass(frozen=True)
class Wait:
    """How long another client waited under a load, in seconds. Infinite without a response."""

    large_document: float
    under_load: float

    @property
    def limit(self) -> float:
        return max(SHORT_SECONDS, TIMES_AS_LONG * self.large_document)

    @property
    def is_short(self) -> bool:
        return self.under_load < self.limit


def best_wait(measure: Callable[[], float], port: int, *, tries: int = TRIES) -> Wait:
    """The first short wait of a few tries, or the last wait."""
    for _ in range(tries):
        # A busy machine is not equally busy all the time, so the two are measured one after the other.
        wait = Wait(seconds_of_a_large_document(port), measure())
        if wait.is_short:
            break
    return wait


def seconds_of_a_large_document(port: int) -> float:
    """How long the server takes for `LARGE_DOCUMENT`, which it has not cached under this name."""
    text = LARGE_DOCUMENT.replace("NAME", f"Q{uuid.uuid4().hex}")
    reply = raw_http.exchange(port, raw_http.to_bytes(Attack("", (), request(text))))
    assert reply.body == {"data": {"__typename": "Query"}}
    return reply.seconds


def seat_maps(show_id: str, *, count: int = 1) -> Attack:
    """A request for the seat map of a show, `count` times in one document."""
    maps = " ".join(
        f"a{n}: show(id: $id) {{ seatMap {{ rows {{ seats {{ label status }} }} }} }}" for n in range(count)
    )
    return Attack("", (), request(f"query ($id: ID!) {{ {maps} }}", {"id": show_id}))


def wait_for_seat_map(port: int, show_id: str, *, under: Load, tries: int = TRIES) -> Wait:
    """How long another client waits for a seat map under this load."""

    def measure() -> float:
        with under():
            return _seconds(port, show_id)

    return best_wait(measure, port, tries=tries)


def responds(port: int) -> bool:
    """Whether the server responds to the smallest request in time."""
    try:
        return raw_http.exchange(port, raw_http.to_bytes(TYPENAME)).status == HTTPStatus.OK
    except ConnectionError:
        return False


@contextmanager
def connections(
    port: int, data: bytes, count: int, *, source: str = raw_http.ATTACKER, receive_buffer_bytes: int | None = None
) -> Iterator[None]:
    """Open `count` connections that send `data` and do not read."""
    with ExitStack() as stack:
        for _ in range(count):
            connection = stack.enter_context(raw_http.connected(port, source=source))
            if receive_buffer_bytes:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
            connection.sendall(data)
        yield


def _seconds(port: int, show_id: str) -> float:
    """The longest of a few waits. The first request may arrive before the load does."""
    longest = 0.0
    for _ in range(QUERIES):
        reply = raw_http.exchange(port, raw_http.to_bytes(seat_maps(show_id)))
        if reply.status != HTTPStatus.OK:
            return math.inf
        assert len(reply.content) > SEAT_MAP_BYTES, reply.content
        longest = max(longest, reply.seconds)
    return longest


def problem_during(attack: Attack, *, port: int, show_id: str, tries: int = TRIES) -> str | None:
    """The problem that this attack causes on many simultaneous connections in each of a few tries, or None."""
    found = None
    for _ in range(tries):
        found = _problem_during(attack, port, show_id)
        if found is None:
            break
    return found


def _problem_during(attack: Attack, port: int, show_id: str) -> str | None:
    large_document = seconds_of_a_large_document(port)
    data = raw_http.to_bytes(attack)
    count = AT_ONCE if len(data) < LARGE_BODY_BYTES else LARGE_BODIES_AT_ONCE
    with ThreadPoolExecutor(count) as pool:
        attacks = [
            pool.submit(raw_http.exchange, port, data, attack.method, source=source, timeout=ATTACKER_TIMEOUT_SECONDS)
            for source in itertools.islice(itertools.cycle(ATTACKERS), count)
        ]
        waits = [_seconds(port, show_id)]
        # The first requests may arrive before the attack does, so others send requests until it is over.
        while not all(each.done() for each in attacks):
            waits.append(_seconds(port, show_id))
        replies = [each.result() for each in attacks]
    wait = Wait(large_document, fmean(waits))
    slowest = max(reply.seconds for reply in replies)
    if not wait.is_short:
        return f"others wait {wait.under_load:.1f} s; at most {wait.limit:.1f} s is allowed"
    if slowest >= TIMES_AS_LONG_FOR_THE_ATTACK * wait.limit:
        return f"the attack takes {slowest:.1f} s; a large document takes {wait.large_document:.3f} s"
    if any(reply.status is not None and reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR for reply in replies):
        return "the status is 5xx"
    return None

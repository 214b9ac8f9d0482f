"""Other clients, who only want to see a seat map meanwhile."""

import math
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from tests.hostile import wire
from tests.hostile.attack import Attack, request

TYPENAME = Attack("", (), request("{ __typename }"))
# As many as there are threads in the server.
AT_ONCE = 4
# A machine that is busy with something else is no fault of the server.
TRIES = 4
SEAT_MAP_BYTES = 10_000
LONGEST_SECONDS = 1.0
LONGEST_SECONDS_OF_ATTACK = 2.0


def seat_map(show_id: str) -> Attack:
    document = "query ($id: ID!) { show(id: $id) { seatMap { rows { seats { label status } } } } }"
    return Attack("", (), request(document, {"id": show_id}))


def are_served(port: int, show_id: str, *, tries: int = TRIES) -> bool:
    """Whether another client gets its answers soon. Best of a few tries."""
    return any(_seconds(port, show_id) < LONGEST_SECONDS for _ in range(tries))


def _seconds(port: int, show_id: str) -> float:
    """How long another client waits for both of its answers; infinitely if it does not get them."""
    start = time.monotonic()
    asked = [wire.exchange(port, wire.as_bytes(each)) for each in (TYPENAME, seat_map(show_id))]
    if [reply.status for reply in asked] != [200, 200]:
        return math.inf
    assert len(asked[1].content) > SEAT_MAP_BYTES, asked[1].content
    return time.monotonic() - start


def trouble(attack: Attack, *, port: int, show_id: str, tries: int = TRIES) -> str | None:
    """What is wrong while this attack is sent on several connections at once; None if nothing is.

    Best of a few tries.
    """
    found = None
    for _ in range(tries):
        found = _trouble(attack, port, show_id)
        if found is None:
            return None
    return found


def _trouble(attack: Attack, port: int, show_id: str) -> str | None:
    data = wire.as_bytes(attack)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        attacks = [pool.submit(wire.exchange, port, data, attack.method) for _ in range(AT_ONCE)]
        others = _seconds(port, show_id)
        replies = [each.result() for each in attacks]
    quickest = min(reply.seconds for reply in replies)
    if others >= LONGEST_SECONDS:
        return f"others wait {others:.1f} s"
    if quickest >= LONGEST_SECONDS_OF_ATTACK:
        return f"the attack takes {quickest:.1f} s"
    if any(reply.status is not None and reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR for reply in replies):
        return "the status is 5xx"
    return None

"""500 buyers request seats of one show at the same time: they are served roughly in the order of their arrival."""

import json
import selectors
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import correlation
from urllib.parse import urlsplit

import pytest

from tests.proof import fixtures
from tests.proof.fixtures import Actor, ShowFixture
from tests.serving import Server, serving

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("server")]

BUYERS = 500
ROWS = ["S" * 50] * 10
LABELS = [f"{row}{number}" for row in "ABCDEFGHIJ" for number in range(1, 51)]
BOOK = "mutation ($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"
TIMEOUT_SECONDS = 60


def request(buyer: Actor, show: ShowFixture, label: str, address: str) -> bytes:
    body = json.dumps({"query": BOOK, "variables": {"input": {"showId": show.global_id, "seat": label}}})
    lines = [
        "POST /graphql HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Authorization: Bearer {buyer.token}",
        f"X-Forwarded-For: {address}",
        f"Content-Length: {len(body)}",
        "",
        body,
    ]
    return "\r\n".join(lines).encode()


def responses_in_order(server: Server, requests: Sequence[bytes]) -> list[tuple[int, bytes]]:
    """Send the requests one after the other, each on a connection of its own, without waiting for the responses.

    Returns the number and the content of each, in the order in which the responses arrive.
    """
    url = urlsplit(server.address)
    responses: list[tuple[int, bytes]] = []
    connections: list[socket.socket] = []
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        for number, content in enumerate(requests):
            connection = socket.create_connection((url.hostname, url.port), timeout=TIMEOUT_SECONDS)
            connections.append(stack.enter_context(connection))
            selector.register(connection, selectors.EVENT_READ, number)
            connection.sendall(content)
        while len(responses) < len(requests):
            ready = selector.select(TIMEOUT_SECONDS)
            assert ready, f"only {len(responses)} responses arrived"
            for key, _ in ready:
                responses.append((key.data, connections[key.data].recv(65_536)))
                selector.unregister(key.fileobj)
    return responses


def test_buyers_are_served_in_order_of_arrival(environment: dict[str, str], tmp_path: Path) -> None:
    created = fixtures.create(environment, users=BUYERS, shows=1, rows=ROWS)
    (show,) = created.shows
    requests = [
        request(buyer, show, label, f"192.0.2.{number % 250}")
        for number, (buyer, label) in enumerate(zip(created.users, LABELS, strict=True))
    ]

    # Each process serves its own connections, and one can be slower than another.
    one_process = ("manage.py", "serve", "--workers", "1")
    with serving(environment | {"TRUSTED_PROXIES": "1"}, log=tmp_path / "server.log", program=one_process) as busy:
        responses = responses_in_order(busy, requests)

    assert all(b'"__typename":"Booking"' in content.replace(b" ", b"") for _, content in responses)
    arrivals = [number for number, _ in responses]
    # 1 for exactly this order, 0 for a random order.
    assert correlation(arrivals, range(BUYERS)) > 0.95

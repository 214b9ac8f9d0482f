"""Clients of the site that query, book seats and watch shows. They do not repeat failed requests."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.connection import Connection

from tests.deploy.nginx import Nginx
from tests.proof.fixtures import Actor, Fixtures, ShowFixture
from tests.sockets.client import INIT, receive, send, subscribe_message

BOOK = "mutation ($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"
MOVIES = "{ movies(first: 5) { nodes { title } } }"
# Each client sends fewer requests than nginx allows for one address.
SECONDS_BETWEEN_REQUESTS = 0.05


@dataclass
class Load:
    """What the clients got. Seats are labels."""

    nginx: Nginx
    answered: int = 0
    booked: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    # For each time that a WebSocket was closed, the seconds until a new one was subscribed.
    gaps: list[float] = field(default_factory=list)
    # For each watcher, the seats it knows to be taken.
    seen: list[set[str]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def query(self, address: str) -> None:
        while not self.stopping.wait(SECONDS_BETWEEN_REQUESTS):
            self._call(address, MOVIES)

    def book(self, address: str, buyer: Actor, show: ShowFixture, seats: Iterable[str]) -> None:
        for seat in seats:
            if self.stopping.wait(SECONDS_BETWEEN_REQUESTS):
                return
            result = self._call(address, BOOK, buyer.token, input={"showId": show.global_id, "seat": seat})
            if result.get("bookSeat") == {"__typename": "Booking"}:
                self.booked.append(seat)
        self.failed.append("no seats are left to book")

    def watch(self, address: str, show: ShowFixture) -> None:
        """Reconnect whenever the connection is closed, with the last cursor."""
        watcher = _Watcher(self, show)
        while not self.stopping.is_set():
            with suppress(WebSocketException, OSError), self.nginx.open_socket(address=address) as client:
                watcher.follow(client)
            watcher.closed_at = time.monotonic()

    def _call(self, address: str, document: str, token: str = "", **variables: Any) -> Any:
        """The data of the response. A new connection is used for each request, because browsers repeat a request
        on a new one if the connection was closed, and this client repeats none.
        """
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        body = json.dumps({"query": document, "variables": variables})
        try:
            with self.nginx.client(address=address) as client:
                client.request("POST", "/graphql", body, headers)
                with client.getresponse() as response:
                    text = response.read()
                    assert response.status == HTTPStatus.OK, f"{response.status}: {text!r}"
            answer = json.loads(text)
            assert "errors" not in answer, text
        except (OSError, HTTPException, AssertionError) as error:
            self.failed.append(f"{type(error).__name__}: {error}")
            return {}
        self.answered += 1
        return answer["data"]


class _Watcher:
    def __init__(self, load: Load, show: ShowFixture) -> None:
        self._load = load
        self._show = show
        self._cursor: str | None = None
        self._seen: set[str] = set()
        load.seen.append(self._seen)
        self.closed_at: float | None = None

    def follow(self, client: Connection) -> None:
        """Receive changes until the connection is closed."""
        send(client, INIT)
        receive(client)
        send(client, subscribe_message(self._show.global_id, since=self._cursor))
        # The answer comes after the subscription has started.
        send(client, {"type": "ping"})
        while not self._load.stopping.is_set():
            with suppress(TimeoutError):
                self._handle(client, json.loads(client.recv(timeout=0.5)))

    def _handle(self, client: Connection, message: Any) -> None:
        if message["type"] == "ping":
            send(client, {"type": "pong"})
        elif message["type"] == "pong" and self.closed_at is not None:
            self._load.gaps.append(time.monotonic() - self.closed_at)
            self.closed_at = None
        elif message["type"] == "next":
            changes = message["payload"]["data"]["seatChanges"]
            self._cursor = changes["cursor"]
            self._seen |= {seat["label"] for seat in changes["seats"] if seat["status"] != "AVAILABLE"}


@contextmanager
def running(nginx: Nginx, created: Fixtures) -> Iterator[Load]:
    """Clients at different addresses: two that query, one for each user that books, and ten that watch."""
    load = Load(nginx)
    (show,) = created.shows
    share = len(show.seats) // len(created.users)
    calls: list[Callable[[], None]] = [partial(load.query, f"127.0.1.{number}") for number in (1, 2)]
    for number, buyer in enumerate(created.users):
        seats = show.seats[number * share : (number + 1) * share]
        calls.append(partial(load.book, f"127.0.2.{number + 1}", buyer, show, seats))
    calls += [partial(load.watch, f"127.0.3.{number + 1}", show) for number in range(10)]
    with ThreadPoolExecutor(len(calls)) as pool:
        clients = [pool.submit(each) for each in calls]
        try:
            yield load
        finally:
            load.stopping.set()
    for client in clients:
        client.result()

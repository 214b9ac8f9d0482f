"""Subscriptions over server-sent events, in this process."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import Settings

from cinema.accounts import sessions, tokens
from cinema.booking import bookings
from cinema.models import Show, User
from schema.catalog.seat_maps import cursor_of
from schema.engine.context import SocketContext
from schema.engine.http.requests import GraphQLRequest
from schema.engine.sse import server, stream
from schema.engine.sse.server import SUBSCRIPTION
from schema.engine.sse.stream import Subscription
from schema.engine.subscriptions import admission, lifetime
from schema.root import schema
from tests import situations
from tests.conftest import global_id
from tests.realtime.viewers import eventually
from tests.sockets.peer import SECONDS, WATCH, connected, in_another_thread, run

pytestmark = pytest.mark.django_db(transaction=True)

HEADERS = [(b"content-type", b"text/event-stream"), (b"x-request-id", b"0" * 32), (b"vary", b"origin")]


class Peer:
    """The client of one stream. It raises `TimeoutError` if an event does not arrive in time."""

    def __init__(self, subscription: Subscription, address: str) -> None:
        self._to_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.reads = asyncio.Event()
        self.reads.set()
        environ = {SUBSCRIPTION: subscription, "REMOTE_ADDR": address}
        self.served = asyncio.create_task(
            server.serve(schema, environ, list(HEADERS), self._to_server.get, self._receive)
        )

    async def _receive(self, event: dict[str, Any]) -> None:
        await self.reads.wait()
        self._from_server.put_nowait(event)

    def disconnect(self) -> None:
        self._to_server.put_nowait({"type": "http.disconnect"})

    async def event(self) -> dict[str, Any]:
        """The next ASGI event that the server sends."""
        async with asyncio.timeout(SECONDS):
            return await self._from_server.get()

    async def text(self) -> str:
        """The next part of the body."""
        body = (await self.event())["body"]
        assert isinstance(body, bytes)
        return body.decode()

    async def changes(self) -> dict[str, tuple[str, bool]]:
        """The changes in the next event, by label: the status, and whether the seat is the viewer's own."""
        event, data, *rest = (await self.text()).split("\n")
        assert (event, rest) == ("event: next", ["", ""])
        result = json.loads(data.removeprefix("data: "))
        return {seat["label"]: (seat["status"], seat["mine"]) for seat in result["data"]["seatChanges"]["seats"]}

    async def last(self) -> str:
        """The last part of the body, after which the response ends."""
        event = await self.event()
        assert not event.get("more_body"), event
        async with asyncio.timeout(SECONDS):
            await self.served
        return bytes(event["body"]).decode()


@asynccontextmanager
async def streaming(
    show: Show, *, user: User | None = None, token: str | None = None, address: str = "192.0.2.1", **variables: Any
) -> AsyncIterator[Peer]:
    """A client whose stream has begun. It disconnects at the end."""
    request = GraphQLRequest(WATCH, {"show": global_id(show), **variables}, None)
    peer = Peer(Subscription(request, SocketContext(user), token), address)
    try:
        assert await peer.event() == {"type": "http.response.start", "status": 200, "headers": HEADERS}
        assert await peer.text() == ":\n\n"
        yield peer
    finally:
        peer.reads.set()
        peer.disconnect()
        await asyncio.wait([peer.served], timeout=SECONDS)


def open_connections() -> int:
    return len(admission._open)  # noqa: SLF001 - nothing else shows it


def test_changes_arrive_until_the_client_disconnects() -> None:
    show, buyer = situations.a_show(), situations.a_user()

    async def test() -> None:
        async with streaming(show, user=buyer) as own, streaming(show) as anonymous:
            await in_another_thread(bookings.book, show_id=show.pk, labels=["A1"], by=buyer)
            assert await own.changes() == {"A1": ("BOOKED", True)}
            assert await anonymous.changes() == {"A1": ("BOOKED", False)}
            own.disconnect()
            await asyncio.wait([own.served], timeout=SECONDS)
            assert open_connections() == 1
        assert open_connections() == 0

    run(test())


def test_a_stream_resumes_at_a_cursor() -> None:
    show, buyer = situations.a_show(), situations.a_user()
    since = cursor_of(datetime(2000, 1, 1, tzinfo=UTC))
    bookings.book(show_id=show.pk, labels=["A1"], by=buyer)

    async def test() -> None:
        async with streaming(show, since=since) as peer:
            assert await peer.changes() == {"A1": ("BOOKED", False)}

    run(test())


def test_an_error_of_the_field_ends_the_stream_with_its_code() -> None:
    show = situations.a_show()

    async def test() -> None:
        async with streaming(show, since="nonsense") as peer:
            event, data, _, complete, *_ = (await peer.last()).split("\n")
            assert (event, complete) == ("event: next", "event: complete")
            (error,) = json.loads(data.removeprefix("data: "))["errors"]
            assert error["extensions"]["code"] == "BAD_USER_INPUT"

    run(test())


def test_streams_and_sockets_of_an_address_are_limited_together(settings: Settings) -> None:
    settings.SOCKETS_PER_ADDRESS = 2
    show = situations.a_show()
    refused = Subscription(GraphQLRequest(WATCH, {}, None), SocketContext(None), None)

    async def test() -> None:
        async with streaming(show), connected(REMOTE_ADDR="192.0.2.1"), streaming(show, address="192.0.2.2"):
            peer = Peer(refused, "192.0.2.1")
            start = await peer.event()
            headers = dict(start["headers"])
            assert start["status"] == 503
            assert headers[b"content-type"] == b"application/json"
            assert headers[b"vary"] == b"origin"
            assert int(headers[b"retry-after"]) > 0
            (error,) = json.loads(await peer.last())["errors"]
            assert error["extensions"]["code"] == "SERVICE_UNAVAILABLE"
            assert error["message"] == "More than 2 connections from one address. Try again later."

    run(test())


def test_a_stream_ends_at_its_maximum_age(settings: Settings) -> None:
    settings.SOCKET_SECONDS = 0.05
    show = situations.a_show()

    async def test() -> None:
        async with streaming(show) as peer:
            assert await peer.last() == ": The stream has reached its maximum age. Send the request again.\n\n"

    run(test())


def test_a_stream_ends_with_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifetime, "SESSION_CHECK_INTERVAL_SECONDS", 0.05)
    show, user = situations.a_show(), situations.a_user()
    token = situations.an_access_token(user)
    _, family = tokens.read_access_token(token)

    async def test() -> None:
        async with streaming(show, user=user, token=token) as peer, streaming(show) as anonymous:
            await in_another_thread(sessions.logout, by=user, family=family, everywhere=False)
            assert await peer.last() == ": The access token is invalid. Please log in again.\n\n"
            assert not anonymous.served.done()

    run(test())


def test_heartbeats_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_INTERVAL_SECONDS", 0.05)
    show = situations.a_show()

    async def test() -> None:
        async with streaming(show) as peer:
            assert [await peer.text(), await peer.text()] == [":\n\n"] * 2

    run(test())


def test_a_slow_reader_is_disconnected_and_others_receive_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "SEND_TIMEOUT_SECONDS", 0.2)
    show, buyer = situations.a_show(), situations.a_user()

    async def test() -> None:
        async with streaming(show) as slow, streaming(show) as quick:
            slow.reads.clear()
            await in_another_thread(bookings.book, show_id=show.pk, labels=["A1"], by=buyer)
            assert await quick.changes() == {"A1": ("BOOKED", False)}
            await eventually(lambda: open_connections() == 1, what="the slow client to be disconnected")

    run(test())

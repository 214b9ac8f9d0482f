"""A WebSocket client in this process, which calls the ASGI application directly. For a real server, see `client`."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, ParamSpec, TypeVar

import strawberry
from django.http import HttpRequest
from django.test import RequestFactory

from schema.engine.sockets import server
from schema.engine.sockets.messages import PROTOCOL
from schema.root import schema
from tests.realtime.viewers import run_in_thread

SECONDS = 10
WATCH = """
subscription Watch($show: ID!, $since: String) {
  seatChanges(showId: $show, since: $since) { cursor seats { label status mine } }
}
"""
Message = dict[str, Any]

P = ParamSpec("P")
R = TypeVar("R")


class Peer:
    """Sends and receives messages. Raises `TimeoutError` if a message does not arrive in time."""

    def __init__(self, served: strawberry.Schema, request: HttpRequest, scope: Message, reads: asyncio.Event) -> None:
        self._to_server: asyncio.Queue[Message] = asyncio.Queue()
        self._from_server: asyncio.Queue[Message] = asyncio.Queue()
        self._reads = reads
        self._to_server.put_nowait({"type": "websocket.connect"})
        self.served = asyncio.create_task(server.serve(served, request, scope, self._to_server.get, self._receive))

    async def _receive(self, event: Message) -> None:
        await self._reads.wait()
        self._from_server.put_nowait(event)

    def send(self, message: object) -> None:
        """Send a message in JSON, a `str` without changes, or `bytes` in a binary frame."""
        if isinstance(message, bytes):
            self._to_server.put_nowait({"type": "websocket.receive", "bytes": message})
        else:
            text = message if isinstance(message, str) else json.dumps(message)
            self._to_server.put_nowait({"type": "websocket.receive", "text": text})

    def disconnect(self) -> None:
        self._to_server.put_nowait({"type": "websocket.disconnect", "code": 1006})

    def stop_reading(self) -> None:
        self._reads.clear()

    def resume_reading(self) -> None:
        self._reads.set()

    async def event(self) -> Message:
        """The next ASGI event that the server sends."""
        async with asyncio.timeout(SECONDS):
            return await self._from_server.get()

    async def message(self) -> Any:
        event = await self.event()
        assert event["type"] == "websocket.send", event
        return json.loads(event["text"])

    async def closed(self) -> tuple[int, str]:
        """The code and the reason with which the server closes the connection."""
        event = await self.event()
        assert event["type"] == "websocket.close", event
        async with asyncio.timeout(SECONDS):
            await self.served
        return event["code"], event["reason"]

    async def initialize(self, token: str | None = None) -> None:
        self.send({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"} if token else None})
        assert await self.message() == {"type": "connection_ack"}

    def subscribe(self, query: str = WATCH, number: int = 1, **variables: Any) -> None:
        payload = {"query": query, "variables": variables}
        self.send({"type": "subscribe", "id": str(number), "payload": payload})

    async def changes(self) -> dict[str, tuple[str, bool]]:
        """The changes in the next message, by label: the status, and whether the seat is the viewer's own."""
        message = await self.message()
        assert message["type"] == "next", message
        return {
            seat["label"]: (seat["status"], seat["mine"]) for seat in message["payload"]["data"]["seatChanges"]["seats"]
        }

    async def errors(self) -> list[dict[str, Any]]:
        message = await self.message()
        assert message["type"] == "error", message
        return list(message["payload"])


@asynccontextmanager
async def handshake(
    served: strawberry.Schema = schema,
    /,
    *,
    subprotocols: Sequence[str] = (PROTOCOL,),
    extensions: Collection[str] = (),
    path: str = "/graphql",
    **headers: str,
) -> AsyncIterator[Peer]:
    """A client that has sent a handshake. It disconnects at the end.

    `headers` are named as in `META`. `extensions` are those of the ASGI server.
    """
    reads = asyncio.Event()
    reads.set()
    scope = {"subprotocols": list(subprotocols), "extensions": {name: {} for name in extensions}}
    peer = Peer(served, _request(path, headers), scope, reads)
    try:
        yield peer
    finally:
        peer.resume_reading()
        peer.disconnect()
        await asyncio.wait([peer.served], timeout=SECONDS)


def _request(path: str, headers: dict[str, Any]) -> HttpRequest:
    return RequestFactory().get(path, **headers)


@asynccontextmanager
async def connected(served: strawberry.Schema = schema, /, **headers: str) -> AsyncIterator[Peer]:
    """A client that the server accepted."""
    async with handshake(served, **headers) as peer:
        assert await peer.event() == {"type": "websocket.accept", "subprotocol": PROTOCOL}
        yield peer


def run(test: Coroutine[Any, Any, None]) -> None:
    """Run the test, and check that it leaves no task running."""

    async def checked() -> None:
        await test
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for _ in range(100):
            if not any(not task.done() for task in others):
                break
            await asyncio.sleep(0.01)
        assert [task for task in others if not task.done()] == []

    asyncio.run(checked())


async def in_another_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `function` in a thread, as another process would."""
    return await run_in_thread(partial(function, *args, **kwargs))

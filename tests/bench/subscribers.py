"""Many subscribers of one show, in an event loop of a thread of their own."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

PROTOCOL = Subprotocol("graphql-transport-ws")
SUBSCRIPTION = """
subscription Watch($show: ID!) {
  seatChanges(showId: $show) { cursor seats { label status mine price { amount currency } } }
}
"""


class Subscribers:
    """Each knows the last status it received of each seat."""

    def __init__(self, many: int) -> None:
        self.many = many
        self._seats: list[dict[str, str]] = []
        self._loop = asyncio.new_event_loop()
        self._sockets: list[ClientConnection] = []
        self._readers: list[asyncio.Task[None]] = []
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def watch(self, address: str, show: str) -> None:
        asyncio.run_coroutine_threadsafe(self._watch(address, show), self._loop).result()

    def all_see(self, label: str, status: str) -> bool:
        return all(seats.get(label) == status for seats in self._seats)

    def leave(self) -> None:
        asyncio.run_coroutine_threadsafe(self._leave(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _watch(self, address: str, show: str) -> None:
        for _ in range(self.many):
            socket = await connect(f"ws{address.removeprefix('http')}/graphql", subprotocols=[PROTOCOL])
            await socket.send(json.dumps({"type": "connection_init"}))
            await socket.recv()
            payload = {"query": SUBSCRIPTION, "variables": {"show": show}}
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
            self._sockets.append(socket)
            self._seats.append({})
            self._readers.append(asyncio.create_task(self._read(socket, self._seats[-1])))

    async def _read(self, socket: ClientConnection, seats: dict[str, str]) -> None:
        async for text in socket:
            message = json.loads(text)
            if message["type"] == "next":
                changes = message["payload"]["data"]["seatChanges"]["seats"]
                seats |= {seat["label"]: seat["status"] for seat in changes}
            if message["type"] == "ping":
                await socket.send(json.dumps({"type": "pong"}))

    async def _leave(self) -> None:
        await asyncio.gather(*(socket.close() for socket in self._sockets))
        await asyncio.gather(*self._readers, return_exceptions=True)


@contextmanager
def subscribers(address: str, show: str, *, many: int) -> Iterator[Subscribers]:
    group = Subscribers(many)
    group.watch(address, show)
    try:
        yield group
    finally:
        group.leave()

"""A client that keeps a copy of a seat map: it reads the map over HTTP and then subscribes to changes."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.proof.fixtures import ShowFixture
from tests.serving import Server

PROTOCOL = Subprotocol("graphql-transport-ws")
SEATS = "seats { label status mine }"
SEAT_MAP = f"query ($id: ID!) {{ show(id: $id) {{ seatMap {{ cursor rows {{ {SEATS} }} }} }} }}"
SEAT_CHANGES = (
    f"subscription ($id: ID!, $since: String) {{ seatChanges(showId: $id, since: $since) {{ cursor {SEATS} }} }}"
)

# The status of each seat, by label, and whether it is the viewer's.
Seats = dict[str, tuple[str, bool]]


class Copy:
    """The seat map of one show, as one viewer sees it. Without a token, the viewer is anonymous."""

    def __init__(self, server: Server, show: ShowFixture, token: str | None = None) -> None:
        self.server = server
        self.show = show
        self.token = token
        self.seats: Seats = {}
        self.cursor: str | None = None
        self.messages = 0

    async def read(self) -> None:
        """Replace the copy with the current map."""
        seat_map = await asyncio.to_thread(self._current_map)
        self.cursor, self.seats = seat_map["cursor"], _seats_of(seat_map)

    def current_seats(self) -> Seats:
        """The current map, which the copy should equal."""
        return _seats_of(self._current_map())

    async def follow(self) -> None:
        """Apply changes until the connection ends. Cancelling this resets the connection."""
        try:
            async with self._connected() as connection:
                await self._send(connection, "subscribe", id="1", payload=self._subscription())
                async for text in connection:
                    await self._receive(connection, json.loads(text))
        except (ConnectionClosed, ConnectionError):
            pass

    def since(self) -> str | None:
        """The cursor to subscribe from."""
        return self.cursor

    def take(self, changes: dict[str, Any]) -> None:
        self.apply(changes["seats"])
        self.cursor = changes["cursor"]

    def apply(self, seats: list[dict[str, Any]]) -> None:
        self.seats |= {seat["label"]: _seen(seat) for seat in seats}

    def _current_map(self) -> Any:
        response = self.server.post(SEAT_MAP, self.token, id=self.show.global_id)
        return response["data"]["show"]["seatMap"]

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[ClientConnection]:
        address = f"ws{self.server.address.removeprefix('http')}/graphql"
        connection = await connect(address, subprotocols=[PROTOCOL], ping_interval=None)
        try:
            payload = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            await self._send(connection, "connection_init", payload=payload)
            assert json.loads(await connection.recv()) == {"type": "connection_ack"}
            yield connection
        finally:
            reset(connection)

    def _subscription(self) -> dict[str, Any]:
        return {"query": SEAT_CHANGES, "variables": {"id": self.show.global_id, "since": self.since()}}

    async def _receive(self, connection: ClientConnection, message: dict[str, Any]) -> None:
        if message["type"] == "ping":
            await self._send(connection, "pong")
            return
        assert message["type"] == "next", message
        self.messages += 1
        self.take(message["payload"]["data"]["seatChanges"])

    async def _send(self, connection: ClientConnection, kind: str, **fields: Any) -> None:
        await connection.send(json.dumps({"type": kind, **fields}))


def reset(connection: ClientConnection) -> None:
    """Reset the connection without a closing handshake, as when a network fails."""
    raw = connection.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.transport.abort()


def _seats_of(seat_map: Any) -> Seats:
    return {seat["label"]: _seen(seat) for row in seat_map["rows"] for seat in row["seats"]}


def _seen(seat: dict[str, Any]) -> tuple[str, bool]:
    return seat["status"], seat["mine"]

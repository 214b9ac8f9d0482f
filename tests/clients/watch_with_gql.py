"""Watch a show with gql."""

from collections.abc import AsyncIterator
from typing import Any

from gql import Client, gql
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport

SEAT_CHANGES = """
subscription ($show: ID!, $since: String) {
  seatChanges(showId: $show, since: $since) { cursor seats { label status mine } show { status seatsAvailable } }
}
"""


async def seat_changes(url: str, token: str | None, show: str, since: str | None) -> AsyncIterator[dict[str, Any]]:
    """The changes of a show since a cursor. `url` begins with `ws://` or `wss://`."""
    payload = {"Authorization": f"Bearer {token}"} if token else {}
    document = gql(SEAT_CHANGES)
    document.variable_values = {"show": show, "since": since}
    async with Client(transport=AIOHTTPWebsocketsTransport(url, init_payload=payload)) as session:
        async for result in session.subscribe(document):
            yield result["seatChanges"]

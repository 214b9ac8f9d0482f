"""The messages of graphql-transport-ws, as a client sends them and as they are written.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schema.engine.http.requests import BadRequest, GraphQLRequest, checked, parsed

PROTOCOL = "graphql-transport-ws"

# Of a message; a document may have half of it.
MOST_CHARACTERS = 100_000
LONGEST_ID = 200
# A frame that closes has 125 bytes, two of them for the code.
LONGEST_REASON = 120


class Close(Exception):
    """The connection ends with this code, for this reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason.encode("ascii", "replace")[:LONGEST_REASON].decode()


@dataclass(frozen=True)
class Init:
    """Begins; `authorization` as the header of this name over HTTP."""

    authorization: str


@dataclass(frozen=True)
class Ping:
    pass


@dataclass(frozen=True)
class Pong:
    pass


@dataclass(frozen=True)
class Subscribe:
    id: str
    request: GraphQLRequest


@dataclass(frozen=True)
class Complete:
    id: str


Message = Init | Ping | Pong | Subscribe | Complete


def read(text: str | None) -> Message:
    """The message that was sent as `text`; None: as bytes. Raises `Close`."""
    if text is None:
        raise Close(4400, "A message is text, not bytes.")
    if len(text) > MOST_CHARACTERS:
        raise Close(1009, f"A message has at most {MOST_CHARACTERS} characters.")
    try:
        message = parsed(text)
        kind = message.get("type") if isinstance(message, dict) else None
        if not isinstance(kind, str) or kind not in _READERS:
            raise Close(4400, f"A message is a JSON object with a `type`: {', '.join(_READERS)}.")
        return _READERS[kind](message)
    except BadRequest as refused:
        raise Close(4400, refused.message) from refused


def next_(id: str, payload: str) -> str:
    """`payload` is JSON already."""
    return f'{{"id":{json.dumps(id)},"type":"next","payload":{payload}}}'


def error(id: str, errors: list[dict[str, Any]]) -> str:
    return json.dumps({"id": id, "type": "error", "payload": errors}, separators=(",", ":"))


def complete(id: str) -> str:
    return json.dumps({"id": id, "type": "complete"})


ACKNOWLEDGED = '{"type":"connection_ack"}'
PING = '{"type":"ping"}'
PONG = '{"type":"pong"}'


def _init(message: dict[str, Any]) -> Init:
    payload = message.get("payload")
    if not isinstance(payload, dict | None):
        raise Close(4400, "The payload of connection_init is an object.")
    # The name of a header in whatever case.
    named = [value for name, value in (payload or {}).items() if name.lower() == "authorization"]
    if any(not isinstance(value, str | None) for value in named):
        raise Close(4400, "Authorization is a text: Bearer <token>.")
    return Init(next((value for value in named if value), ""))


def _subscribe(message: dict[str, Any]) -> Subscribe:
    if not isinstance(message.get("payload"), dict):
        raise Close(4400, "The payload of subscribe is an object.")
    return Subscribe(_id(message), checked(message["payload"]))


def _id(message: dict[str, Any]) -> str:
    found = message.get("id")
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST_ID:
        raise Close(4400, f"An id is a text of 1 to {LONGEST_ID} characters.")
    return found


_READERS: dict[str, Callable[[dict[str, Any]], Message]] = {
    "connection_init": _init,
    "ping": lambda message: Ping(),
    "pong": lambda message: Pong(),
    "subscribe": _subscribe,
    "complete": lambda message: Complete(_id(message)),
}

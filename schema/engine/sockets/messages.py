"""Reads and writes the messages of graphql-transport-ws.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schema.engine.http.requests import BadRequest, GraphQLRequest, checked, parsed

PROTOCOL = "graphql-transport-ws"

# The maximum length of a message. A document can have half of that.
MAX_CHARACTERS = 100_000
MAX_ID_LENGTH = 200
# A close frame has at most 125 bytes, two of them for the code.
MAX_REASON_LENGTH = 120


class Close(Exception):
    """The connection must be closed with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason.encode("ascii", "replace")[:MAX_REASON_LENGTH].decode()


@dataclass(frozen=True)
class Init:
    """`connection_init`. `authorization` has the format of the HTTP header. It is empty if the client sent none."""

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
    """Parse a message. `text` is None for a binary message. Raises `Close` if it is malformed."""
    if text is None:
        raise Close(4400, "Malformed message: it must be text, not binary.")
    if len(text) > MAX_CHARACTERS:
        raise Close(1009, f"The message is longer than {MAX_CHARACTERS} characters.")
    try:
        message = parsed(text, "it")
        kind = message.get("type") if isinstance(message, dict) else None
        if not isinstance(kind, str) or kind not in _READERS:
            raise Close(4400, f"Malformed message: `type` must be one of {', '.join(_READERS)}.")
        return _READERS[kind](message)
    except BadRequest as error:
        raise Close(4400, f"Malformed message: {error.message}") from error


def next_(id: str, payload: str) -> str:
    """A `next` message. `payload` is JSON."""
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
        raise Close(4400, "Malformed message: the payload of connection_init must be an object.")
    # The name is case-insensitive, as in HTTP.
    named = [value for name, value in (payload or {}).items() if name.lower() == "authorization"]
    if any(not isinstance(value, str | None) for value in named):
        raise Close(4400, "Malformed message: Authorization must be a string: Bearer <token>.")
    return Init(next((value for value in named if value), ""))


def _subscribe(message: dict[str, Any]) -> Subscribe:
    if not isinstance(message.get("payload"), dict):
        raise Close(4400, "Malformed message: the payload of subscribe must be an object.")
    return Subscribe(_id(message), checked(message["payload"]))


def _id(message: dict[str, Any]) -> str:
    found = message.get("id")
    if not isinstance(found, str) or not 0 < len(found) <= MAX_ID_LENGTH:
        raise Close(4400, f"Malformed message: `id` must be a string of 1 to {MAX_ID_LENGTH} characters.")
    return found


_READERS: dict[str, Callable[[dict[str, Any]], Message]] = {
    "connection_init": _init,
    "ping": lambda message: Ping(),
    "pong": lambda message: Pong(),
    "subscribe": _subscribe,
    "complete": lambda message: Complete(_id(message)),
}

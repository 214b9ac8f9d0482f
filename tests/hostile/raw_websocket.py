"""The bytes a WebSocket client sends: the handshake, and masked frames."""

import json
import struct
from typing import Any

TEXT, BINARY, CLOSE = 1, 2, 8
HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
# XOR with zeros does not change the content.
MASK = bytes(4)


def frame(content: bytes, kind: int = TEXT) -> bytes:
    head = bytes([0x80 | kind])
    if len(content) < 126:
        length = bytes([0x80 | len(content)])
    elif len(content) < 2**16:
        length = bytes([0x80 | 126]) + struct.pack(">H", len(content))
    else:
        length = bytes([0x80 | 127]) + struct.pack(">Q", len(content))
    return head + length + MASK + content


def messages(*sent: dict[str, Any]) -> bytes:
    return b"".join(frame(json.dumps(message).encode()) for message in sent)


def session(*sent: dict[str, Any]) -> bytes:
    """A valid handshake, `connection_init`, and these messages."""
    return HANDSHAKE + messages({"type": "connection_init"}, *sent)

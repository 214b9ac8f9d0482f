"""The bodies of requests, as the HTTP server passes them on: in messages.

https://asgi.readthedocs.io/en/stable/specs/www.html#request-receive-event
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from io import BytesIO
from typing import Any

from django.conf import settings

Receive = Callable[[], Awaitable[dict[str, Any]]]


async def read(receive: Receive, max_bytes: int) -> bytes:
    """The body. If it is too large, the limit and one more byte, so that Django refuses it."""
    body = bytearray()
    more = True
    while more and len(body) <= max_bytes:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body[: max_bytes + 1])


async def discard(receive: Receive) -> None:
    """Receive a body, because browsers show a response only when they have sent their request."""
    with suppress(TimeoutError):
        async with asyncio.timeout(settings.SECONDS_TO_SEND_A_REQUEST):
            while (await receive()).get("more_body"):
                pass


class Incomplete(BytesIO):
    """The body of a request that was not received completely, or not in time. Django responds with an error."""

    # For `config.refused_forms`.
    is_incomplete = True

    def read(self, _size: int | None = -1) -> bytes:
        raise ConnectionResetError

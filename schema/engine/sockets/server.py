"""GraphQL over WebSocket: the handshake, and closing a connection."""

import asyncio
import logging
from contextlib import suppress
from uuid import uuid4

import strawberry
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django_guid import set_guid

from cinema.runtime.client_addresses import client_address, client_key
from schema.engine.sockets.admission import admitted
from schema.engine.sockets.connection import SEND_TIMEOUT_SECONDS, Connection, Disconnected, Event, Receive, Send
from schema.engine.sockets.messages import PROTOCOL, Close

logger = logging.getLogger(__name__)


async def serve(
    schema: strawberry.Schema, request: HttpRequest, subprotocols: list[str], receive: Receive, send: Send
) -> None:
    """Serve one WebSocket. `request` is its handshake. `receive` and `send` are ASGI's."""
    set_guid(uuid4().hex)
    await receive()
    if not _is_allowed(request):
        # Closed before it is accepted, the handshake is answered with the status 403.
        await send({"type": "websocket.close"})
        return
    accepted: Event = {"type": "websocket.accept"}
    if PROTOCOL in subprotocols:
        accepted["subprotocol"] = PROTOCOL
    await send(accepted)
    try:
        await _serve_accepted(schema, request, subprotocols, receive, send)
    except Close as close:
        await _close(send, close)
    except Disconnected:
        pass
    except Exception:
        logger.exception("a WebSocket connection failed")
        await _close(send, Close(4500, "Something went wrong on our side."))


async def _serve_accepted(
    schema: strawberry.Schema, request: HttpRequest, subprotocols: list[str], receive: Receive, send: Send
) -> None:
    if PROTOCOL not in subprotocols:
        raise Close(4406, f"The subprotocol must be {PROTOCOL}.")
    key = client_key(client_address(request.META, trusted_proxies=settings.TRUSTED_PROXIES))
    with admitted(key):
        await Connection(schema, receive, send, client_key=key).run()


def _is_allowed(request: HttpRequest) -> bool:
    """Whether the host, path, scheme and origin of the handshake are allowed."""
    try:
        host = request.get_host()
    except DisallowedHost:
        return False
    if request.path_info.rstrip("/") != "/graphql":
        return False
    if getattr(settings, "SECURE_SSL_REDIRECT", False) and not request.is_secure():
        return False
    origin = request.headers.get("Origin")
    return origin in (None, f"http://{host}", f"https://{host}", *settings.CORS_ALLOWED_ORIGINS)


async def _close(send: Send, close: Close) -> None:
    """Send the close frame. If the client does not receive it in time, the HTTP server drops the connection."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
            await send({"type": "websocket.close", "code": close.code, "reason": close.reason})

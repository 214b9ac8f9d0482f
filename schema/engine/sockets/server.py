"""GraphQL over WebSocket: the handshake, and closing a connection."""

import asyncio
import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import strawberry
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django_guid import set_guid

from cinema.runtime.client_addresses import client_address, client_key
from cinema.runtime.request_ids import request_id_of
from schema.engine.errors import error_json
from schema.engine.sockets.connection import SEND_TIMEOUT_SECONDS, Connection, Disconnected, Event, Receive, Send
from schema.engine.sockets.messages import PROTOCOL, Close
from schema.engine.subscriptions.admission import TooManyConnections, admitted

logger = logging.getLogger(__name__)

REFUSAL = "This WebSocket is not allowed. Check the host, the path, the origin, and the use of HTTPS."
# The ASGI extension for a response to a refused handshake.
HTTP_RESPONSE = "websocket.http.response"


async def serve(
    schema: strawberry.Schema, request: HttpRequest, scope: Mapping[str, Any], receive: Receive, send: Send
) -> None:
    """Serve one WebSocket. `request` is its handshake. `scope`, `receive` and `send` are ASGI's."""
    request_id = request_id_of(request.META)
    set_guid(request_id)
    await receive()
    if not _is_allowed(request):
        await _refuse(send, request_id, has_response=HTTP_RESPONSE in (scope.get("extensions") or {}))
        return
    subprotocols: list[str] = scope["subprotocols"]
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
    try:
        with admitted(key):
            await Connection(schema, receive, send, client_key=key).run()
    except TooManyConnections as error:
        raise Close(1013, str(error)) from error


async def _refuse(send: Send, request_id: str, *, has_response: bool) -> None:
    """Refuse the handshake with the status 403. Without the extension, the HTTP server sends an empty response."""
    if not has_response:
        await send({"type": "websocket.close"})
        return
    headers = {"content-type": "application/json", "cache-control": "no-store", "x-request-id": request_id}
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": f"{HTTP_RESPONSE}.start", "status": 403, "headers": encoded})
    error = error_json(REFUSAL, code="BAD_USER_INPUT", requestId=request_id)
    await send({"type": f"{HTTP_RESPONSE}.body", "body": json.dumps({"errors": [error]}).encode()})


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

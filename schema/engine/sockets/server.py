"""GraphQL over WebSocket: who may connect, and how a connection ends."""

import asyncio
import logging
from contextlib import suppress
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django_guid import set_guid

from cinema.runtime.client_addresses import client_address, client_key
from schema.engine.sockets.admission import admitted
from schema.engine.sockets.connection import SECONDS_TO_TAKE_A_MESSAGE, Connection, Event, Gone, Receive, Send
from schema.engine.sockets.messages import PROTOCOL, Close

logger = logging.getLogger(__name__)


async def serve(request: HttpRequest, subprotocols: list[str], receive: Receive, send: Send) -> None:
    """One WebSocket, from its handshake on, which `request` tells of."""
    set_guid(uuid4().hex)
    await receive()
    if not _may_connect(request):
        # Before it is accepted this is an answer with the status 403.
        await send({"type": "websocket.close"})
        return
    accepted: Event = {"type": "websocket.accept"}
    if PROTOCOL in subprotocols:
        accepted["subprotocol"] = PROTOCOL
    await send(accepted)
    try:
        await _converse(request, subprotocols, receive, send)
    except Close as close:
        await _close(send, close)
    except Gone:
        pass
    except Exception:
        logger.exception("a socket failed")
        await _close(send, Close(4500, "Something went wrong on our side."))


async def _converse(request: HttpRequest, subprotocols: list[str], receive: Receive, send: Send) -> None:
    if PROTOCOL not in subprotocols:
        raise Close(4406, f"The subprotocol is {PROTOCOL}.")
    address = client_address(request, trusted_proxies=settings.TRUSTED_PROXIES)
    whose = client_key(address)
    with admitted(whose):
        await Connection(receive, send, whose=whose).run()


def _may_connect(request: HttpRequest) -> bool:
    """Whether it is asked at an address of ours, safely, and by a page that may ask."""
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
    """If the client does not take even that in time, the server ends the connection without."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SECONDS_TO_TAKE_A_MESSAGE):
            await send({"type": "websocket.close", "code": close.code, "reason": close.reason})

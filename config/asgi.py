"""What the HTTP server calls, for requests and for WebSockets.

The event loop reads a request to its end, and only then Django is given it, in a thread: who sends slowly, or never to
the end, holds no thread. Threads are few and stay, as their connections to the database do. Requests wait for one in
a line that is fair to whoever sends fewer; not those of clients that have gone, and none for longer than a person does.
"""

import asyncio
import gc
import json
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from string import printable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from asgiref.wsgi import WsgiToAsgiInstance
from django.conf import settings
from django.http import HttpRequest

from cinema.runtime.client_addresses import block, client_address
from cinema.runtime.fair_queue import FairQueue, Turn
from cinema.runtime.outages import RETRY_AFTER_MS
from config.wsgi import application as django
from schema.engine.sockets import server as sockets

logger = logging.getLogger(__name__)

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass
class Answer:
    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytearray


threads = ThreadPoolExecutor(settings.THREADS)
queue = FairQueue(settings.THREADS)

TOO_BUSY = {
    "message": "The service has too much to do at this moment. Please try again.",
    "extensions": {"code": "SERVICE_UNAVAILABLE", "retryAfterMs": RETRY_AFTER_MS},
}


async def application(scope: Message, receive: Receive, send: Send) -> None:
    environ = _environ(scope)
    if scope["type"] == "websocket":
        await sockets.serve(_request(environ), scope["subprotocols"], receive, send)
    else:
        await _http(environ, receive, send)


async def _http(environ: dict[str, Any], receive: Receive, send: Send) -> None:
    try:
        async with asyncio.timeout(settings.SECONDS_TO_SEND_A_REQUEST):
            body = await _body(receive)
        # Django would take a body that came in chunks, without its length, for an empty one.
        environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    except (ConnectionError, TimeoutError):
        environ |= {"wsgi.input": _CutOff(), "CONTENT_LENGTH": "1"}
    try:
        answer = await _answer_in_turn(environ, receive)
    except ConnectionError:
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": bytes(answer.content)})


async def _answer_in_turn(environ: dict[str, Any], receive: Receive) -> Answer:
    """Raises `ConnectionError` when the client goes while it waits."""
    whose = block(client_address(_request(environ)))
    turn = queue.acquire(whose)
    if not turn.done() and not await _has_come(turn, receive):
        return _too_busy()
    try:
        return await asyncio.get_running_loop().run_in_executor(threads, _answer, environ)
    finally:
        queue.release(whose)


async def _has_come(turn: Turn, receive: Receive) -> bool:
    gone = asyncio.ensure_future(_gone(receive))
    await asyncio.wait({turn, gone}, timeout=settings.QUEUE_TIMEOUT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    has_gone = gone.done()
    gone.cancel()
    if turn.done():
        return True
    turn.cancel()
    if has_gone:
        raise ConnectionResetError
    return False


async def _gone(receive: Receive) -> None:
    """Until the client has gone. What it still sends of a body that is too large is read and forgotten."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _request(environ: dict[str, Any]) -> HttpRequest:
    request = HttpRequest()
    request.META = environ
    request.path_info = environ["PATH_INFO"]
    return request


def _too_busy() -> Answer:
    """Not asking Django, for which there is no thread."""
    request_id, seconds = uuid4().hex, ceil(RETRY_AFTER_MS / 1000)
    headers = {"content-type": "application/json", "retry-after": str(seconds), "x-request-id": request_id}
    logger.warning("request %s waited too long for its turn", request_id)
    content = json.dumps({"errors": [TOO_BUSY]}).encode()
    return Answer(503, [(name.encode(), value.encode()) for name, value in headers.items()], bytearray(content))


def _environ(scope: Message) -> dict[str, Any]:
    wsgi = WsgiToAsgiInstance(django)
    wsgi.scope = {
        **scope,
        # A WebSocket begins with one.
        "method": scope.get("method", "GET"),
        # In an environment X_Forwarded_For could not be told from X-Forwarded-For, which proxies write.
        "headers": [(name, value) for name, value in scope["headers"] if b"_" not in name],
        "query_string": quote(scope["query_string"], safe=printable).encode(),
    }
    environ: dict[str, Any] = wsgi.build_environ(wsgi.scope, None)
    return environ


async def _body(receive: Receive) -> bytes:
    """All of it, or one byte more than is taken, by which Django knows that it is too much."""
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1
    body = bytearray()
    more = True
    while more and len(body) < most:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body[:most])


class _CutOff(BytesIO):
    """A body that did not come to its end, or not in time. Django answers for it if anybody is still there."""

    def read(self, _size: int | None = -1) -> bytes:
        raise ConnectionResetError


def _answer(environ: dict[str, Any]) -> Answer:
    answers: list[Answer] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: object = None, /) -> Callable[[bytes], object]:
        encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
        answers.append(Answer(int(status[:3]), encoded, bytearray()))
        return answers[-1].content.extend

    # Closing the response tells Django that the request is over.
    with closing(django(environ, start_response)) as chunks:
        for chunk in chunks:
            answers[-1].content.extend(chunk)
    return answers[-1]


# What has been loaded by now stays. The garbage collector does not look at it again each time that a request makes many
# objects, and meanwhile let nobody else work.
gc.collect()
gc.freeze()

"""The ASGI application that the HTTP server calls, for requests and for WebSockets.

The event loop reads a request to its end. Then Django handles it in a thread, so a client that sends slowly
does not occupy a thread. The threads are few and permanent, as their database connections are. Requests wait for a
thread in a fair queue. A request leaves the queue when its client disconnects, or after `QUEUE_TIMEOUT_SECONDS`. It
is refused on arrival if it would probably wait longer.
"""

import asyncio
import gc
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from math import ceil
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections, connection
from django.http import HttpRequest
from django_guid import clear_guid

from cinema.accounts.session_reader import SessionReader
from cinema.management.metrics.starting import start_metrics
from cinema.runtime import metrics, tracing
from cinema.runtime.client_addresses import client_address, client_key
from cinema.runtime.fair_queue import FairQueue, Slot
from cinema.runtime.outages import RETRY_AFTER_MS
from cinema.runtime.request_costs import RequestCosts, key_of
from cinema.runtime.worker_processes import end_with_parent, stay_on_one_cpu
from cinema.runtime.worker_threads import WorkerThreads
from config import bodies, metrics_page, probes, uploads
from config import environ as environs
from config.access_log import AccessLog
from config.api import Api, is_api
from config.bodies import Receive
from config.probes import PlainResponse
from config.uploads import TooManyUploads
from config.wsgi import application as django
from schema.engine import documents
from schema.engine.context import CONTEXT, STORED_SESSION, bearer_token
from schema.engine.errors import error_json
from schema.engine.sockets import server as sockets
from schema.engine.sse import server as sse
from schema.engine.sse.server import SUBSCRIPTION
from schema.root import schema

logger = logging.getLogger(__name__)

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]


@dataclass
class HttpResult:
    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes = b""
    # The time that a thread took for it.
    cpu_seconds: float = 0.0


# How long a request waits before the server checks whether its client has disconnected.
UNWATCHED_SECONDS = 0.1
# The session of a token is read again if the request has waited for longer.
FRESH_SECONDS = 0.1

threads = WorkerThreads(settings.THREADS)
queue = FairQueue(settings.THREADS, ahead=2)
# Tests of another API in its place leave out our middleware.
api = Api() if "config.api.api" in settings.MIDDLEWARE else None
costs = RequestCosts()
# Traces must contain all statements, so threads execute them.
sessions = (
    SessionReader()
    if connection.vendor == "postgresql" and not (settings.TRANSACTION_POOLER or settings.TRACING)
    else None
)
access_log = (
    AccessLog(as_json=settings.LOG_FORMAT == "json", with_addresses=settings.LOG_CLIENT_ADDRESSES)
    if settings.ACCESS_LOG
    else None
)

TOO_BUSY = "The server is busy. Please try again."


async def application(scope: Message, receive: Receive, send: Send) -> None:
    environ = environs.build(scope)
    if scope["type"] == "websocket":
        await sockets.serve(schema, _handshake(environ), scope, receive, send)
    elif scope["path"] in probes.PATHS:
        await _send(send, await probes.respond(scope["path"]))
    elif scope["path"] == metrics_page.PATH and settings.METRICS_TOKEN:
        await _send(send, await metrics_page.respond(environ))
    elif uploads.is_upload(environ):
        await _serve_upload(environ, receive, send)
    else:
        await _serve_http(environ, receive, send)


async def _send(send: Send, response: PlainResponse) -> None:
    headers = [(b"content-type", response.content_type.encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})


async def _serve_upload(environ: dict[str, Any], receive: Receive, send: Send) -> None:
    arrived_at = time.monotonic()
    try:
        if uploads.length(environ) <= settings.MAX_UPLOAD_BYTES:
            with uploads.in_progress():
                seconds = await uploads.seconds_to_send(environ)
                await _serve_http(environ, receive, send, max_bytes=settings.MAX_UPLOAD_BYTES, seconds=seconds)
            return
        refusal = _too_large()
    except TooManyUploads:
        refusal = _too_busy(1)
    await bodies.discard(receive)
    metrics.recorder.http_request(environ["PATH_INFO"], refusal.status, time.monotonic() - arrived_at)
    await _send_result(send, refusal)
    _log_access(environ, refusal, arrived_at, client_address(environ, trusted_proxies=settings.TRUSTED_PROXIES))


async def _serve_http(
    environ: dict[str, Any],
    receive: Receive,
    send: Send,
    *,
    max_bytes: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    seconds: float = settings.SECONDS_TO_SEND_A_REQUEST,
) -> None:
    body = b""
    try:
        async with asyncio.timeout(seconds):
            body = await bodies.read(receive, max_bytes)
        # Django ignores a body without a length, as bodies sent in chunks are.
        environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    except (ConnectionError, TimeoutError):
        environ |= {"wsgi.input": bodies.Incomplete(), "CONTENT_LENGTH": "1"}
    arrived_at = time.monotonic()
    address = client_address(environ, trusted_proxies=settings.TRUSTED_PROXIES)
    try:
        result = await _respond_in_turn(environ, address, receive, key=key_of(environ, body))
    except ConnectionError:
        return
    metrics.recorder.http_request(environ["PATH_INFO"], result.status, time.monotonic() - arrived_at)
    if SUBSCRIPTION in environ:
        result.status = await sse.serve(schema, environ, result.headers, receive, send)
    else:
        await _send_result(send, result)
    _log_access(environ, result, arrived_at, address)


def _log_access(environ: dict[str, Any], result: HttpResult, arrived_at: float, address: str) -> None:
    if access_log is not None:
        seconds = time.monotonic() - arrived_at
        access_log.write(environ, status=result.status, headers=result.headers, seconds=seconds, address=address)


async def _send_result(send: Send, result: HttpResult) -> None:
    await send({"type": "http.response.start", "status": result.status, "headers": result.headers})
    await send({"type": "http.response.body", "body": result.content})


async def _respond_in_turn(environ: dict[str, Any], address: str, receive: Receive, *, key: int) -> HttpResult:
    """`key` is the same for similar requests. Raises `ConnectionError` when the client disconnects while it waits."""
    client = client_key(address)
    is_expensive = costs.is_expensive(key)
    expected_wait = queue.expected_wait(client, is_expensive=is_expensive)
    if expected_wait > settings.QUEUE_TIMEOUT_SECONDS:
        metrics.recorder.request_refused("expected wait")
        return _too_busy(expected_wait)
    # It is read before the turn, so that reading it occupies no thread.
    token = bearer_token(environ.get("HTTP_AUTHORIZATION", ""))
    stored = await sessions.read(token, key) if sessions and token and expected_wait < FRESH_SECONDS else None
    slot, queued_at = queue.acquire(client, is_expensive=is_expensive), time.monotonic()
    try:
        if not slot.granted.done() and not await _is_granted_in_time(slot, receive):
            metrics.recorder.request_refused("timeout")
            return _too_busy(settings.QUEUE_TIMEOUT_SECONDS)
        waited = time.monotonic() - queued_at
        metrics.recorder.request_wait(waited)
        if waited < FRESH_SECONDS:
            environ[STORED_SESSION] = stored
        result = await threads.run(partial(respond, environ))
        costs.record(key, result.cpu_seconds)
        if sessions and token and (context := environ.get(CONTEXT)):
            sessions.learn(token, key, context.known_session)
        return result
    finally:
        queue.release(slot)


async def _is_granted_in_time(slot: Slot, receive: Receive) -> bool:
    """Raises `ConnectionError` when the client disconnects."""
    metrics.recorder.requests_waiting(1)
    try:
        return await _wait_for(slot, receive)
    finally:
        metrics.recorder.requests_waiting(-1)


async def _wait_for(slot: Slot, receive: Receive) -> bool:
    # Waiting for two things costs more than a small request, and most requests wait for a few milliseconds.
    await asyncio.wait((slot.granted,), timeout=UNWATCHED_SECONDS)
    if slot.granted.done():
        return True
    disconnected = asyncio.ensure_future(_disconnected(receive))
    try:
        await asyncio.wait(
            {slot.granted, disconnected}, timeout=settings.QUEUE_TIMEOUT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        if disconnected.done() and not slot.granted.done():
            raise ConnectionResetError
        return slot.granted.done()
    finally:
        disconnected.cancel()


async def _disconnected(receive: Receive) -> None:
    """Return when the client has disconnected. The rest of a body that is too large is discarded."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _handshake(environ: dict[str, Any]) -> HttpRequest:
    request = HttpRequest()
    request.META = environ
    request.path_info = environ["PATH_INFO"]
    return request


def _too_large() -> HttpResult:
    headers = {
        "content-type": "text/plain",
        "x-content-type-options": "nosniff",
        "x-request-id": uuid4().hex,
    }
    return HttpResult(413, _encoded(headers.items()), b"The file is too large.")


def _too_busy(wait: float) -> HttpResult:
    """The response for a request that would wait this many seconds for a thread. It is built without Django."""
    request_id, retry_after = uuid4().hex, max(ceil(wait), ceil(RETRY_AFTER_MS / 1000))
    headers = {"content-type": "application/json", "retry-after": str(retry_after), "x-request-id": request_id}
    logger.warning("request %s was refused: no thread would be free for it within %.1f seconds", request_id, wait)
    error = error_json(TOO_BUSY, code="SERVICE_UNAVAILABLE", retryAfterMs=1000 * retry_after)
    content = json.dumps({"errors": [error]}).encode()
    return HttpResult(503, _encoded(headers.items()), content)


def respond(environ: dict[str, Any]) -> HttpResult:
    """Handle a request. Threads call it."""
    begun_at = time.thread_time()
    with tracing.request_span(environ, _route(environ)) as span:
        if api is not None and is_api(environ["PATH_INFO"]):
            result = _respond_as_api(api, environ)
        else:
            result = _respond_as_django(environ)
        if span is not None:
            span.set_attribute("http.response.status_code", result.status)
    result.cpu_seconds = time.thread_time() - begun_at
    return result


def _respond_as_api(api: Api, environ: dict[str, Any]) -> HttpResult:
    request = WSGIRequest(environ)
    try:
        response = api(request)
        headers = {**api.constant_headers(request), **dict(_encoded(response.items()))}
        return HttpResult(response.status_code, list(headers.items()), response.content)
    finally:
        # What Django does at the end of a request.
        close_old_connections()
        clear_guid()


def _respond_as_django(environ: dict[str, Any]) -> HttpResult:
    content = bytearray()
    started: list[tuple[int, list[tuple[bytes, bytes]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: object = None, /) -> Callable[[bytes], object]:
        started.append((int(status[:3]), _encoded(headers)))
        return content.extend

    # Closing the response makes Django finish the request.
    with closing(django(environ, start_response)) as chunks:
        for chunk in chunks:
            content.extend(chunk)
    status, headers = started[-1]
    return HttpResult(status, headers, bytes(content))


def _encoded(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]


def _route(environ: dict[str, Any]) -> str:
    """The name of a request in traces, without what its client can choose."""
    first = environ["PATH_INFO"].strip("/").partition("/")[0]
    return f"/{first}" if first in {"graphql", "admin", "static", "media"} else "other page"


start_metrics()
if settings.TRACING:
    tracing.start()
documents.check_trusted(schema._schema)  # noqa: SLF001 - Strawberry has no public API for it

# The garbage collector stops all threads while it scans all objects. It need not scan those that are loaded at startup,
# which are permanent.
gc.collect()
gc.freeze()

end_with_parent()
stay_on_one_cpu()

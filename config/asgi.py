"""What the HTTP server calls.

The event loop reads a request to its end, and only then Django is given it, in a thread: who sends slowly, or never to
the end, holds no thread. Threads are few and stay, as their connections to the database do.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from string import printable
from typing import Any
from urllib.parse import quote

from asgiref.wsgi import WsgiToAsgiInstance
from django.conf import settings

from config.wsgi import application as django

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass
class Answer:
    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytearray


threads = ThreadPoolExecutor(settings.THREADS)


async def application(scope: Message, receive: Receive, send: Send) -> None:
    environ = _environ(scope)
    try:
        async with asyncio.timeout(settings.SECONDS_TO_SEND_A_REQUEST):
            body = await _body(receive)
        # Django would take a body that came in chunks, without its length, for an empty one.
        environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    except ConnectionError:
        return
    except TimeoutError:
        environ |= {"wsgi.input": _TooLate(), "CONTENT_LENGTH": "1"}
    answer = await asyncio.get_running_loop().run_in_executor(threads, _answer, environ)
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": bytes(answer.content)})


def _environ(scope: Message) -> dict[str, Any]:
    wsgi = WsgiToAsgiInstance(django)
    wsgi.scope = {
        **scope,
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


class _TooLate(BytesIO):
    """A body that did not come to its end in time. Django answers for it as for one that a connection broke off."""

    def read(self, _size: int | None = -1) -> bytes:
        raise TimeoutError


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

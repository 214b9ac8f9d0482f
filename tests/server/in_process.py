"""The ASGI application, called without a server."""

import asyncio
from typing import Any

from config import asgi


def messages_to_post(
    path: str, body: bytes, *, headers: dict[bytes, bytes], seconds: float = 0
) -> list[dict[str, Any]]:
    """The messages of the application for a POST whose client sends the body after this many seconds."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(seconds)
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), *headers.items()],
        "server": ("127.0.0.1", "8000"),
        "client": ("127.0.0.1", 50_000),
    }
    asyncio.run(asgi.application(scope, receive, send))
    return sent

"""Limits the number of WebSocket connections in this process, in total and for each client."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from schema.engine.sockets.messages import Close

_open: Counter[str] = Counter()


@contextmanager
def admitted(client_key: str) -> Iterator[None]:
    """Count one more connection of this client. Raises `Close` if there are too many."""
    if _open[client_key] >= settings.SOCKETS_PER_ADDRESS:
        raise Close(1013, f"More than {settings.SOCKETS_PER_ADDRESS} connections from one address. Try again later.")
    if _open.total() >= settings.SOCKETS:
        raise Close(1013, "Too many connections. Try again later.")
    _open[client_key] += 1
    try:
        yield
    finally:
        _open[client_key] -= 1
        if not _open[client_key]:
            del _open[client_key]

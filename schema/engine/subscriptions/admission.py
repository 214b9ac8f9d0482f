"""Limits the number of connections for subscriptions: in total in this process, and of each client of the server.

WebSockets and event streams count together.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.conf import settings

from cinema.runtime import metrics
from cinema.runtime.shared_counts import SharedCounts

_open: set[int] = set()


class TooManyConnections(Exception):
    """The connection must be refused. The message is for the client."""


@contextmanager
def admitted(client_key: str) -> Iterator[None]:
    """Count one more connection of this client. Raises `TooManyConnections` if there are too many."""
    if len(_open) >= settings.SOCKETS:
        raise TooManyConnections("Too many connections. Try again later.")
    key = _counts().add(client_key, at_most=settings.SOCKETS_PER_ADDRESS)
    if key is None:
        raise TooManyConnections(
            f"More than {settings.SOCKETS_PER_ADDRESS} connections from one address. Try again later."
        )
    _open.add(key)
    metrics.recorder.live_connections(1)
    try:
        yield
    finally:
        metrics.recorder.live_connections(-1)
        _open.remove(key)
        _counts().remove(key)


@cache
def _counts() -> SharedCounts:
    # Not on import: the server forks its processes after that.
    return SharedCounts()

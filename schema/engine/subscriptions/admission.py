"""Limits the number of connections for subscriptions in this process, in total and for each client.

WebSockets and event streams count together.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from cinema.runtime import metrics

_open: Counter[str] = Counter()


class TooManyConnections(Exception):
    """The connection must be refused. The message is for the client."""


@contextmanager
def admitted(client_key: str) -> Iterator[None]:
    """Count one more connection of this client. Raises `TooManyConnections` if there are too many."""
    if _open[client_key] >= settings.SOCKETS_PER_ADDRESS:
        raise TooManyConnections(
            f"More than {settings.SOCKETS_PER_ADDRESS} connections from one address. Try again later."
        )
    if _open.total() >= settings.SOCKETS:
        raise TooManyConnections("Too many connections. Try again later.")
    _open[client_key] += 1
    metrics.recorder.live_connections(1)
    try:
        yield
    finally:
        metrics.recorder.live_connections(-1)
        _open[client_key] -= 1
        if not _open[client_key]:
            del _open[client_key]

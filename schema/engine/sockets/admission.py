"""How many sockets there may be, in this process: of one address, and in all."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from schema.engine.sockets.messages import Close

_open: Counter[str] = Counter()


@contextmanager
def admitted(whose: str) -> Iterator[None]:
    """One more of this address, meanwhile. Raises `Close` when there are too many."""
    if _open[whose] >= settings.SOCKETS_PER_ADDRESS:
        raise Close(1013, f"Only {settings.SOCKETS_PER_ADDRESS} connections from one address. Try again later.")
    if _open.total() >= settings.SOCKETS:
        raise Close(1013, "Too many connections. Try again later.")
    _open[whose] += 1
    try:
        yield
    finally:
        _open[whose] -= 1
        if not _open[whose]:
            del _open[whose]

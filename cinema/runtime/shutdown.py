"""Tells when the server stops this process, so that responses that do not end by themselves can end."""

import asyncio
import signal
from types import FrameType

_waiting: set[asyncio.Future[None]] = set()


async def wait_for_stop() -> None:
    """Return when this process receives SIGTERM. Call it in the main thread, in the event loop of a server."""
    _add_handler()
    stopped = asyncio.get_running_loop().create_future()
    _waiting.add(stopped)
    try:
        await stopped
    finally:
        _waiting.discard(stopped)


def _add_handler() -> None:
    """Add a handler to that of the server, which the event loop calls independently of this one.

    Without a server, as in tests, SIGTERM keeps its default effect.
    """
    current = signal.getsignal(signal.SIGTERM)
    if callable(current) and current is not _stop:
        signal.signal(signal.SIGTERM, _stop)


def _stop(_: int, __: FrameType | None) -> None:
    for stopped in list(_waiting):
        stopped.get_loop().call_soon_threadsafe(_finish, stopped)


def _finish(stopped: "asyncio.Future[None]") -> None:
    if not stopped.done():
        stopped.set_result(None)

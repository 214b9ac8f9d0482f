"""Polling for a condition."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

TIMEOUT_SECONDS = 60
POLL_INTERVAL_SECONDS = 0.05

T = TypeVar("T")


def wait_until(condition: Callable[[], bool], *, what: str, seconds: float = TIMEOUT_SECONDS) -> None:
    """Return when `condition` holds. Raises `TimeoutError` if it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"timed out waiting for {what}")
        time.sleep(POLL_INTERVAL_SECONDS)


async def first_result(attempt: Callable[[], Awaitable[T | None]], *, what: str) -> T:
    """The first result of `attempt` that is not None. Raises `TimeoutError` if there is none in time."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while (result := await attempt()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"timed out waiting for {what}")
        await asyncio.sleep(POLL_INTERVAL_SECONDS)
    return result

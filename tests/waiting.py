"""Polling for a condition."""

import time
from collections.abc import Callable

TIMEOUT_SECONDS = 60
POLL_INTERVAL_SECONDS = 0.05


def wait_until(condition: Callable[[], bool], *, what: str, seconds: float = TIMEOUT_SECONDS) -> None:
    """Return when `condition` holds. Raises `TimeoutError` if it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"timed out waiting for {what}")
        time.sleep(POLL_INTERVAL_SECONDS)

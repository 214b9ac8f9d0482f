"""Waiting for what must come soon."""

import time
from collections.abc import Callable

TIMEOUT_SECONDS = 60
POLL_INTERVAL_SECONDS = 0.05


def wait_until(condition: Callable[[], bool], *, what: str, seconds: float = TIMEOUT_SECONDS) -> None:
    """Return when `condition` holds. Raises `TimeoutError` when it does not for long."""
    give_up = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > give_up:
            raise TimeoutError(f"waited in vain for {what}")
        time.sleep(POLL_INTERVAL_SECONDS)

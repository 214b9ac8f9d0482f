"""Refused calls of a user or an address that has made too many attempts."""

import time
from typing import Any

from cinema.accounts.errors import TooManyAttempts


def assert_too_many_attempts(refusal: Any, *, window_seconds: int, since: float) -> None:
    """The client must wait until the end of the window.

    `since` is a value of `time.monotonic()` from before the first attempt.
    """
    seconds = refusal["retryAfterSeconds"]
    elapsed = time.monotonic() - since
    assert window_seconds - elapsed - 1 <= seconds <= window_seconds
    assert refusal == {
        "__typename": "TooManyAttempts",
        "message": str(TooManyAttempts(seconds)),
        "retryAfterSeconds": seconds,
    }

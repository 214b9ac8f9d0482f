"""Patches for controls: tests that lose a race intentionally."""

import threading
from collections.abc import Callable
from typing import Any


def after_all_called(function: Callable[..., Any], parties: int) -> Callable[..., Any]:
    """Wrap `function`: its first call in each thread returns only after `parties` threads have called it."""
    barrier = threading.Barrier(parties, timeout=30)
    waited = threading.local()

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if not hasattr(waited, "once"):
            waited.once = True
            barrier.wait()
        return result

    return wrapped


def without_lock(_: object) -> None:
    """Replaces the lock on the user's row, or on the client, and locks nothing."""

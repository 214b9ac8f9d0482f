"""The one place where a use case's transaction is opened, and tried again when the database asks for it.

A public domain function that writes is decorated with `use_case`: it *opens* a transaction and is never
called inside another. What it calls *requires* one. Nothing does "either".

Two use cases that collide are not a failure of either. The database ends one of them with a deadlock,
a serialization failure or a lock time-out; that one is run again from the start, a few times, after a short
random pause. Then the answer is `Busy`.
"""

import functools
import logging
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, transaction

from cinema.core.errors import Busy

ATTEMPTS = 10
# No further attempt begins after this; an attempt itself waits no longer than the database's lock time-out.
RETRY_DEADLINE = 3.0
# An attempt that takes longer is undone, so that what is written is seen by others not long after.
MAX_TRANSACTION_SECONDS = 20.0
FIRST_PAUSE_SECONDS = 0.02
MAX_PAUSE_SECONDS = 0.3

# PostgreSQL: serialization_failure, deadlock_detected, lock_not_available.
_TRANSIENT_SQLSTATES = {"40001", "40P01", "55P03"}
UNIQUE_VIOLATION = "23505"
_TRANSIENT_SQLITE = ("database is locked", "database table is locked")

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


class TryAgain(Exception):
    """Raised inside a use case that saw the world change under it: start over."""


def use_case(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in a transaction of its own; on a collision run it again, from the start.

    Raises `Busy` when it collided `ATTEMPTS` times, or for longer than a person waits. Everything else that
    `function` raises rolls back and goes on to the caller.
    """

    @functools.wraps(function)
    def in_transaction(*args: P.args, **kwargs: P.kwargs) -> R:
        give_up_at = time.monotonic() + RETRY_DEADLINE
        for attempt in range(ATTEMPTS):
            try:
                with transaction.atomic(durable=True):
                    return _in_time(lambda: function(*args, **kwargs))
            except (OperationalError, TryAgain) as collision:
                if not is_transient(collision):
                    raise
                logger.info("%s collided (attempt %d): %s", function.__qualname__, attempt + 1, collision)
            if time.monotonic() > give_up_at:
                break
            time.sleep(_pause(attempt))
        raise Busy(retry_after_ms=round(_pause(ATTEMPTS) * 1000))

    return in_transaction


def is_transient(error: Exception) -> bool:
    """Whether running the same transaction again may succeed."""
    if isinstance(error, TryAgain):
        return True
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    return sqlstate in _TRANSIENT_SQLSTATES or any(text in str(error) for text in _TRANSIENT_SQLITE)


def is_uniqueness_violation(error: IntegrityError) -> bool:
    """Whether the constraint that refused is one of uniqueness."""
    return getattr(error.__cause__, "sqlstate", None) == UNIQUE_VIOLATION or "UNIQUE constraint" in str(error)


def _in_time(function: Callable[[], R]) -> R:
    begun_at = time.monotonic()
    result = function()
    if time.monotonic() - begun_at > MAX_TRANSACTION_SECONDS:
        raise TryAgain("it took too long")
    return result


def _pause(attempt: int) -> float:
    """Seconds: doubling up to a limit, with jitter so that rivals do not meet again."""
    pause = min(FIRST_PAUSE_SECONDS * 2**attempt, MAX_PAUSE_SECONDS)
    return float(pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret

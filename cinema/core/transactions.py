"""The one place where a use case opens its transaction, and repeats it when the database asks for that.

A public domain function that writes is a `use_case`: it *opens* a transaction and is never called inside another. Its
body is a function that *requires* one, marked with `requires_transaction`; another slice calls that inside its own use
case. Where both exist, the body has the name of the use case and ends in `_in_transaction`. No function does either.

Invariant: the body of a use case may run several times. So it is given values, or instances it only reads. It creates
the instances it saves, or loads them, because after a rollback an instance still has the key and the values of the
attempt that failed.

A use case that one statement can often decide is `retried`. It tries the statement in `own_statement`, and if that
does not decide, it continues in an `own_transaction`.

Two use cases that collide have not failed. The database ends one of them with a deadlock, a serialization failure or a
lock timeout. That use case is retried from the start a few times, after short random pauses. Then it raises `Busy`.
"""

import functools
import logging
import random
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Model
from django.db.transaction import TransactionManagementError

from cinema.core import events
from cinema.core.database_errors import collision_reason, is_collision, violated_unique_constraint
from cinema.core.errors import Busy

ATTEMPTS = 10
# Seconds after which no further attempt begins. An attempt itself waits no longer than the database's lock timeout.
RETRY_DEADLINE = 3.0
# An attempt that takes longer is rolled back, so that changes become visible soon after they are written.
MAX_TRANSACTION_SECONDS = 20.0
FIRST_PAUSE_SECONDS = 0.02
MAX_PAUSE_SECONDS = 0.3

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


class TryAgain(Exception):
    """Raised inside a use case whose data changed while it ran: run it again."""


class TookTooLong(TryAgain):
    """A transaction took longer than it may take, so it was rolled back. It is the cause of the `Busy` that follows."""


class Conflict(TryAgain):
    """A unique constraint refused a row, because another transaction was faster. Uncaught, the use case runs again."""


@dataclass(frozen=True)
class Collided:
    """Published outside of a transaction, after a collision has rolled one back."""

    reason: str


@dataclass(frozen=True)
class GivenUp:
    """Published outside of a transaction, before a use case raises `Busy`."""


def use_case(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in its own transaction. After a collision run it again, from the start, as `retried` does.

    Any other exception of `function` rolls back and propagates.
    """
    return retried(own_transaction(function))


def own_transaction(function: Callable[P, R], *, max_seconds: float | None = None) -> Callable[P, R]:
    """Run `function` in its own transaction. Used with `retried` where the transaction is not all of the use case.

    After `max_seconds`, it is rolled back and raises `TookTooLong`. Only a transaction that changes no shows and sells
    no seats may take longer than the default, `MAX_TRANSACTION_SECONDS`.
    """

    @functools.wraps(function)
    def in_transaction(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(durable=True):
            return _in_time(lambda: function(*args, **kwargs), max_seconds)

    return in_transaction


@contextmanager
def own_statement() -> Iterator[None]:
    """For a block that executes one statement outside of a transaction. Its changes are committed when it returns."""
    if connection.in_atomic_block:
        # The transaction of a test: the statement gets a savepoint. In other transactions, this is an error.
        with transaction.atomic(durable=True):
            yield
    else:
        yield


def retried(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` again, from the start, after a collision of one of its transactions. It must have no other effect.

    Raises `Busy` when it collided `ATTEMPTS` times or for `RETRY_DEADLINE` seconds.
    """

    @functools.wraps(function)
    def repeated(*args: P.args, **kwargs: P.kwargs) -> R:
        _refuse_unsaved(*args, *kwargs.values())
        give_up_at, reason = time.monotonic() + RETRY_DEADLINE, None
        for attempt in range(ATTEMPTS):
            try:
                return function(*args, **kwargs)
            except (OperationalError, TryAgain) as collision:
                if not is_transient(collision):
                    raise
                logger.info("%s collided (attempt %d): %s", function.__qualname__, attempt + 1, collision)
                events.publish(Collided(_reason(collision)))
                reason = collision
                # The other transaction of a conflict has been committed, so there is nothing to wait for.
                pause = 0.0 if isinstance(collision, Conflict) else _pause(attempt)
            if time.monotonic() > give_up_at:
                break
            time.sleep(pause)
        events.publish(GivenUp())
        raise Busy(retry_after_ms=round(_pause(ATTEMPTS) * 1000)) from reason

    return repeated


def requires_transaction(function: Callable[P, R]) -> Callable[P, R]:
    """Let `function` be called only while a transaction is open. Raises `TransactionManagementError`."""

    @functools.wraps(function)
    def in_transaction(*args: P.args, **kwargs: P.kwargs) -> R:
        if not connection.in_atomic_block:
            raise TransactionManagementError(f"{function.__qualname__} requires a transaction")
        return function(*args, **kwargs)

    return in_transaction


@contextmanager
def detecting_conflict(constraints: Collection[str]) -> Iterator[None]:
    """Raise `Conflict` if one of these unique constraints refuses what the block writes.

    To go on after a conflict, open a savepoint inside: `with detecting_conflict(...), transaction.atomic():`.
    """
    try:
        yield
    except IntegrityError as error:
        name = violated_unique_constraint(error)
        if name in constraints:
            raise Conflict(f"another transaction was faster: {name}") from error
        raise


def is_transient(error: Exception) -> bool:
    """Whether running the same transaction again may succeed."""
    return isinstance(error, TryAgain) or (isinstance(error, OperationalError) and is_collision(error))


def _reason(collision: OperationalError | TryAgain) -> str:
    if isinstance(collision, OperationalError):
        return collision_reason(collision)
    return "conflict" if isinstance(collision, Conflict) else "changed data"


def _refuse_unsaved(*arguments: object) -> None:
    for argument in arguments:
        if isinstance(argument, Model) and argument._state.adding:  # noqa: SLF001 - Django has no public API for it
            # After a rollback it would keep its key, and the next attempt could overwrite another row with this key.
            raise TypeError(f"a use case creates the {type(argument).__name__} it saves; it is given values")


def _in_time(function: Callable[[], R], max_seconds: float | None) -> R:
    begun_at = time.monotonic()
    result = function()
    max_seconds = MAX_TRANSACTION_SECONDS if max_seconds is None else max_seconds
    if time.monotonic() - begun_at > max_seconds:
        raise TookTooLong(f"the transaction took longer than {max_seconds:.0f} seconds")
    return result


def _pause(attempt: int) -> float:
    """Seconds, doubling up to a limit, with jitter so that the same transactions do not collide again."""
    pause = min(FIRST_PAUSE_SECONDS * 2**attempt, MAX_PAUSE_SECONDS)
    return float(pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret

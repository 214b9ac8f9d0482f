"""Several callables at the same moment, each in a thread with a database connection of its own."""

import inspect
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import connection

P = ParamSpec("P")
T = TypeVar("T")

# Far longer than any race takes: a deadlock ends here, and not with the patience of who waits for the tests.
TIMEOUT_SECONDS = 60


def meanwhile(function: Callable[[], T]) -> T:
    """What somebody else does in the middle of what this thread does: called, and done, on another connection."""
    (result,) = race(function)
    if isinstance(result, Exception):
        raise result
    return result


def interruptible(use_case: Callable[P, T]) -> Callable[P, T]:
    """A use case that others can get in the middle of, for controls.

    PostgreSQL lets them, so there it is the use case as it is. In SQLite a use case is the only one that writes, from
    its BEGIN IMMEDIATE to its end, whatever it locks; there it is its body alone, every statement for itself.
    """
    return use_case if connection.vendor == "postgresql" else inspect.unwrap(use_case)


def race(*callables: Callable[[], T]) -> list[T | Exception]:
    """Call all of them at once; what each returned or raised, in the order given.

    The threads start together behind a barrier. Raises `TimeoutError` when one of them does not come back.
    """
    start = threading.Barrier(len(callables), timeout=TIMEOUT_SECONDS)

    def run(function: Callable[[], T]) -> T | Exception:
        try:
            # Connecting takes longer than many a race; it is done before the start.
            connection.ensure_connection()
            start.wait()
            return function()
        except Exception as error:  # noqa: BLE001 - whatever it raised is its result
            return error
        finally:
            connection.close()

    pool = ThreadPoolExecutor(len(callables))
    try:
        running = [pool.submit(run, function) for function in callables]
        return [future.result(TIMEOUT_SECONDS) for future in running]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)

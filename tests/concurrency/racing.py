"""Several callables at the same moment, each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

T = TypeVar("T")

# Far longer than any race takes: a deadlock ends here, and not with the patience of who waits for the tests.
TIMEOUT_SECONDS = 60


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

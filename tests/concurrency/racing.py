"""Concurrent calls, each in a thread with its own database connection.

`race` starts several calls together. `interleave` starts one call at an exact moment within another.
"""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Generic, ParamSpec, TypeVar

import pytest
from django.db import connection

from cinema.core.errors import Busy

P = ParamSpec("P")
T = TypeVar("T")

# Much longer than any race takes, so that only a deadlock reaches it.
TIMEOUT_SECONDS = 60
POLL_INTERVAL_SECONDS = 0.005
RETRIES_IF_BUSY = 5

# The isolation level of the run. `test_isolation` checks that the server uses it.
ISOLATION = os.environ.get("TEST_ISOLATION", "read committed")
lost_only_in_read_committed = pytest.mark.skipif(
    ISOLATION == "serializable",
    reason="SERIALIZABLE detects this without the lock; `make test` runs it at READ COMMITTED",
)
many_writers = pytest.mark.postgresql(reason="SQLite has one writer at a time, so no other call runs during a use case")


def retrying_if_busy(function: Callable[[], T]) -> Callable[[], T]:
    """Wrap `function` as a client that repeats its call a few times if the server is busy."""

    def call() -> T:
        for _ in range(RETRIES_IF_BUSY):
            try:
                return function()
            except Busy as busy:
                # The pause that the server requests. The test does not depend on its length.
                time.sleep(busy.retry_after_ms / 1000)
        return function()

    return call


def run_on_another_connection(function: Callable[[], T]) -> T:
    """Call `function` in another thread with its own connection, and return its result. Raises its exception."""
    (result,) = race(function)
    if isinstance(result, Exception):
        raise result
    return result


def race(*callables: Callable[[], T]) -> list[T | Exception]:
    """Call all of them at the same time. Return the result or exception of each, in the order given.

    The threads wait for each other at a barrier. Raises `TimeoutError` if one of the calls does not end.
    """
    start = threading.Barrier(len(callables), timeout=TIMEOUT_SECONDS)

    def run(function: Callable[[], T]) -> T | Exception:
        try:
            # Connect first: connecting can take longer than a whole race.
            connection.ensure_connection()
            start.wait()
            return function()
        except Exception as error:  # noqa: BLE001 - an exception is a result
            return error
        finally:
            connection.close()

    pool = ThreadPoolExecutor(len(callables))
    try:
        running = [pool.submit(run, function) for function in callables]
        return [future.result(TIMEOUT_SECONDS) for future in running]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class ConcurrentCall(Generic[T]):
    """A call in another thread, on its own connection."""

    def __init__(self, function: Callable[[], T]) -> None:
        self.had_to_wait = False
        self._function = function
        self._result: Future[T | Exception] = Future()
        self._connected = threading.Event()
        self._begins_to_write = threading.Event()
        self._backend_pid = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Start the call, and return when it has ended or waits for a lock."""
        self._thread.start()
        assert self._connected.wait(TIMEOUT_SECONDS), "the other call did not connect"
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not self._result.done():
            if self._waits():
                self.had_to_wait = True
                return
            assert time.monotonic() < deadline, "the other call neither ended nor waited for a lock"
            time.sleep(POLL_INTERVAL_SECONDS)

    def result(self) -> T | Exception:
        """Wait for the end of the call, and return its result or exception."""
        result = self._result.result(TIMEOUT_SECONDS)
        self._thread.join(TIMEOUT_SECONDS)
        return result

    def _run(self) -> None:
        try:
            connection.ensure_connection()
            if connection.vendor == "postgresql":
                self._backend_pid = connection.connection.info.backend_pid
            self._connected.set()
            with connection.execute_wrapper(self._detect_write):
                result: T | Exception = self._function()
        except Exception as error:  # noqa: BLE001 - an exception is a result
            result = error
        finally:
            connection.close()
        self._result.set_result(result)

    def _detect_write(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith("BEGIN IMMEDIATE"):
            self._begins_to_write.set()
        return execute(sql, *rest)

    def _waits(self) -> bool:
        """Whether the call waits for a lock, of this thread's transaction or of one that waits for it."""
        if connection.vendor == "sqlite":
            # SQLite has no such query. But it has one writer, which is this thread until its transaction ends.
            return connection.in_atomic_block and self._begins_to_write.is_set()
        with connection.cursor() as cursor:
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [self._backend_pid])
            return bool(cursor.fetchone()[0])


@dataclass(frozen=True)
class Moment:
    """Just before a function of a module is called, or just after it has returned."""

    module: ModuleType
    function: str
    after: bool = False

    def __str__(self) -> str:
        return f"{'after' if self.after else 'before'} {self.module.__name__.rpartition('.')[2]}.{self.function}"


def before(module: ModuleType, function: str) -> Moment:
    return Moment(module, function)


def after(module: ModuleType, function: str) -> Moment:
    return Moment(module, function, after=True)


@dataclass
class Interleaving(Generic[T]):
    """The results of two interleaved calls, and whether the other call waited for a lock of the first."""

    first: Any
    other: Any
    other_waited: bool


def interleave(
    first: Callable[[], Any], other: Callable[[], Any], moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> Interleaving[Any]:
    """Call `first`, and start `other` when `first` reaches `moment` for the first time.

    `first` continues when `other` has ended or waits for a lock.
    """
    started: list[ConcurrentCall[Any]] = []
    original = getattr(moment.module, moment.function)
    this_thread = threading.get_ident()

    def begin() -> None:
        if not started and threading.get_ident() == this_thread:
            started.append(ConcurrentCall(other))
            started[0].start()

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        if not moment.after:
            begin()
        result = original(*args, **kwargs)
        if moment.after:
            begin()
        return result

    with monkeypatch.context() as patch:
        patch.setattr(moment.module, moment.function, interrupted)
        try:
            outcome = first()
        except Exception as error:  # noqa: BLE001 - an exception is a result
            outcome = error
        assert started, f"the call did not reach this moment: {moment}"
        return Interleaving(outcome, started[0].result(), started[0].had_to_wait)

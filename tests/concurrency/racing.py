"""Several callables at the same moment, each in a thread with a database connection of its own.

`race` lets them loose together. `start` and `interrupt` put one at an exact moment within another.
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

# Far longer than any race takes: a deadlock ends here, and not with the patience of who waits for the tests.
TIMEOUT_SECONDS = 60
LOOKING_EVERY_SECONDS = 0.005
COMING_BACK = 5

# What the run says; a test asks the server whether it is so.
ISOLATION = os.environ.get("TEST_ISOLATION", "read committed")
lost_only_in_read_committed = pytest.mark.skipif(
    ISOLATION == "serializable",
    reason="SERIALIZABLE needs no lock to notice this; `make test` runs it at READ COMMITTED",
)


many_writers = pytest.mark.postgresql(reason="SQLite has one writer at a time, so no other call runs within a use case")


def patient(function: Callable[[], T]) -> Callable[[], T]:
    """As a good client calls: told that the server is busy it comes back when it was asked to, a few times."""

    def call() -> T:
        for _ in range(COMING_BACK):
            try:
                return function()
            except Busy as busy:
                time.sleep(busy.retry_after_ms / 1000)
        return function()

    return call


def meanwhile(function: Callable[[], T]) -> T:
    """What somebody else does in the middle of what this thread does: called, and done, on another connection."""
    (result,) = race(function)
    if isinstance(result, Exception):
        raise result
    return result


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


class Rival(Generic[T]):
    """Somebody who acts on a connection of their own. See `start`."""

    def __init__(self, function: Callable[[], T]) -> None:
        self.had_to_wait = False
        self._function = function
        self._result: Future[T | Exception] = Future()
        self._connected = threading.Event()
        self._wants_to_write = threading.Event()
        self._backend_pid = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._connected.wait(TIMEOUT_SECONDS)
        give_up_at = time.monotonic() + TIMEOUT_SECONDS
        while not self._result.done():
            if self._waits():
                self.had_to_wait = True
                return
            assert time.monotonic() < give_up_at, "neither done nor waiting for anybody"
            time.sleep(LOOKING_EVERY_SECONDS)

    def result(self) -> T | Exception:
        """What it returned or raised, once it is done."""
        result = self._result.result(TIMEOUT_SECONDS)
        self._thread.join(TIMEOUT_SECONDS)
        return result

    def _run(self) -> None:
        try:
            connection.ensure_connection()
            if connection.vendor == "postgresql":
                self._backend_pid = connection.connection.info.backend_pid
            self._connected.set()
            with connection.execute_wrapper(self._look_out):
                result: T | Exception = self._function()
        except Exception as error:  # noqa: BLE001 - whatever it raised is its result
            result = error
        finally:
            connection.close()
        self._result.set_result(result)

    def _look_out(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith("BEGIN IMMEDIATE"):
            self._wants_to_write.set()
        return execute(sql, *rest)

    def _waits(self) -> bool:
        """Whether it waits for this thread's transaction, or for somebody who waits for that."""
        if connection.vendor == "sqlite":
            # SQLite does not tell. But it has one writer, and that is this thread while its transaction lasts.
            return connection.in_atomic_block and self._wants_to_write.is_set()
        with connection.cursor() as cursor:
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [self._backend_pid])
            return bool(cursor.fetchone()[0])


def start(function: Callable[[], T]) -> Rival[T]:
    """Begin `function` in another thread, and go on when it is done, or waits for a lock and can get no further."""
    rival = Rival(function)
    rival.start()
    return rival


@dataclass(frozen=True)
class Moment:
    """Right before a function of a module is called, or right after it has returned."""

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
class Meeting(Generic[T]):
    """What came of two who met. `rival_waited` for what the first had locked, rather than being done before it."""

    first: Any
    rival: Any
    rival_waited: bool


def meet(
    first: Callable[[], Any], rival: Callable[[], Any], moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> Meeting[Any]:
    """Do `first`, and in the middle of it, at this `moment`, start `rival`: once, however often it gets there.

    The first goes on when the rival is done or has to wait.
    """
    rivals: list[Rival[Any]] = []
    original = getattr(moment.module, moment.function)
    this_thread = threading.get_ident()

    def begin() -> None:
        if not rivals and threading.get_ident() == this_thread:
            rivals.append(Rival(rival))
            rivals[0].start()

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
        except Exception as error:  # noqa: BLE001 - whatever it raised is its result
            outcome = error
        assert rivals, f"it never came to be {moment}"
        return Meeting(outcome, rivals[0].result(), rivals[0].had_to_wait)

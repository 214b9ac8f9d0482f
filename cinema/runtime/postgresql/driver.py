"""psycopg, with connections that notice when the server does not respond.

PostgreSQL limits the time of each statement. A server that is stopped, or whose network drops packets, limits nothing.
So a statement that takes long is checked from this side: if the server does not respond to a new connection either,
the statement is given up. Then all statements fail at once, instead of occupying threads, until a new connection
succeeds. One thread at a time tries to connect.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from threading import Lock
from types import SimpleNamespace
from typing import Any, Self, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import ConnectionTimeout, _WaitTimeout
from psycopg.waiting import READY_NONE

R = TypeVar("R")

# A statement that has waited for this long is checked.
SECONDS_BEFORE_CHECK = 3.0
# A server that takes longer to respond to a check is silent.
CHECK_SECONDS = 3
SECONDS_BETWEEN_ATTEMPTS = 1.0

NOT_RESPONDING = "the database server does not respond"

logger = logging.getLogger(__name__)


class _Silence:
    """Whether a server is silent, as the threads of this process have noticed."""

    def __init__(self) -> None:
        self._retry_at: float | None = None
        self._attempting = Lock()

    @property
    def is_noticed(self) -> bool:
        return self._retry_at is not None

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Connect in the block. During silence, raises `OperationalError` if another thread tries or tried."""
        if self._retry_at is None:
            with self._result():
                yield
            return
        if time.monotonic() < self._retry_at or not self._attempting.acquire(blocking=False):
            raise psycopg.OperationalError(NOT_RESPONDING)
        try:
            with self._result():
                yield
        finally:
            self._attempting.release()

    def begins(self, check: "Check") -> bool:
        """Whether the server does not respond to `check`. Threads check one after the other."""
        with self._attempting:
            if not self.is_noticed:
                try:
                    with self._result():
                        check()
                except ConnectionTimeout:
                    return True
                except psycopg.Error:
                    # It responded, for example that it has no free connection.
                    return False
            return self.is_noticed

    @contextmanager
    def _result(self) -> Iterator[None]:
        """Note whether the server responds in the block."""
        try:
            yield
        except ConnectionTimeout:
            if not self.is_noticed:
                logger.error("%s; calls fail until it does", NOT_RESPONDING)  # noqa: TRY400 - a traceback says no more
            self._retry_at = time.monotonic() + SECONDS_BETWEEN_ATTEMPTS
            raise
        except psycopg.Error:
            self._end()
            raise
        self._end()

    def _end(self) -> None:
        if self.is_noticed:
            self._retry_at = None
            logger.warning("the database server responds again")


# By host and port.
_silences: defaultdict[tuple[str, str], _Silence] = defaultdict(_Silence)


# Connects to the server and executes a statement, or raises an exception.
Check = Callable[[], None]


class Connection(psycopg.Connection[Any]):
    """A connection whose statements fail when the server does not respond."""

    # A statement is given up after this time even if the server responds to others, because the connection may be
    # lost. It is more than the server's own limit. None: no limit.
    max_statement_seconds: float | None = 20.0

    check: Check
    silence: _Silence

    @classmethod
    def connect(cls, conninfo: str = "", **options: Any) -> Self:
        server = conninfo_to_dict(conninfo, **{name: options.get(name) for name in ("host", "port")})
        silence = _silences[str(server.get("host")), str(server.get("port"))]
        with silence.attempt():
            connection = super().connect(conninfo, **options)
        connection.check = partial(_select_1, conninfo, options)
        connection.silence = silence
        return connection

    def wait(self, gen: Generator[Any, Any, R], interval: float = 0.1, timeout: float | None = None) -> R:
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        if self.silence.is_noticed:
            raise self._lost()
        give_up_at = time.monotonic() + (self.max_statement_seconds or float("inf"))
        while True:
            try:
                return super().wait(gen, interval, SECONDS_BEFORE_CHECK)
            except _WaitTimeout as error:
                if time.monotonic() >= give_up_at or self.silence.begins(self.check):
                    raise self._lost() from error
                gen = _resumed(gen)

    def _lost(self) -> psycopg.OperationalError:
        self.pgconn.finish()
        return psycopg.OperationalError(NOT_RESPONDING)


class _CheckConnection(psycopg.Connection[Any]):
    def wait(self, gen: Generator[Any, Any, R], interval: float = 0.1, timeout: float | None = None) -> R:
        try:
            return super().wait(gen, interval, timeout or CHECK_SECONDS)
        except _WaitTimeout as error:
            self.pgconn.finish()
            raise ConnectionTimeout(NOT_RESPONDING) from error


def _select_1(conninfo: str, options: Mapping[str, Any]) -> None:
    # A pooler may accept connections while the server is silent, so a statement is executed too.
    with _CheckConnection.connect(
        conninfo, **{**options, "connect_timeout": CHECK_SECONDS, "autocommit": True}
    ) as check:
        check.execute("SELECT 1")


def _resumed(gen: Generator[Any, Any, R]) -> Generator[Any, Any, R]:
    """The rest of a generator that `wait` has started. `wait` starts its argument with `next`, which sends None."""
    ready = READY_NONE
    while True:
        try:
            state = gen.send(ready)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        ready = yield state


# Django calls the driver by its module.
psycopg_with_checks = SimpleNamespace(**{**vars(psycopg), "connect": Connection.connect})

"""Executes a statement for many requests at once, in an event loop, on one connection.

A thread that waits for PostgreSQL gives up the interpreter lock and has to get it back, which takes longer than a small
statement. Here no thread waits: statements of the same moment are sent together, in the pipeline mode of libpq, and the
event loop reads their rows when they have arrived. https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import psycopg
from django.db import DatabaseError
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from cinema.runtime import database_threads

Rows = list[Any]

# After this time, requests are left to the threads, which notice whether the server is silent.
SECONDS_TO_RESPOND = 1.0
SECONDS_BETWEEN_ATTEMPTS = 1.0
# As for the connections of threads. A new connection may be to another server.
MAX_AGE_SECONDS = 60.0
_NAME = "pipelined"

logger = logging.getLogger(__name__)


class PipelinedStatement:
    """A statement with parameters `$1`, `$2` and so on. It must be used in one event loop.

    `connect` is called in a thread and returns a new connection.
    """

    def __init__(self, text: str, connect: Callable[[], psycopg.Connection[Any]]) -> None:
        self._text = text
        self._connect = connect
        self._pipeline: _Pipeline | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._attempted_at = float("-inf")

    async def fetch(self, *parameters: bytes) -> Rows | None:
        """The rows for these parameters. None if there is no connection yet, or an error.

        Then execute the statement with another connection, which raises the error if it occurs again.
        """
        pipeline = self._pipeline if self._pipeline and self._pipeline.is_open else None
        seconds = asyncio.get_running_loop().time() - self._attempted_at
        if self._connecting is None and seconds > (MAX_AGE_SECONDS if pipeline else SECONDS_BETWEEN_ATTEMPTS):
            self._connecting = asyncio.create_task(self._replace_connection())
        return await pipeline.fetch(parameters) if pipeline else None

    async def _replace_connection(self) -> None:
        try:
            replacement = _Pipeline(await database_threads.run(self._prepared_connection))
        except (psycopg.Error, DatabaseError) as error:
            logger.debug("a connection for pipelined statements failed: %s", error)
        else:
            if self._pipeline:
                self._pipeline.close()
            self._pipeline = replacement
        finally:
            self._attempted_at = asyncio.get_running_loop().time()
            self._connecting = None

    def _prepared_connection(self) -> psycopg.Connection[Any]:
        connection = self._connect()
        try:
            connection.execute(f"PREPARE {_NAME} AS {self._text}")
        except psycopg.Error:
            connection.close()
            raise
        return connection


class _Waiting(NamedTuple):
    rows: "asyncio.Future[Rows | None]"
    since: float


class _Pipeline:
    """A connection in pipeline mode, with a prepared statement. Any error closes it."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._adapters = Transformer(connection)
        self._loop = asyncio.get_running_loop()
        # In the order in which they are sent.
        self._waiting: deque[_Waiting] = deque()
        self._will_send = False
        self._check: asyncio.TimerHandle | None = None
        self.is_open = True
        pgconn = connection.pgconn
        pgconn.nonblocking = 1
        pgconn.enter_pipeline_mode()
        self._socket = pgconn.socket
        self._loop.add_reader(self._socket, self._read)

    def fetch(self, parameters: Sequence[bytes]) -> "asyncio.Future[Rows | None]":
        waiting = _Waiting(self._loop.create_future(), self._loop.time())
        self._waiting.append(waiting)
        try:
            self._connection.pgconn.send_query_prepared(_NAME.encode(), parameters)
        except psycopg.Error:
            self.close()
        if not self._will_send:
            self._will_send = True
            self._loop.call_soon(self._send)
        if self._check is None:
            self._check = self._loop.call_later(SECONDS_TO_RESPOND, self._check_oldest)
        return waiting.rows

    def _send(self) -> None:
        self._will_send = False
        if self.is_open:
            try:
                self._connection.pgconn.pipeline_sync()
            except psycopg.Error:
                self.close()

    def _read(self) -> None:
        pgconn = self._connection.pgconn
        try:
            pgconn.consume_input()
            while self._waiting and not pgconn.is_busy():
                result = pgconn.get_result()
                # None ends the results of a statement, and the other status those of one `_send`.
                if result is not None and result.status != ExecStatus.PIPELINE_SYNC:
                    self._settle(result)
        except psycopg.Error as error:
            logger.debug("the connection for pipelined statements was lost: %s", error)
            self.close()

    def _settle(self, result: PGresult) -> None:
        if result.status != ExecStatus.TUPLES_OK:
            raise psycopg.DatabaseError(ExecStatus(result.status).name)
        self._adapters.set_pgresult(result)
        rows = self._adapters.load_rows(0, result.ntuples, tuple)
        self._adapters.set_pgresult(None)
        waiting = self._waiting.popleft()
        if not waiting.rows.done():
            waiting.rows.set_result(rows)

    def _check_oldest(self) -> None:
        self._check = None
        if self._waiting:
            rest = self._waiting[0].since + SECONDS_TO_RESPOND - self._loop.time()
            if rest <= 0:
                self.close()
            else:
                self._check = self._loop.call_later(rest, self._check_oldest)

    def close(self) -> None:
        """Close the connection. The rows that have not arrived are None."""
        if not self.is_open:
            return
        self.is_open = False
        self._loop.remove_reader(self._socket)
        self._connection.close()
        if self._check is not None:
            self._check.cancel()
        for waiting in self._waiting:
            if not waiting.rows.done():
                waiting.rows.set_result(None)
        self._waiting.clear()

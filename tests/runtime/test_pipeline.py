"""Statements that an event loop executes on one connection, in the pipeline mode of libpq."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from cinema.runtime.postgresql import pipeline
from cinema.runtime.postgresql.pipeline import PipelinedStatement
from tests.waiting import first_result

pytestmark = [pytest.mark.postgresql("is about its connections"), pytest.mark.django_db(transaction=True)]

# The process of the server, the sent number, and 100 divided by it.
STATEMENT = "SELECT pg_backend_pid(), $1::int, 100 / $1::int"


@pytest.fixture
def opened() -> Iterator[list[psycopg.Connection[Any]]]:
    """The connections that statements have opened."""
    connections: list[psycopg.Connection[Any]] = []
    yield connections
    for each in connections:
        each.close()


@pytest.fixture
def statement(opened: list[psycopg.Connection[Any]]) -> PipelinedStatement:
    return PipelinedStatement(STATEMENT, lambda: connect(opened))


def connect(opened: list[psycopg.Connection[Any]]) -> psycopg.Connection[Any]:
    opened.append(psycopg.connect(**connection.get_connection_params(), autocommit=True))
    return opened[-1]


def run(main: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(60):
            await main()

    asyncio.run(limited())


async def connected(statement: PipelinedStatement) -> int:
    """Wait until the statement can be executed, and return the server process of its connection."""
    rows = await first_result(lambda: statement.fetch(b"1"), what="the connection of the statement")
    return int(rows[0][0])


def test_there_are_no_rows_until_it_is_connected(
    statement: PipelinedStatement, opened: list[psycopg.Connection[Any]]
) -> None:
    async def main() -> None:
        assert await statement.fetch(b"4") is None
        process = await connected(statement)
        assert await statement.fetch(b"4") == [(process, 4, 25)]
        assert len(opened) == 1

    run(main)


def test_each_of_many_requests_gets_its_rows(
    statement: PipelinedStatement, opened: list[psycopg.Connection[Any]]
) -> None:
    async def main() -> None:
        process = await connected(statement)
        for _ in range(3):
            found = await asyncio.gather(*(statement.fetch(str(n).encode()) for n in range(1, 500)))
            assert found == [[(process, n, 100 // n)] for n in range(1, 500)]
        assert len(opened) == 1

    run(main)


def test_a_request_that_is_cancelled_does_not_shift_the_rows_of_others(statement: PipelinedStatement) -> None:
    async def main() -> None:
        process = await connected(statement)
        tasks = [asyncio.create_task(statement.fetch(str(n).encode())) for n in range(1, 21)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert results[1::2] == [[(process, n, 100 // n)] for n in range(2, 21, 2)]
        assert {type(result) for result in results[::2]} == {asyncio.CancelledError}

    run(main)


def test_after_an_error_there_are_no_rows_until_it_is_connected_again(statement: PipelinedStatement) -> None:
    async def main() -> None:
        first = await connected(statement)
        # The others of the same moment are in the same transaction.
        assert await asyncio.gather(*(statement.fetch(each) for each in (b"0", b"5", b"no number"))) == [None] * 3
        second = await connected(statement)
        assert second != first
        assert await statement.fetch(b"5") == [(second, 5, 20)]

    run(main)


def test_a_connection_that_the_server_has_closed_is_replaced(
    statement: PipelinedStatement, opened: list[psycopg.Connection[Any]]
) -> None:
    async def main() -> None:
        first = await connected(statement)
        with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 10_000)", [first])
        assert await connected(statement) != first
        assert [each.closed for each in opened] == [True, False]

    run(main)


def test_a_server_that_does_not_respond_is_given_up_soon(
    statement: PipelinedStatement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "SECONDS_TO_RESPOND", 0.2)

    async def main() -> None:
        first = await connected(statement)
        # Its socket stays open, and accepts the statements.
        os.kill(first, signal.SIGSTOP)
        try:
            assert await asyncio.gather(*(statement.fetch(each) for each in (b"1", b"2"))) == [None, None]
            assert await connected(statement) != first
        finally:
            os.kill(first, signal.SIGCONT)

    run(main)


def test_an_old_connection_is_replaced(
    statement: PipelinedStatement, opened: list[psycopg.Connection[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        first = await connected(statement)
        assert await connected(statement) == first
        monkeypatch.setattr(pipeline, "MAX_AGE_SECONDS", 0.0)
        assert await connected(statement) == first
        monkeypatch.undo()

        async def is_another() -> bool | None:
            return await connected(statement) != first or None

        await first_result(is_another, what="a new connection")
        assert [each.closed for each in opened] == [True, False]

    run(main)


def test_it_does_not_try_to_connect_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts: list[None] = []

    def refuse() -> psycopg.Connection[Any]:
        attempts.append(None)
        raise psycopg.OperationalError

    monkeypatch.setattr(pipeline, "SECONDS_BETWEEN_ATTEMPTS", 3600.0)
    refused = PipelinedStatement(STATEMENT, refuse)

    async def main() -> None:
        for _ in range(50):
            assert await refused.fetch(b"1") is None
            await asyncio.sleep(0.005)
        assert len(attempts) == 1

    run(main)

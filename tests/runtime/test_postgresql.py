"""Connections to PostgreSQL: their health check, prepared statements, and how rows are fetched."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.core.exceptions import SynchronousOnlyOperation
from django.db import (
    DEFAULT_DB_ALIAS,
    DataError,
    OperationalError,
    ProgrammingError,
    close_old_connections,
    connection,
    connections,
    transaction,
)
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from psycopg.pq import TransactionStatus

from cinema.models import User
from cinema.runtime.postgresql import base
from cinema.runtime.postgresql.base import DatabaseWrapper
from cinema.runtime.postgresql.statements import Statements

pytestmark = [
    pytest.mark.postgresql("is about its connections"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """The results of queries that checked the connection."""
    results: list[bool] = []
    is_usable = DatabaseWrapper.is_usable

    def recorded(wrapper: DatabaseWrapper) -> bool:
        results.append(is_usable(wrapper))
        return results[-1]

    monkeypatch.setattr(DatabaseWrapper, "is_usable", recorded)
    # An old connection would be closed without a check.
    connection.close()
    connection.ensure_connection()
    yield results
    connection.close()


def process_id() -> int:
    """The server process of the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (found,) = cursor.fetchone()
    return int(found)


def terminate(process: int) -> None:
    """End a server process, and wait until it has ended."""
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10_000)", [process])


def test_a_connection_in_use_is_kept_without_a_query(checks: list[bool]) -> None:
    before = process_id()
    for _ in range(3):
        close_old_connections()
        assert process_id() == before
    assert checks == []


def test_a_connection_that_the_server_has_closed_is_replaced(checks: list[bool]) -> None:
    before = process_id()
    terminate(before)
    close_old_connections()
    assert process_id() != before
    assert checks == [False]


def test_a_connection_that_was_lost_during_a_request_is_replaced_after_it(checks: list[bool]) -> None:
    before = process_id()
    terminate(before)
    # A statement that fails, and another one: the connection is known to be lost.
    for _ in range(2):
        with pytest.raises(OperationalError):
            process_id()
    assert checks == []
    close_old_connections()
    assert process_id() != before


def test_without_the_check_a_closed_connection_fails_a_request(
    checks: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the check is what replaces the connection."""
    before = process_id()
    terminate(before)
    monkeypatch.setattr(base, "_needs_check", lambda _: False)
    close_old_connections()
    with pytest.raises(OperationalError):
        process_id()
    assert checks == []


def test_statements_that_repeat_are_prepared() -> None:
    connection.close()
    for number in range(10):
        User.objects.filter(pk=number).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = [statement for (statement,) in cursor.fetchall()]
    assert any('FROM "cinema_user"' in statement for statement in prepared)


def fetch(statement: str, **parameters: Any) -> Any:
    return connections[DEFAULT_DB_ALIAS].fetch(statement, parameters)  # type: ignore[attr-defined]


def test_fetched_rows_are_those_of_a_cursor() -> None:
    statement = (
        "SELECT now(), 1.50::numeric, %(text)s::text, gen_random_uuid(), NULL, ARRAY[1, 2] FROM generate_series(1, 3)"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"text": "é"})
        expected = cursor.fetchall()

    found = fetch(statement, text="é")

    assert [[type(value) for value in row] for row in found] == [[type(value) for value in row] for row in expected]
    assert [(row[1], row[2], row[4], row[5]) for row in found] == [(Decimal("1.50"), "é", None, [1, 2])] * 3


@pytest.fixture
def executed_with_cursor(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that `fetch` executes with a cursor of psycopg, on a new connection."""
    statements: list[str] = []
    with_cursor = Statements._with_cursor  # noqa: SLF001

    def recorded(self: Statements, text: str, parameters: Mapping[str, Any]) -> list[Any]:
        statements.append(text)
        return with_cursor(self, text, parameters)

    monkeypatch.setattr(Statements, "_with_cursor", recorded)
    connection.close()
    yield statements
    connection.close()


# psycopg prepares a statement after it was executed five times with the same types.
TIMES = 8
VALUES = [
    (1, "a", [1, 2]),
    (2**40, "", [2**40]),
    (-(2**62), "'é\u2028\\", [0, -1, 2**62]),
    (None, None, []),
    (0, "%(n)s %%", [None]),
]
ROW = "SELECT %(n)s::bigint, %(text)s::text, %(items)s::bigint[], 1.50::numeric, now(), NULL"


@pytest.mark.parametrize("block", [nullcontext, transaction.atomic])
def test_rows_of_prepared_statements_are_those_of_a_cursor(
    executed_with_cursor: list[str], block: Callable[[], AbstractContextManager[None]]
) -> None:
    with block():
        for _ in range(TIMES):
            for number, text, items in VALUES:
                (row,) = fetch(ROW, n=number, text=text, items=items)
                assert (*row[:4], row[5]) == (number, text, items, Decimal("1.50"), None)
                assert (type(row), row[4].tzinfo) == (tuple, UTC)
        before = len(executed_with_cursor)
        for number, text, items in VALUES:
            assert fetch(ROW, n=number, text=text, items=items)[0][:3] == (number, text, items)
    assert executed_with_cursor[before:] == []


@pytest.mark.usefixtures("executed_with_cursor")
def test_no_statement_is_prepared_if_that_is_turned_off() -> None:
    connection.ensure_connection()
    connection.connection.prepare_threshold = None
    for _ in range(TIMES):
        assert fetch("SELECT %(n)s + 1", n=1) == [(2,)]
    assert fetch("SELECT statement FROM pg_prepared_statements") == []


@pytest.mark.usefixtures("executed_with_cursor")
def test_statements_are_found_again_after_all_were_deallocated() -> None:
    """After each ROLLBACK, psycopg deallocates them."""
    for _ in range(3):
        for _ in range(TIMES):
            assert fetch("SELECT %(n)s + 1", n=1) == [(2,)]
        with transaction.atomic():
            assert fetch("SELECT %(n)s + 1", n=2) == [(3,)]
            transaction.set_rollback(True)


@pytest.mark.usefixtures("executed_with_cursor")
def test_more_statements_than_a_connection_keeps() -> None:
    connection.ensure_connection()
    connection.connection.prepared_max = 3
    for _ in range(TIMES):
        for number in range(6):
            for _ in range(TIMES):
                assert fetch(f"SELECT %(n)s + {number}", n=1) == [(number + 1,)]
    ((kept,),) = fetch("SELECT count(*) FROM pg_prepared_statements")
    assert kept < 6


def test_a_prepared_statement_begins_a_transaction(executed_with_cursor: list[str]) -> None:
    for _ in range(TIMES):
        fetch("SELECT %(n)s + 1", n=1)
    with transaction.atomic():
        fetch("SELECT %(n)s + 1", n=1)
        assert connection.connection.info.transaction_status == TransactionStatus.INTRANS
        before = len(executed_with_cursor)
        fetch("SELECT %(n)s + 1", n=1)
        assert executed_with_cursor[before:] == []
    assert connection.connection.info.transaction_status == TransactionStatus.IDLE


def test_an_error_of_a_prepared_statement_is_that_of_a_cursor(executed_with_cursor: list[str]) -> None:
    for _ in range(TIMES):
        assert fetch("SELECT 1 / %(n)s", n=1) == [(1,)]
    before = len(executed_with_cursor)
    for _ in range(2):
        with pytest.raises(DataError, match="division by zero") as caught:
            fetch("SELECT 1 / %(n)s", n=0)
        assert isinstance(caught.value.__cause__, psycopg.errors.DivisionByZero)
        assert fetch("SELECT 1 / %(n)s", n=1) == [(1,)]
    assert "SELECT 1 / %(n)s" not in executed_with_cursor[before:]
    assert connection.connection.info.transaction_status == TransactionStatus.IDLE


@pytest.mark.usefixtures("executed_with_cursor")
def test_prepared_statements_do_not_keep_their_rows() -> None:
    for _ in range(TIMES):
        fetch("SELECT %(n)s + 1", n=1)
    kept = connections[DEFAULT_DB_ALIAS]._statements._queries["SELECT %(n)s + 1"]  # type: ignore[attr-defined]  # noqa: SLF001
    assert kept._tx.pgresult is None  # noqa: SLF001


def test_a_prepared_statement_on_a_lost_connection(executed_with_cursor: list[str]) -> None:
    for _ in range(TIMES):
        ((process,),) = fetch("SELECT pg_backend_pid() + %(n)s", n=0)
    before = len(executed_with_cursor)
    terminate(process)
    with pytest.raises(OperationalError):
        fetch("SELECT pg_backend_pid() + %(n)s", n=0)
    assert executed_with_cursor[before:] == []
    close_old_connections()
    assert fetch("SELECT pg_backend_pid() + %(n)s", n=0) != [(process,)]


def test_fetching_raises_the_exceptions_of_a_cursor() -> None:
    with pytest.raises(ProgrammingError, match="does not exist"):
        fetch("SELECT nothing")
    assert fetch("SELECT 1") == [(1,)]


def test_fetching_is_refused_in_a_transaction_that_is_broken() -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            fetch("SELECT 1")


def test_fetching_is_refused_in_an_event_loop() -> None:
    async def fetch_in_event_loop() -> None:
        fetch("SELECT 1")

    with pytest.raises(SynchronousOnlyOperation):
        asyncio.run(fetch_in_event_loop())


def test_fetching_uses_a_new_connection_after_the_old_one_was_closed(checks: list[bool]) -> None:
    ((before,),) = fetch("SELECT pg_backend_pid()")
    terminate(before)
    close_old_connections()
    ((after,),) = fetch("SELECT pg_backend_pid()")
    assert after != before
    assert checks == [False]


def test_fetched_statements_are_logged_and_wrapped() -> None:
    wrapped: list[str] = []

    def record(execute: Any, statement: str, *arguments: Any) -> Any:
        wrapped.append(statement)
        return execute(statement, *arguments)

    with CaptureQueriesContext(connection) as captured, connection.execute_wrapper(record):
        assert fetch("SELECT 1") == [(1,)]
    fetch("SELECT 2")

    assert [query["sql"] for query in captured] == wrapped == ["SELECT 1"]

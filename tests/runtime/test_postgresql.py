"""Connections to PostgreSQL: their health check, prepared statements, and the kept cursor."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.core.exceptions import SynchronousOnlyOperation
from django.db import (
    DEFAULT_DB_ALIAS,
    OperationalError,
    ProgrammingError,
    close_old_connections,
    connection,
    connections,
    transaction,
)
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from cinema.models import User
from cinema.runtime.postgresql import base
from cinema.runtime.postgresql.base import DatabaseWrapper

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

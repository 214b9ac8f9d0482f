"""Connections to PostgreSQL: their health check, and prepared statements."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError, close_old_connections, connection

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

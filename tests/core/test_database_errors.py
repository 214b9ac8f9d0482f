"""The errors that the database drivers raise, and which of them are outages."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, Error, InterfaceError, InternalError, OperationalError, connection, transaction

from cinema.core.database_errors import is_outage
from cinema.models import Genre
from tests.connections import connecting_with

ON_POSTGRESQL = pytest.mark.postgresql(reason="a failure that only PostgreSQL has")
ON_SQLITE = pytest.mark.sqlite(reason="a failure that only SQLite has")


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def raised(act: Callable[[], object]) -> Error:
    """The error that `act` raises: an error of the driver, wrapped by Django."""
    with pytest.raises(Error) as failure:
        act()
    return failure.value


def refusal(*statements: str) -> Error:
    """The error that the last of `statements` raises."""

    def act() -> None:
        with transaction.atomic():
            execute(*statements)

    return raised(act)


# ---------------------------------------------------------------------- no outages


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM nothing",
        "SELECT nothing FROM cinema_genre",
        "SELECT no_such_function(1)",
        "SELEC 1",
        "DROP TABLE nothing",
        "CREATE TABLE cinema_genre (id integer)",
    ],
)
def test_invalid_statement_is_not_an_outage(statement: str) -> None:
    assert not is_outage(refusal(statement))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["'Drama'", "NULL"])
def test_violated_constraint_is_not_an_outage(name: str) -> None:
    Genre.objects.create(name="Drama")

    assert not is_outage(refusal(f"INSERT INTO cinema_genre (name) VALUES ({name})"))  # noqa: S608 - one of the above


@pytest.mark.django_db
@ON_POSTGRESQL
@pytest.mark.parametrize("statement", ["SELECT 1/0", "SELECT 'one'::integer", "SELECT 2147483647 + 1"])
def test_invalid_value_is_not_an_outage(statement: str) -> None:
    assert not is_outage(refusal(statement))


@pytest.mark.django_db
@ON_POSTGRESQL
def test_statement_that_is_too_large_is_not_an_outage() -> None:
    """An OperationalError, like an outage, but trying again does not help."""
    assert not is_outage(refusal(f"SELECT {', '.join(['1'] * 1700)}"))


@pytest.mark.django_db
@ON_POSTGRESQL
def test_statement_in_a_failed_transaction_is_not_an_outage() -> None:
    def continue_after_error() -> None:
        with transaction.atomic():
            with pytest.raises(psycopg.errors.UndefinedTable):
                connection.connection.execute("SELECT * FROM nothing")
            execute("SELECT 1")

    assert not is_outage(raised(continue_after_error))


@pytest.mark.django_db(transaction=True)
@ON_SQLITE
def test_file_that_is_not_a_database_is_not_an_outage(tmp_path: Path) -> None:
    (tmp_path / "garbage").write_text("no database" * 1000)

    # Without options, so that connecting does not read the file: Django leaves the connection open if that fails.
    with connecting_with(NAME=str(tmp_path / "garbage"), OPTIONS={}):
        assert not is_outage(raised(lambda: execute("SELECT * FROM sqlite_master")))


@pytest.mark.parametrize("error", [ValueError(), OSError("disk full"), DatabaseError("disk full"), KeyboardInterrupt()])
def test_other_error_is_not_an_outage(error: BaseException) -> None:
    assert not is_outage(error)


# ---------------------------------------------------------------------- outages of any database


@pytest.mark.django_db(transaction=True)
def test_database_that_cannot_be_reached_is_an_outage(tmp_path: Path) -> None:
    nowhere = {"NAME": str(tmp_path / "no" / "such")} if connection.vendor == "sqlite" else {"PORT": "1"}

    with connecting_with(**nowhere):
        assert is_outage(raised(connection.ensure_connection))


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("server closed the connection"),
        InterfaceError("closed"),
        InternalError("received 2 results from command 'COMMIT'"),
    ],
)
def test_error_without_a_code_is_an_outage(error: Error) -> None:
    assert is_outage(error)


# ---------------------------------------------------------------------- outages of PostgreSQL


@pytest.mark.django_db(transaction=True)
@ON_POSTGRESQL
def test_terminated_connection_is_an_outage() -> None:
    def end() -> None:
        execute("SELECT pg_terminate_backend(pg_backend_pid())")

    assert is_outage(raised(end))
    # Django checks the connection only at the end of a request, so the next statement uses the same one.
    assert is_outage(raised(lambda: execute("SELECT 1")))
    connection.close()


@pytest.mark.django_db
@ON_POSTGRESQL
@pytest.mark.parametrize(
    "sqlstate",
    ["08006", "25006", "25P03", "53000", "53100", "53200", "53300", "57014", "57P01", "57P02", "57P03", "58030"],
)
def test_code_of_a_server_problem_is_an_outage(sqlstate: str) -> None:
    assert is_outage(refusal(f"DO $$ BEGIN RAISE 'trouble' USING ERRCODE = '{sqlstate}'; END $$"))


@pytest.mark.django_db
@ON_POSTGRESQL
@pytest.mark.parametrize("sqlstate", ["22012", "23505", "25001", "25P02", "42501", "42P01", "P0001", "XX000", "XX001"])
def test_other_code_is_not_an_outage(sqlstate: str) -> None:
    assert not is_outage(refusal(f"DO $$ BEGIN RAISE 'trouble' USING ERRCODE = '{sqlstate}'; END $$"))


@pytest.mark.django_db
@ON_POSTGRESQL
def test_statement_timeout_is_an_outage() -> None:
    assert is_outage(refusal("SET LOCAL statement_timeout = 10", "SELECT pg_sleep(30)"))


@pytest.mark.django_db(transaction=True)
@ON_POSTGRESQL
def test_read_only_server_is_an_outage() -> None:
    assert is_outage(refusal("SET TRANSACTION READ ONLY", "DELETE FROM cinema_genre"))


@pytest.mark.django_db(transaction=True)
@ON_POSTGRESQL
def test_lock_timeout_is_an_outage() -> None:
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("LOCK TABLE cinema_genre")

        assert is_outage(refusal("SET LOCAL lock_timeout = 10", "DELETE FROM cinema_genre"))


# ---------------------------------------------------------------------- outages of SQLite


@pytest.fixture
def other() -> Iterator[sqlite3.Connection]:
    """A connection of another process that holds the write lock."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


@pytest.mark.django_db(transaction=True)
@ON_SQLITE
def test_locked_file_is_an_outage(other: sqlite3.Connection) -> None:
    assert is_outage(raised(lambda: execute("PRAGMA busy_timeout = 10", "DELETE FROM cinema_genre")))
    connection.close()


@pytest.mark.django_db(transaction=True)
@ON_SQLITE
def test_full_file_is_an_outage() -> None:
    full = "CREATE TABLE ballast AS SELECT zeroblob(50000000) AS weight"

    assert is_outage(raised(lambda: execute("PRAGMA max_page_count = 1", full)))
    connection.close()


@pytest.mark.django_db(transaction=True)
@ON_SQLITE
def test_read_only_file_is_an_outage() -> None:
    assert is_outage(raised(lambda: execute("PRAGMA query_only = ON", "DELETE FROM cinema_genre")))
    connection.close()

"""What the drivers really raise, and which of it is an outage."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection, transaction

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
    """What `act` ends with: an error of the driver, as Django hands it on."""
    with pytest.raises(Error) as failure:
        act()
    return failure.value


def refusal(*statements: str) -> Error:
    """What the last of `statements` is refused with."""

    def act() -> None:
        with transaction.atomic():
            execute(*statements)

    return raised(act)


# ---------------------------------------------------------------------- what is no outage


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
def test_a_statement_that_is_wrong(statement: str) -> None:
    assert not is_outage(refusal(statement))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["'Drama'", "NULL"])
def test_a_constraint_that_is_violated(name: str) -> None:
    Genre.objects.create(name="Drama")

    assert not is_outage(refusal(f"INSERT INTO cinema_genre (name) VALUES ({name})"))  # noqa: S608 - one of the above


@pytest.mark.django_db
@ON_POSTGRESQL
@pytest.mark.parametrize("statement", ["SELECT 1/0", "SELECT 'one'::integer", "SELECT 2147483647 + 1"])
def test_a_value_that_is_wrong(statement: str) -> None:
    assert not is_outage(refusal(statement))


@pytest.mark.django_db
@ON_POSTGRESQL
def test_a_statement_that_is_too_large() -> None:
    """An OperationalError, like an outage, but trying again is of no use."""
    assert not is_outage(refusal(f"SELECT {', '.join(['1'] * 1700)}"))


@pytest.mark.django_db
@ON_POSTGRESQL
def test_going_on_in_a_transaction_that_failed() -> None:
    def go_on() -> None:
        with transaction.atomic():
            with pytest.raises(psycopg.errors.UndefinedTable):
                connection.connection.execute("SELECT * FROM nothing")
            execute("SELECT 1")

    assert not is_outage(raised(go_on))


@pytest.mark.django_db(transaction=True)
@ON_SQLITE
def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "garbage").write_text("no database" * 1000)

    # Without options, so that connecting reads nothing yet: Django leaves a connection open if that fails.
    with connecting_with(NAME=str(tmp_path / "garbage"), OPTIONS={}):
        assert not is_outage(raised(lambda: execute("SELECT * FROM sqlite_master")))


@pytest.mark.parametrize("error", [ValueError(), OSError("disk full"), DatabaseError("disk full"), KeyboardInterrupt()])
def test_an_error_of_another_kind(error: BaseException) -> None:
    assert not is_outage(error)


# ---------------------------------------------------------------------- what is one, anywhere


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    nowhere = {"NAME": str(tmp_path / "no" / "such")} if connection.vendor == "sqlite" else {"PORT": "1"}

    with connecting_with(**nowhere):
        assert is_outage(raised(connection.ensure_connection))


@pytest.mark.parametrize("error", [OperationalError("server closed the connection"), InterfaceError("closed")])
def test_an_error_without_a_code_is_one_of_the_connection(error: Error) -> None:
    assert is_outage(error)


# ---------------------------------------------------------------------- what is one of PostgreSQL


@pytest.mark.django_db(transaction=True)
@ON_POSTGRESQL
def test_a_connection_that_was_ended() -> None:
    def end() -> None:
        execute("SELECT pg_terminate_backend(pg_backend_pid())")

    assert is_outage(raised(end))
    # The same connection once more, which is not looked at before the request is over.
    assert is_outage(raised(lambda: execute("SELECT 1")))
    connection.close()


@pytest.mark.django_db
@ON_POSTGRESQL
@pytest.mark.parametrize(
    "sqlstate",
    ["08006", "25006", "25P03", "53000", "53100", "53200", "53300", "57014", "57P01", "57P02", "57P03", "58030"],
)
def test_a_code_of_the_server_s_troubles(sqlstate: str) -> None:
    assert is_outage(refusal(f"DO $$ BEGIN RAISE 'trouble' USING ERRCODE = '{sqlstate}'; END $$"))


@pytest.mark.django_db
@ON_POSTGRESQL
@pytest.mark.parametrize("sqlstate", ["22012", "23505", "25001", "25P02", "42501", "42P01", "P0001", "XX000", "XX001"])
def test_a_code_of_another_kind(sqlstate: str) -> None:
    assert not is_outage(refusal(f"DO $$ BEGIN RAISE 'trouble' USING ERRCODE = '{sqlstate}'; END $$"))


@pytest.mark.django_db
@ON_POSTGRESQL
def test_a_statement_that_takes_too_long() -> None:
    assert is_outage(refusal("SET LOCAL statement_timeout = 10", "SELECT pg_sleep(30)"))


@pytest.mark.django_db(transaction=True)
@ON_POSTGRESQL
def test_a_server_that_only_reads() -> None:
    assert is_outage(refusal("SET TRANSACTION READ ONLY", "DELETE FROM cinema_genre"))


@pytest.mark.django_db(transaction=True)
@ON_POSTGRESQL
def test_a_lock_that_is_not_had() -> None:
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("LOCK TABLE cinema_genre")

        assert is_outage(refusal("SET LOCAL lock_timeout = 10", "DELETE FROM cinema_genre"))


# ---------------------------------------------------------------------- what is one of SQLite


@pytest.fixture
def other() -> Iterator[sqlite3.Connection]:
    """Of another process, which has the file to itself for writing."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


@pytest.mark.django_db(transaction=True)
@ON_SQLITE
def test_a_file_that_is_locked(other: sqlite3.Connection) -> None:
    assert is_outage(raised(lambda: execute("PRAGMA busy_timeout = 10", "DELETE FROM cinema_genre")))
    connection.close()


@pytest.mark.django_db(transaction=True)
@ON_SQLITE
def test_a_file_that_is_full() -> None:
    full = "CREATE TABLE ballast AS SELECT zeroblob(50000000) AS weight"

    assert is_outage(raised(lambda: execute("PRAGMA max_page_count = 1", full)))
    connection.close()


@pytest.mark.django_db(transaction=True)
@ON_SQLITE
def test_a_file_that_may_not_be_written_to() -> None:
    assert is_outage(raised(lambda: execute("PRAGMA query_only = ON", "DELETE FROM cinema_genre")))
    connection.close()

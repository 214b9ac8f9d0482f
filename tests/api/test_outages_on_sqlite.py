"""Failures of SQLite during a request: a full disk, a locked file, a read-only file."""

import gc
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from django.db import connection

from cinema.core import transactions
from cinema.models import Booking
from tests.api.outages import (
    EVERY_CALL,
    READS,
    Server,
    assert_busy,
    assert_unavailable,
    assert_works,
    execute_sql,
    send,
)
from tests.connections import connecting_with
from tests.stored import nothing_changes

pytestmark = [
    pytest.mark.both,
    pytest.mark.django_db(transaction=True),
    pytest.mark.sqlite(reason="these failures occur on SQLite only"),
]


@contextmanager
def disk_full(table: str) -> Iterator[None]:
    """Limit the size of the file, and make an insert exceed it."""
    # An old connection is replaced when a request begins, which would drop the trigger.
    connection.close()
    grow = "INSERT INTO ballast VALUES (zeroblob(50000000))"
    execute_sql(
        "CREATE TABLE ballast (weight)",
        f'CREATE TEMP TRIGGER fail AFTER INSERT ON main."{table}" BEGIN {grow}; END',
    )
    with connection.cursor() as cursor:
        (pages,) = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        # The trigger and the limit end with the connection.
        connection.close()
        execute_sql("DROP TABLE ballast")


@contextmanager
def locked(*, readers_too: bool = False) -> Iterator[None]:
    """Another process holds the write lock for longer than the timeout."""
    with (
        # Skip the initial commands, because they read, and Django leaves a connection open if they fail.
        connecting_with(OPTIONS={**connection.settings_dict["OPTIONS"], "timeout": 0.02, "init_command": ""}),
        closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other,
    ):
        if readers_too:
            # This needs exclusive access to the file. A closed connection releases it with its last cursor, which the
            # traceback of an earlier failure may keep alive.
            gc.collect()
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize("table", ["cinema_booking", "cinema_ticket", "cinema_ticketevent", "cinema_idempotencykey"])
def test_a_full_disk_sells_nothing(server: Server, hold: Booking, table: str) -> None:
    with nothing_changes():
        with disk_full(table):
            response = send(server, "bookSeat", hold)
        assert_unavailable(response)

    assert_works(server, "bookSeat", hold)


def test_after_a_full_disk_the_same_connection_works(server: Server, hold: Booking) -> None:
    with disk_full("cinema_ticket"), nothing_changes():
        assert_unavailable(send(server, "bookSeat", hold))
        assert_unavailable(send(server, "bookSeat", hold))
        assert server("{ myBookings { totalCount } }").data == {"myBookings": {"totalCount": 1}}


@EVERY_CALL
def test_a_file_that_cannot_be_written_to_sells_nothing(server: Server, hold: Booking, call: str) -> None:
    with nothing_changes():
        execute_sql("PRAGMA query_only = ON")
        response = send(server, call, hold)
        assert_unavailable(response)
        connection.close()

    assert_works(server, call, hold)


@EVERY_CALL
def test_a_file_that_stays_locked_is_busy(
    server: Server, hold: Booking, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    monkeypatch.setattr(transactions, "FIRST_PAUSE_SECONDS", 0.0001)

    with nothing_changes():
        with locked():
            response = send(server, call, hold)

        assert_busy(response, call)

    assert_works(server, call, hold)


def test_a_file_that_stays_locked_can_be_read(server: Server) -> None:
    with locked():
        assert server("{ myBookings { totalCount } }").data == {"myBookings": {"totalCount": 0}}


@pytest.mark.parametrize("document", READS)
def test_a_file_that_cannot_be_read_is_an_outage(server: Server, document: str) -> None:
    with locked(readers_too=True):
        assert_unavailable(server(document))

    assert "errors" not in server(document).body

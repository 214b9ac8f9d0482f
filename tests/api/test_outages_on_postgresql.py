"""Failures of PostgreSQL during a request: lost connections, missing resources, locked rows."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import connection

from cinema.core import transactions
from cinema.models import Booking, Show, User
from tests.api.outages import (
    CALLS,
    EVERY_CALL,
    SECRET,
    Server,
    assert_busy,
    assert_unavailable,
    assert_works,
    execute_sql,
    send,
)
from tests.conftest import global_id
from tests.connections import connecting_with
from tests.stored import nothing_changes
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgresql(reason="these failures occur on PostgreSQL only"),
]


# The statement that writes a booking, its tickets and their events.
SALE = "INSERT INTO cinema_booking"


@pytest.fixture(autouse=True)
def same_as_core() -> None:
    """Results are not compared with those of graphql-core: a query that is sent twice would fail only once."""


@contextmanager
def before(fragment: str, act: Callable[[], object]) -> Iterator[None]:
    """Call `act` once, right before the first statement that contains `fragment`."""
    pending = [act]

    def watch(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if pending and fragment in sql:
            pending.pop()()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield
    assert not pending, f"no statement contains {fragment}"


def terminate() -> None:
    """Terminate the connection of this thread, like an administrator or a shutdown of the server."""
    pid = connection.connection.info.backend_pid
    with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as administrator:
        # Waits until the connection has ended.
        administrator.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@contextmanager
def on_insert(table: str, statement: str) -> Iterator[None]:
    """Create a trigger that runs `statement` before each insert."""
    execute_sql(
        f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NEW; END $$",
        f'CREATE TRIGGER fail BEFORE INSERT ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION fail()',
    )
    try:
        yield
    finally:
        execute_sql(f'DROP TRIGGER fail ON "{table}"', "DROP FUNCTION fail")


def options(values: str) -> AbstractContextManager[None]:
    """Connect with these options of PostgreSQL."""
    return connecting_with(OPTIONS={**connection.settings_dict["OPTIONS"], "options": values})


@pytest.mark.usefixtures("only_transactions")
@pytest.mark.parametrize(
    "step",
    [
        'FROM "cinema_user"',
        "FOR NO KEY UPDATE",
        "FOR KEY SHARE",
        SALE,
        'INSERT INTO "cinema_idempotencykey"',
    ],
)
def test_a_connection_lost_during_the_transaction_rolls_it_back(server: Server, hold: Booking, step: str) -> None:
    with nothing_changes():
        with before(step, terminate):
            response = send(server, "bookSeat", hold)
        assert_unavailable(response)

    assert_works(server, "bookSeat", hold)


@pytest.mark.usefixtures("only_transactions")
@EVERY_CALL
def test_a_connection_lost_before_the_commit_rolls_the_transaction_back(
    server: Server, hold: Booking, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    commit = connection.commit

    def terminate_and_commit() -> None:
        terminate()
        commit()

    with nothing_changes():
        with monkeypatch.context() as failing:
            failing.setattr(connection, "commit", terminate_and_commit)
            response = send(server, call, hold)
        assert_unavailable(response)

    assert_works(server, call, hold)


def test_a_connection_lost_during_the_statement_of_a_sale_rolls_it_back(server: Server, hold: Booking) -> None:
    with nothing_changes():
        with on_insert("cinema_ticketevent", "PERFORM pg_terminate_backend(pg_backend_pid())"):
            response = send(server, "bookSeat", hold)
        assert_unavailable(response)

    assert_works(server, "bookSeat", hold)


def test_a_result_lost_after_the_commit_is_returned_by_a_repeated_call(server: Server, hold: Booking) -> None:
    document = (
        "mutation ($input: BookSeatInput!) { bookSeat(input: $input) { ... on Booking { show { seatsAvailable } } } }"
    )
    with before("SELECT show.id, show.cancelled_at", terminate):
        assert_unavailable(server(document, input={**CALLS["bookSeat"](hold), "idempotencyKey": "key"}))

    booking = Booking.objects.exclude(pk=hold.pk).get()
    with nothing_changes():
        result = send(server, "bookSeat", hold).data["bookSeat"]
    assert result == {
        "__typename": "Booking",
        "id": global_id(booking),
        "status": "CONFIRMED",
        "tickets": [{"seat": "A1"}],
    }


def test_a_connection_lost_between_two_requests_is_replaced(server: Server, hold: Booking) -> None:
    assert server("{ me { username } }").data
    terminate()

    assert send(server, "bookSeat", hold).data["bookSeat"]["status"] == "CONFIRMED"


def test_a_connection_lost_before_a_query_is_reported(server: Server, show: Show) -> None:
    with before("FROM cinema_movie", terminate):
        assert_unavailable(server("{ movies { nodes { title } } }"))

    assert server("{ movies { nodes { title } } }").data == {"movies": {"nodes": [{"title": show.movie.title}]}}


@pytest.mark.parametrize(
    "sqlstate",
    ["53100", "53200", "57P03", "58030"],
    ids=["disk full", "out of memory", "cannot connect now", "input/output error"],
)
@pytest.mark.parametrize("table", ["cinema_booking", "cinema_ticket", "cinema_ticketevent", "cinema_idempotencykey"])
def test_a_server_without_resources_sells_nothing(server: Server, hold: Booking, table: str, sqlstate: str) -> None:
    with nothing_changes():
        with on_insert(table, f"RAISE EXCEPTION '{SECRET}' USING ERRCODE = '{sqlstate}'"):
            response = send(server, "bookSeat", hold)
        assert_unavailable(response)

    assert_works(server, "bookSeat", hold)


def test_a_slow_statement_is_cancelled(server: Server, hold: Booking) -> None:
    with nothing_changes():
        with on_insert("cinema_ticket", "PERFORM pg_sleep(30)"), options("-c statement_timeout=200"):
            response = send(server, "bookSeat", hold)
        assert_unavailable(response)

    assert_works(server, "bookSeat", hold)


@pytest.mark.usefixtures("only_transactions")
def test_an_idle_transaction_is_terminated(server: Server, hold: Booking) -> None:
    def idle() -> None:
        execute_sql("SET LOCAL idle_in_transaction_session_timeout = 10")
        pid = connection.connection.info.backend_pid
        with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as observer:
            find_backend = partial(observer.execute, "SELECT FROM pg_stat_activity WHERE pid = %s", [pid])
            wait_until(lambda: find_backend().fetchone() is None, what="the end of the backend")

    with nothing_changes():
        with before(SALE, idle):
            response = send(server, "bookSeat", hold)
        assert_unavailable(response)

    assert_works(server, "bookSeat", hold)


@pytest.mark.usefixtures("only_transactions")
@EVERY_CALL
def test_a_standby_sells_nothing(server: Server, hold: Booking, call: str) -> None:
    with nothing_changes():
        with before("FOR NO KEY UPDATE", lambda: execute_sql("SET TRANSACTION READ ONLY")):
            response = send(server, call, hold)
        assert_unavailable(response)

    assert_works(server, call, hold)


def test_a_standby_does_not_execute_the_statement_of_a_sale(server: Server, hold: Booking) -> None:
    with nothing_changes(), options("-c default_transaction_read_only=on"):
        assert_unavailable(send(server, "bookSeat", hold))

    assert_works(server, "bookSeat", hold)


@EVERY_CALL
def test_a_row_that_stays_locked_is_busy(
    server: Server, buyer: User, hold: Booking, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    monkeypatch.setattr(transactions, "FIRST_PAUSE_SECONDS", 0.0001)

    with nothing_changes():
        with (
            options("-c lock_timeout=10"),
            psycopg.connect(**connection.get_connection_params()) as other,
        ):
            other.execute("SELECT FROM cinema_user WHERE id = %s FOR UPDATE", [buyer.pk])
            response = send(server, call, hold)

        assert_busy(response, call)

    assert_works(server, call, hold)


def test_too_many_connections_are_an_outage(server: Server, hold: Booking) -> None:
    role = f"full_{uuid.uuid4().hex}"
    execute_sql(f"CREATE ROLE {role} LOGIN PASSWORD '{SECRET}' CONNECTION LIMIT 0")
    try:
        with nothing_changes():
            with connecting_with(USER=role, PASSWORD=SECRET):
                with pytest.raises(psycopg.OperationalError, match="too many connections"):
                    psycopg.connect(**connection.get_connection_params())
                response = send(server, "bookSeat", hold)
            assert_unavailable(response)
    finally:
        execute_sql(f"DROP ROLE {role}")

    assert_works(server, "bookSeat", hold)

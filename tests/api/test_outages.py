"""The database fails in the middle of a request: for real, by each database's own means.

Whatever it is, the client is told that another try may succeed, and nothing of what the database said; nothing
half-done stays; and the next request is answered by the same process.
"""

import gc
import json
import logging
import os
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

import psycopg
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from cinema.booking import holds
from cinema.core import transactions
from cinema.models import Booking, Show, User
from tests import situations
from tests.conftest import Answer, Api, global_id
from tests.situations import PASSWORD
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db(transaction=True)

ON_POSTGRESQL = pytest.mark.skipif(connection.vendor != "postgresql", reason="a failure of PostgreSQL")
ON_SQLITE = pytest.mark.skipif(connection.vendor != "sqlite", reason="a failure of SQLite")

SECRET = "swordfish"
UNAVAILABLE = {
    "message": "The service is not available at this moment. Please try again.",
    "extensions": {"code": "SERVICE_UNAVAILABLE", "retryAfterMs": 2000},
}
MUTATION = """
mutation ($input: {type}!) {{
  {name}(input: $input) {{
    __typename
    ... on Booking {{ id status tickets {{ seat }} }}
    ... on Problem {{ message }}
    ... on Busy {{ retryAfterMs }}
  }}
}}
"""
LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { __typename } }"
READS = ["{ movies { nodes { title } } }", "{ me { username } }", "{ myBookings { totalCount } }"]


class Server(Api):
    """In this thread, as it runs for real: a connection that broke is replaced between two requests.

    Django's test client leaves that out.
    """

    def __init__(self, token: str) -> None:
        self.token = token
        self.handler = WSGIHandler()

    def post(self, body: Any, **headers: str) -> Answer:
        request = RequestFactory().post(
            "/graphql",
            json.dumps(body, default=str),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )
        response = self.handler(request.environ, lambda *_: None)  # type: ignore[arg-type]
        assert isinstance(response, HttpResponse)
        try:
            return Answer(response.status_code, json.loads(response.content), response.headers)
        finally:
            response.close()


@pytest.fixture
def server(buyer: User) -> Iterator[Server]:
    """For the buyer, who is signed in."""
    yield Server(situations.an_access_token(buyer))
    connection.close()


@pytest.fixture
def hold(show: Show, buyer: User) -> Booking:
    """Of the seats B1 and B2."""
    return holds.acquire(show_id=show.pk, wanted=["B1", "B2"], by=buyer)


CALLS: dict[str, Callable[[Booking], dict[str, Any]]] = {
    "bookSeat": lambda hold: {"showId": global_id(hold.show), "seat": "A1"},
    "holdSeats": lambda hold: {"showId": global_id(hold.show), "selection": {"bestAvailable": {"count": 2}}},
    "extendHold": lambda hold: {"bookingId": global_id(hold)},
    "confirmBooking": lambda hold: {"bookingId": global_id(hold)},
    "cancelBooking": lambda hold: {"bookingId": global_id(hold)},
}
EVERY_CALL = pytest.mark.parametrize("call", CALLS)


def sent(server: Server, call: str, hold: Booking) -> Answer:
    document = MUTATION.format(name=call, type=f"{call[0].upper()}{call[1:]}Input")
    return server(document, input={**CALLS[call](hold), "idempotencyKey": "key"})


def assert_unavailable(answer: Answer) -> None:
    (error,) = answer.body["errors"]
    assert {name: error[name] for name in UNAVAILABLE} == UNAVAILABLE
    assert SECRET not in json.dumps(answer.body)


def assert_busy(answer: Answer, call: str) -> None:
    result = answer.data[call]
    assert result.pop("retryAfterMs") >= 0
    assert result == {
        "__typename": "Busy",
        "message": "Too many people want the same at this moment. Please try again.",
    }


def assert_works(server: Server, call: str, hold: Booking) -> None:
    """The call that failed, sent again with its key, does what it should."""
    (first,) = sent(server, call, hold).data.values()
    assert first["__typename"] == "Booking"
    with nothing_changes():
        assert sent(server, call, hold).data == {call: first}


@contextmanager
def before(fragment: str, act: Callable[[], object]) -> Iterator[None]:
    """`act` is called once, right before the first statement with `fragment` in it."""
    pending = [act]

    def watch(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if pending and fragment in sql:
            pending.pop()()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield
    assert not pending, f"no statement had {fragment} in it"


@contextmanager
def connecting_with(**settings: Any) -> Iterator[None]:
    """The next connections are made with these settings."""
    kept = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(settings)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(kept)


def executed(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


# ---------------------------------------------------------------------- no database at all


def unreachable() -> AbstractContextManager[None]:
    if connection.vendor == "sqlite":
        return connecting_with(NAME=f"/no/such/{SECRET}")
    return connecting_with(PORT="1")


@EVERY_CALL
def test_a_database_that_cannot_be_reached_sells_nothing(server: Server, hold: Booking, call: str) -> None:
    with nothing_changes():
        with unreachable():
            answer = sent(server, call, hold)
        assert_unavailable(answer)

    assert answer.status == 200
    assert answer.body["data"] is None
    assert_works(server, call, hold)


@pytest.mark.parametrize("document", READS)
def test_a_database_that_cannot_be_reached_tells_nothing(server: Server, document: str) -> None:
    with unreachable():
        assert_unavailable(server(document))

    assert "errors" not in server(document).body


def test_without_a_database_nobody_is_told_that_their_password_is_wrong(server: Server, buyer: User) -> None:
    given = {"username": buyer.username, "password": PASSWORD}

    with unreachable():
        assert_unavailable(server(LOGIN, input=given))

    assert server(LOGIN, input=given).data == {"login": {"__typename": "Session"}}


def test_an_outage_is_one_line_in_the_log(server: Server, hold: Booking, caplog: pytest.LogCaptureFixture) -> None:
    with unreachable():
        sent(server, "bookSeat", hold)

    (record,) = caplog.records
    assert (record.levelno, record.exc_info) == (logging.ERROR, None)
    assert "no database" in record.getMessage()


# ---------------------------------------------------------------------- PostgreSQL


def terminate() -> None:
    """End this thread's connection from outside, as an administrator does, or a server that goes down."""
    pid = connection.connection.info.backend_pid
    with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as administrator:
        # Waits until it is gone.
        administrator.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@contextmanager
def on_insert(table: str, what: str) -> Iterator[None]:
    """A trigger does `what` before each insert."""
    executed(
        f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; RETURN NEW; END $$",
        f'CREATE TRIGGER fail BEFORE INSERT ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION fail()',
    )
    try:
        yield
    finally:
        executed(f'DROP TRIGGER fail ON "{table}"', "DROP FUNCTION fail")


@ON_POSTGRESQL
@pytest.mark.parametrize(
    "step",
    [
        'FROM "cinema_user"',
        "FOR NO KEY UPDATE",
        "FOR KEY SHARE",
        'INSERT INTO "cinema_booking"',
        "SAVEPOINT",
        'INSERT INTO "cinema_ticket" ',
        "RELEASE SAVEPOINT",
        'INSERT INTO "cinema_ticketevent"',
        'INSERT INTO "cinema_idempotencykey"',
    ],
)
def test_a_connection_that_ends_in_the_middle_takes_the_booking_along(server: Server, hold: Booking, step: str) -> None:
    with nothing_changes():
        with before(step, terminate):
            answer = sent(server, "bookSeat", hold)
        assert_unavailable(answer)

    assert_works(server, "bookSeat", hold)


@ON_POSTGRESQL
@EVERY_CALL
def test_a_connection_that_ends_before_the_commit_takes_everything_along(
    server: Server, hold: Booking, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    commit = connection.commit

    def ended_before() -> None:
        terminate()
        commit()

    with nothing_changes():
        with monkeypatch.context() as failing:
            failing.setattr(connection, "commit", ended_before)
            answer = sent(server, call, hold)
        assert_unavailable(answer)

    assert_works(server, call, hold)


@ON_POSTGRESQL
def test_an_answer_that_was_lost_after_the_commit_is_had_with_the_key(server: Server, hold: Booking) -> None:
    with before('SELECT "cinema_ticket"."id"', terminate):
        assert_unavailable(sent(server, "bookSeat", hold))

    booking = Booking.objects.exclude(pk=hold.pk).get()
    with nothing_changes():
        answer = sent(server, "bookSeat", hold).data["bookSeat"]
    assert answer == {
        "__typename": "Booking",
        "id": global_id(booking),
        "status": "CONFIRMED",
        "tickets": [{"seat": "A1"}],
    }


@ON_POSTGRESQL
def test_a_connection_that_ended_between_two_requests_is_not_noticed(server: Server, hold: Booking) -> None:
    assert server("{ me { username } }").data
    terminate()

    assert sent(server, "bookSeat", hold).data["bookSeat"]["status"] == "CONFIRMED"


@ON_POSTGRESQL
def test_a_connection_that_ends_before_a_query_is_told(server: Server, show: Show) -> None:
    with before('FROM "cinema_movie"', terminate):
        assert_unavailable(server("{ movies { nodes { title } } }"))

    assert server("{ movies { nodes { title } } }").data == {"movies": {"nodes": [{"title": show.movie.title}]}}


@ON_POSTGRESQL
@pytest.mark.parametrize(
    "sqlstate",
    ["53100", "53200", "57P03", "58030"],
    ids=["disk full", "out of memory", "cannot connect now", "input/output error"],
)
@pytest.mark.parametrize("table", ["cinema_booking", "cinema_ticket", "cinema_ticketevent", "cinema_idempotencykey"])
def test_a_server_that_is_out_of_something_sells_nothing(
    server: Server, hold: Booking, table: str, sqlstate: str
) -> None:
    with nothing_changes():
        with on_insert(table, f"RAISE EXCEPTION '{SECRET}' USING ERRCODE = '{sqlstate}'"):
            answer = sent(server, "bookSeat", hold)
        assert_unavailable(answer)

    assert_works(server, "bookSeat", hold)


@ON_POSTGRESQL
def test_a_statement_that_takes_too_long_is_given_up(server: Server, hold: Booking) -> None:
    with nothing_changes():
        with (
            on_insert("cinema_ticket", "PERFORM pg_sleep(30)"),
            before('INSERT INTO "cinema_ticket" ', lambda: executed("SET LOCAL statement_timeout = 50")),
        ):
            answer = sent(server, "bookSeat", hold)
        assert_unavailable(answer)

    assert_works(server, "bookSeat", hold)


@ON_POSTGRESQL
def test_a_transaction_that_idles_too_long_is_given_up(server: Server, hold: Booking) -> None:
    def idle() -> None:
        executed("SET LOCAL idle_in_transaction_session_timeout = 10")
        give_up = time.monotonic() + 10
        pid = connection.connection.info.backend_pid
        with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as observer:
            while observer.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone() is not None:
                assert time.monotonic() < give_up
                time.sleep(0.01)  # between two looks

    with nothing_changes():
        with before('INSERT INTO "cinema_ticketevent"', idle):
            answer = sent(server, "bookSeat", hold)
        assert_unavailable(answer)

    assert_works(server, "bookSeat", hold)


@ON_POSTGRESQL
@EVERY_CALL
def test_a_standby_sells_nothing(server: Server, hold: Booking, call: str) -> None:
    with nothing_changes():
        with before("FOR NO KEY UPDATE", lambda: executed("SET TRANSACTION READ ONLY")):
            answer = sent(server, call, hold)
        assert_unavailable(answer)

    assert_works(server, call, hold)


@ON_POSTGRESQL
@EVERY_CALL
def test_a_row_that_stays_locked_is_busy(
    server: Server, buyer: User, hold: Booking, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    monkeypatch.setattr(transactions, "FIRST_PAUSE_SECONDS", 0.0001)

    with nothing_changes():
        with (
            connecting_with(OPTIONS={**connection.settings_dict["OPTIONS"], "options": "-c lock_timeout=10"}),
            psycopg.connect(**connection.get_connection_params()) as other,
        ):
            other.execute("SELECT FROM cinema_user WHERE id = %s FOR UPDATE", [buyer.pk])
            answer = sent(server, call, hold)

        assert_busy(answer, call)

    assert_works(server, call, hold)


@ON_POSTGRESQL
def test_too_many_connections_are_an_outage(server: Server, hold: Booking) -> None:
    role = f"full_{uuid.uuid4().hex}"
    executed(f"CREATE ROLE {role} LOGIN PASSWORD '{SECRET}' CONNECTION LIMIT 0")
    try:
        with nothing_changes():
            with connecting_with(USER=role, PASSWORD=SECRET):
                with pytest.raises(psycopg.OperationalError, match="too many connections"):
                    psycopg.connect(**connection.get_connection_params())
                answer = sent(server, "bookSeat", hold)
            assert_unavailable(answer)
    finally:
        executed(f"DROP ROLE {role}")

    assert_works(server, "bookSeat", hold)


# ---------------------------------------------------------------------- SQLite


@contextmanager
def disk_full(table: str) -> Iterator[None]:
    """The file may not grow, and an insert wants it to."""
    grow = "INSERT INTO ballast VALUES (zeroblob(50000000))"
    executed(
        "CREATE TABLE ballast (weight)",
        f'CREATE TEMP TRIGGER fail AFTER INSERT ON main."{table}" BEGIN {grow}; END',
    )
    with connection.cursor() as cursor:
        (pages,) = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        # Trigger and limit go with the connection.
        connection.close()
        executed("DROP TABLE ballast")


@contextmanager
def locked(*, reading_too: bool = False) -> Iterator[None]:
    """Another process writes, and goes on doing so for longer than anybody waits."""
    with (
        # Without the first commands, which read: Django leaves a connection open if they fail.
        connecting_with(OPTIONS={**connection.settings_dict["OPTIONS"], "timeout": 0.02, "init_command": ""}),
        closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other,
    ):
        if reading_too:
            # Only who has the file to himself can: a closed connection lets go of it with its last cursor, and the
            # traceback of an earlier failure may keep one.
            gc.collect()
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@ON_SQLITE
@pytest.mark.parametrize("table", ["cinema_booking", "cinema_ticket", "cinema_ticketevent", "cinema_idempotencykey"])
def test_a_full_disk_sells_nothing(server: Server, hold: Booking, table: str) -> None:
    with nothing_changes():
        with disk_full(table):
            answer = sent(server, "bookSeat", hold)
        assert_unavailable(answer)

    assert_works(server, "bookSeat", hold)


@ON_SQLITE
def test_after_a_full_disk_the_same_connection_works(server: Server, hold: Booking) -> None:
    with disk_full("cinema_ticket"), nothing_changes():
        assert_unavailable(sent(server, "bookSeat", hold))
        assert_unavailable(sent(server, "bookSeat", hold))
        assert server("{ myBookings { totalCount } }").data == {"myBookings": {"totalCount": 1}}


@ON_SQLITE
@EVERY_CALL
def test_a_file_that_cannot_be_written_to_sells_nothing(server: Server, hold: Booking, call: str) -> None:
    with nothing_changes():
        executed("PRAGMA query_only = ON")
        answer = sent(server, call, hold)
        assert_unavailable(answer)
        connection.close()

    assert_works(server, call, hold)


@ON_SQLITE
@EVERY_CALL
def test_a_file_that_stays_locked_is_busy(
    server: Server, hold: Booking, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    monkeypatch.setattr(transactions, "FIRST_PAUSE_SECONDS", 0.0001)

    with nothing_changes():
        with locked():
            answer = sent(server, call, hold)

        assert_busy(answer, call)

    assert_works(server, call, hold)


@ON_SQLITE
def test_a_file_that_stays_locked_can_be_read(server: Server) -> None:
    with locked():
        assert server("{ myBookings { totalCount } }").data == {"myBookings": {"totalCount": 0}}


@ON_SQLITE
@pytest.mark.parametrize("document", READS)
def test_a_file_that_cannot_even_be_read_is_an_outage(server: Server, document: str) -> None:
    with locked(reading_too=True):
        assert_unavailable(server(document))

    assert "errors" not in server(document).body

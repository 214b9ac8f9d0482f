"""Requests with tokens to the real server, which reads their sessions in its event loop."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.server.test_first_booking import LOGIN, signed_up
from tests.serving import Server, serving
from tests.waiting import wait_until

pytestmark = [pytest.mark.xdist_group("server"), pytest.mark.postgresql("is about its connections")]

ME = "{ me { username } }"
LOGOUT = "mutation { logout(input: {}) { __typename } }"
CHANGE_PASSWORD = "mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { __typename } }"
PASSWORD = "a-long-pass-phrase"
# When the event loop last executed its statement.
READ_AT = "SELECT max(query_start) FROM pg_stat_activity WHERE query LIKE 'PREPARE pipelined %'"

Sql = Callable[[str], object]


@pytest.fixture(scope="module")
def one_worker(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("sessions") / "server.log"
    with serving(environment, log=log, program=("manage.py", "serve", "--workers", "1")) as started:
        yield started


@pytest.fixture(scope="module")
def sql(environment: dict[str, str]) -> Iterator[Sql]:
    """Executes a statement, and returns the first value of a query."""
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as connection:

        def execute(statement: str) -> object:
            cursor = connection.execute(statement)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None

        yield execute


def username(server: Server, token: str) -> str | None:
    """The name of the user of the token. None if the token is refused."""
    response = server.post(ME, token)
    if response["data"]["me"] is None:
        assert [each["extensions"]["code"] for each in response["errors"]] == ["UNAUTHENTICATED"]
        return None
    return str(response["data"]["me"]["username"])


def is_read_in_loop(server: Server, token: str, sql: Sql) -> bool:
    before = sql(READ_AT)
    username(server, token)
    return sql(READ_AT) != before


def log_out(server: Server, name: str, token: str, sql: Sql) -> None:
    assert server.post(LOGOUT, token)["data"]["logout"]


def change_password_in_another_session(server: Server, name: str, token: str, sql: Sql) -> None:
    session = server.post(LOGIN, input={"username": name, "password": PASSWORD})["data"]["login"]
    passwords = {"currentPassword": PASSWORD, "newPassword": "a-seat-in-the-last-row"}
    response = server.post(CHANGE_PASSWORD, session["accessToken"], input=passwords)
    assert response["data"]["changePassword"] == {"__typename": "Session"}


def deactivate(server: Server, name: str, token: str, sql: Sql) -> None:
    sql(f"UPDATE cinema_user SET is_active = false WHERE username = '{name}'")  # noqa: S608 - a name of the test


@pytest.mark.parametrize("end", [log_out, change_password_in_another_session, deactivate])
def test_a_token_is_refused_as_soon_as_its_session_has_ended(
    one_worker: Server, sql: Sql, end: Callable[[Server, str, str, Sql], None]
) -> None:
    name = end.__name__
    token = signed_up(one_worker, name)
    wait_until(lambda: is_read_in_loop(one_worker, token, sql), what="a read in the event loop")
    assert username(one_worker, token) == name

    end(one_worker, name, token, sql)

    before = sql(READ_AT)
    assert username(one_worker, token) is None
    assert sql(READ_AT) != before


def test_every_request_of_many_at_once_gets_its_own_user(one_worker: Server, sql: Sql) -> None:
    tokens = {signed_up(one_worker, name): name for name in (f"reader{n}" for n in range(8))}
    refused = f"{next(iter(tokens))[:-4]}AAAA"
    expected: dict[str, str | None] = {**tokens, refused: None}
    wait_until(lambda: all(is_read_in_loop(one_worker, token, sql) for token in tokens), what="reads in the event loop")
    before = sql(READ_AT)

    sent = random.choices(list(expected), k=400)  # noqa: S311 - no secret
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda token: username(one_worker, token), sent))

    assert found == [expected[token] for token in sent]
    assert sql(READ_AT) != before


def test_requests_succeed_while_the_connection_of_the_event_loop_is_ended(one_worker: Server, sql: Sql) -> None:
    token = signed_up(one_worker, "ended")
    for _ in range(5):
        wait_until(lambda: is_read_in_loop(one_worker, token, sql), what="a read in the event loop")
        with ThreadPoolExecutor(8) as pool:
            names = [pool.submit(username, one_worker, token) for _ in range(40)]
            sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'PREPARE pipelined %'")
            assert {name.result() for name in names} == {"ended"}

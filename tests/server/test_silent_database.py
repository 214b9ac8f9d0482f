"""A database server that is stopped, but still has its connections, as when its machine or its disk hangs."""

import http
import json
import signal
import tempfile
import time
import urllib.error
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cinema.runtime.postgresql.driver import CHECK_SECONDS, SECONDS_BEFORE_CHECK
from tests.proof import databases, fixtures, processes
from tests.proof.server import environment, manage
from tests.serving import Server, serving
from tests.waiting import wait_until

pytestmark = [pytest.mark.xdist_group("server"), pytest.mark.postgresql, pytest.mark.deep]

MOVIES = "{ movies(first: 1) { nodes { title } } }"
BOOK = "mutation ($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"
# On a busy machine, every step can take longer.
MARGIN_SECONDS = 4


@contextmanager
def stopped(database: databases.Postgresql) -> Iterator[None]:
    pids = [database.pid, *processes.descendants(database.pid)]
    for pid in pids:
        processes.send_signal(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(pids):
            processes.send_signal(pid, signal.SIGCONT)


def code_of(server: Server, query: str, token: str | None = None, **variables: Any) -> str | None:
    """The code of the error in the response, or None. The response has status 503 if no thread became free in time."""
    try:
        response = server.post(query, token, **variables)
    except urllib.error.HTTPError as error:
        if error.code != http.HTTPStatus.SERVICE_UNAVAILABLE:
            raise
        response = json.load(error)
    errors = response.get("errors") or [{"extensions": {"code": None}}]
    code: str | None = errors[0]["extensions"]["code"]
    return code


def call_several(server: Server, pool: ThreadPoolExecutor) -> bool:
    return all(pool.map(lambda _: code_of(server, MOVIES), range(8)))


def notices(server: Server) -> int:
    return server.log.read_text().count("does not respond; calls fail until it does")


@pytest.fixture
def database() -> Iterator[databases.Postgresql]:
    # Not in pytest's directory, which the user of PostgreSQL cannot access.
    with tempfile.TemporaryDirectory(prefix="silent-", ignore_cleanup_errors=True) as directory:
        database = databases.Postgresql(Path(directory), settings=databases.SETTINGS)
        try:
            database.start()
            yield database
        finally:
            database.crash()


def test_calls_fail_soon_while_the_database_is_silent(database: databases.Postgresql, tmp_path: Path) -> None:
    variables = environment(database.url)
    manage("migrate", "--verbosity", "0", environment=variables)
    created = fixtures.create(variables, users=1, shows=1)
    (buyer,), (show,) = created.users, created.shows
    with serving(variables, log=tmp_path / "server.log") as server, ThreadPoolExecutor(16) as pool:
        # Both processes have connections, and all threads wait when the database stops.
        list(pool.map(lambda _: server.post(MOVIES), range(32)))
        with stopped(database):
            began = time.monotonic()
            first = [pool.submit(code_of, server, MOVIES) for _ in range(12)]
            booking = pool.submit(code_of, server, BOOK, buyer.token, input={"showId": show.global_id, "seat": "A1"})
            codes = {call.result() for call in first}
            assert booking.result() == "SERVICE_UNAVAILABLE"
            took = time.monotonic() - began
            assert codes == {"SERVICE_UNAVAILABLE"}
            assert took < SECONDS_BEFORE_CHECK + CHECK_SECONDS + MARGIN_SECONDS

            # One process may have had all of these calls.
            wait_until(lambda: call_several(server, pool) and notices(server) >= 2, what="both processes to notice it")
            waiting = [pool.submit(code_of, server, MOVIES) for _ in range(12)]
            for _ in range(20):
                began = time.monotonic()
                assert code_of(server, "{ __typename }") is None
                assert time.monotonic() - began < CHECK_SECONDS / 2
            assert {call.result() for call in waiting} == {"SERVICE_UNAVAILABLE"}
        seat = {"showId": show.global_id, "seat": "A2"}
        wait_until(lambda: code_of(server, BOOK, buyer.token, input=seat) is None, what="a booking to succeed")
    assert notices(server) <= 4
    assert database.query("SELECT count(*) FROM cinema_booking") == [(1,)]

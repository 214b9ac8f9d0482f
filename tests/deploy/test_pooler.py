"""The server behind a real PgBouncer in transaction mode."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from config.environment import BASE_DIR
from tests import machine
from tests.deploy.postgres import Address, over_tcp
from tests.docs.pages import blocks
from tests.proof import fixtures
from tests.proof.server import HOST, free_port, manage
from tests.serving import Server, new_environment, serving, started
from tests.waiting import wait_until

pytestmark = [pytest.mark.deep, pytest.mark.postgresql]

OPERATIONS = BASE_DIR / "docs" / "operations.md"
BOOK = "mutation ($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"
TICKETS = "SELECT seat_id FROM cinema_ticket WHERE show_id = %s"


def settings_for_role() -> str:
    """The statements of the documentation that set the limits."""
    (block,) = (block for block in blocks(OPERATIONS, "sql") if "ALTER ROLE" in block)
    return block


@contextmanager
def pgbouncer(database: Address) -> Iterator[int]:
    """Its port. It has fewer connections to the database than the server opens to it."""
    if shutil.which("pgbouncer") is None:
        machine.needs("needs pgbouncer: `make system` installs it on Debian")
    port = free_port()
    # It refuses to run as root.
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    with tempfile.TemporaryDirectory(prefix="pgbouncer-") as directory:
        os.chown(directory, user.pw_uid, -1)
        users, configuration = Path(directory) / "users", Path(directory) / "pgbouncer.ini"
        users.write_text('"cinema" ""\n')
        configuration.write_text(
            f"[databases]\n* = host={HOST} port={database.port}\n[pgbouncer]\n"
            f"listen_addr={HOST}\nlisten_port={port}\nunix_socket_dir=\nauth_type=trust\nauth_file={users}\n"
            "pool_mode=transaction\ndefault_pool_size=3\nadmin_users=cinema\n"
        )
        process = subprocess.Popen(["pgbouncer", str(configuration)], user=user.pw_uid)  # noqa: S603, S607 - fixed arguments
        try:
            wait_until(lambda: accepts(database.url(port=port)), what="PgBouncer")
            yield port
        finally:
            process.kill()
            process.wait(30)


def accepts(url: str) -> bool:
    with suppress(psycopg.OperationalError), psycopg.connect(url):
        return True
    return False


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """The environment of a server behind PgBouncer. The limits are not set yet."""
    with over_tcp() as database:
        manage("migrate", "--verbosity", "0", environment=new_environment(database.url()))
        with pgbouncer(database) as port:
            yield {**new_environment(database.url(port=port)), "TRANSACTION_POOLER": "true"}


def book(server: Server, buyer: fixtures.Actor, show: str, seat: str) -> str:
    result = server.post(BOOK, buyer.token, input={"showId": show, "seat": seat})
    return str(result["data"]["bookSeat"]["__typename"])


def test_the_server_starts_only_with_limits_for_the_role(environment: dict[str, str], tmp_path: Path) -> None:
    url = environment["DATABASE_URL"]
    with started(environment, log=tmp_path / "log") as server:
        assert server.process.wait(60) == 1
    message = (tmp_path / "log").read_text()
    assert "no limit for lock_timeout, statement_timeout, idle_in_transaction_session_timeout" in message

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(settings_for_role().encode())
    pooler = psycopg.conninfo.make_conninfo(url, dbname="pgbouncer")
    with psycopg.connect(pooler, autocommit=True) as console:
        console.execute("RECONNECT")

    created = fixtures.create(environment, users=8, shows=1)
    (show,) = created.shows
    with serving(environment, log=tmp_path / "log") as server, ThreadPoolExecutor(16) as pool:
        calls = [
            (seat, pool.submit(book, server, buyer, show.global_id, seat))
            for seat in show.seats
            for buyer in created.users
        ]
        results = [(seat, call.result()) for seat, call in calls]
    assert sorted(seat for seat, result in results if result == "Booking") == sorted(show.seats)
    with psycopg.connect(url) as connection:
        assert len(connection.execute(TICKETS, [show.id]).fetchall()) == len(show.seats)
        assert connection.execute("SHOW lock_timeout").fetchone() == ("5s",)

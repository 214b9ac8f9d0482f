"""The commands of docs/operations.md that back up and restore, run while the server sells seats."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import psycopg
import pytest

from config.environment import BASE_DIR
from tests import machine
from tests.databases import migrated_database
from tests.deploy.postgres import Address, over_tcp
from tests.docs.pages import blocks
from tests.proof import fixtures
from tests.proof.server import manage
from tests.serving import Server, new_environment, serving
from tests.waiting import wait_until

pytestmark = pytest.mark.deep

OPERATIONS = BASE_DIR / "docs" / "operations.md"
BOOK = "mutation ($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"
ROWS = ["S" * 40] * 40
COUNT = "SELECT count(*) FROM cinema_ticket"


def commands(part: str) -> str:
    """The block of the page that contains this text."""
    (block,) = (block for block in blocks(OPERATIONS, "sh") if part in block)
    return block.replace(".venv/bin/python", sys.executable)


def run(script: str, variables: dict[str, str]) -> str:
    done = subprocess.run(  # noqa: S603 - the commands of the page
        ["bash", "-euc", script],  # noqa: S607 - found on the PATH
        cwd=BASE_DIR,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def sales(environment: dict[str, str], log: Path) -> Iterator[list[str]]:
    """A server that sells one seat after the other. Yields the list of sold seats, which grows."""
    created = fixtures.create(environment, users=1, shows=1, rows=ROWS)
    (buyer,), (show,) = created.users, created.shows
    sold: list[str] = []
    stopping = Event()

    def sell(server: Server) -> None:
        for seat in show.seats:
            if stopping.is_set():
                return
            result = server.post(BOOK, buyer.token, input={"showId": show.global_id, "seat": seat})
            assert result["data"]["bookSeat"]["__typename"] == "Booking"
            sold.append(seat)

    with serving(environment, log=log) as server, ThreadPoolExecutor(1) as pool:
        selling = pool.submit(sell, server)
        try:
            wait_until(lambda: len(sold) >= 5, what="the first sales")
            yield sold
        finally:
            stopping.set()
        selling.result()


@pytest.mark.postgresql
def test_postgresql_is_backed_up_and_restored(tmp_path: Path) -> None:
    with over_tcp() as database:
        environment = {**new_environment(database.url()), "SEATS_PER_USER_AND_SHOW": "10000"}
        manage("migrate", "--verbosity", "0", environment=environment)
        variables = {**environment, **addresses(database), "PATH": f"{database.programs}:{os.environ['PATH']}"}
        dump = str(tmp_path / "cinema.dump")
        with sales(environment, tmp_path / "log") as sold:
            before = len(sold)
            run(commands("pg_dump").replace("cinema.dump", dump), variables)
            after = len(sold) + 1
            wait_until(lambda: len(sold) > after, what="sales after the backup")

        checked = run(commands("pg_restore").replace("cinema.dump", dump), variables)
        assert "promises are kept" in checked
        with psycopg.connect(variables["RESTORED_URL"]) as connection:
            ((restored,),) = connection.execute(COUNT).fetchall()
        assert before <= restored <= after


def addresses(database: Address) -> dict[str, str]:
    return {
        "ADMIN_URL": database.url(role="postgres", database="postgres"),
        "RESTORED_URL": database.url(database="cinema_restored"),
    }


@pytest.mark.sqlite
@pytest.mark.both
def test_sqlite_is_backed_up_and_restored(tmp_path: Path) -> None:
    if shutil.which("sqlite3") is None:
        machine.needs("needs sqlite3: `make system` installs it on Debian")
    with migrated_database() as url:
        environment = {**new_environment(url), "SEATS_PER_USER_AND_SHOW": "10000"}
        backup, restored = str(tmp_path / "cinema-backup.sqlite3"), str(tmp_path / "restored.sqlite3")
        variables = {**environment, "DATABASE_FILE": url.removeprefix("sqlite:///"), "RESTORED": restored}
        with sales(environment, tmp_path / "log") as sold:
            before = len(sold)
            run(commands("VACUUM INTO").replace("cinema-backup.sqlite3", backup), variables)
            after = len(sold) + 1
            wait_until(lambda: len(sold) > after, what="sales after the backup")

        checked = run(commands("cp cinema-backup").replace("cinema-backup.sqlite3", backup), variables)
        assert "promises are kept" in checked
        with closing(sqlite3.connect(restored)) as connection:
            ((count,),) = connection.execute(COUNT).fetchall()
        assert before <= count <= after

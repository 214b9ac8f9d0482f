"""Catalog queries of anonymous clients read from a replica that is up to date, on real servers."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.proof import databases, fixtures
from tests.proof.databases import Postgresql
from tests.proof.server import environment, manage
from tests.serving import Server, serving
from tests.waiting import wait_until

pytestmark = [pytest.mark.xdist_group("server"), pytest.mark.postgresql, pytest.mark.deep]

MOVIES = "{ movies { nodes { title genres shows { totalCount } } totalCount } genres theaters { totalCount } }"
SEATS = "query ($id: ID!) { show(id: $id) { seatsAvailable movie { title } } }"
BOOK = "mutation ($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"
RENAME = "UPDATE cinema_movie SET title = '{}'"


@contextmanager
def running(database: Postgresql) -> Iterator[Postgresql]:
    try:
        database.start()
        yield database
    finally:
        database.crash()


def copy_of(primary: Postgresql, directory: Path) -> Postgresql:
    """A standby of `primary`, which is not running yet."""
    directory.mkdir()
    replica = Postgresql(directory, settings=databases.SETTINGS)
    for file in replica.data.iterdir():
        subprocess.run(["rm", "-r", file], check=True)  # noqa: S603, S607 - our own files
    subprocess.run(  # noqa: S603 - our own program
        [primary.programs / "pg_basebackup", "-h", primary.directory, "-U", "postgres", "-D", replica.data, "-R"],
        check=True,
        user=replica.user,
    )
    return replica


def title(server: Server, token: str | None = None) -> str:
    """The title of the movies. All have the same one."""
    (found,) = {movie["title"] for movie in data(server, MOVIES, token)["movies"]["nodes"]}
    return str(found)


def data(server: Server, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
    response = server.post(query, token, **variables)
    assert "errors" not in response, response
    found: dict[str, Any] = response["data"]
    return found


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory that the user of PostgreSQL can access."""
    with tempfile.TemporaryDirectory(prefix="replicas-", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


def test_a_replica_is_used_while_it_is_up_to_date(home: Path) -> None:
    (directory := home / "primary").mkdir()
    with running(Postgresql(directory, settings=databases.SETTINGS)) as primary:
        variables = environment(primary.url)
        manage("migrate", "--verbosity", "0", environment=variables)
        created = fixtures.create(variables, users=1, shows=1)
        (buyer,), (show,) = created.users, created.shows
        replica = copy_of(primary, home / "replica")
        variables |= {"DATABASE_REPLICA_URLS": replica.url}
        with running(replica), serving(variables, log=home / "server.log") as server:
            wait_until(lambda: bool(title(server)) and reads(replica) > 0, what="the replica to be used")

            replica.query("SELECT pg_wal_replay_pause()")
            primary.query(RENAME.format("New"))
            assert title(server, buyer.token) == "New"
            booked = data(server, BOOK, buyer.token, input={"showId": show.global_id, "seat": "A1"})
            assert booked["bookSeat"]["__typename"] == "Booking"
            seats = data(server, SEATS, id=show.global_id)["show"]
            assert seats == {"seatsAvailable": len(show.seats) - 1, "movie": {"title": "New"}}
            # Both processes must notice it.
            wait_until(lambda: all(title(server) == "New" for _ in range(20)), what="the replica not to be used")

            replica.query("SELECT pg_wal_replay_resume()")
            before = reads(replica)
            wait_until(lambda: bool(title(server)) and reads(replica) > before, what="the replica to be used again")

            replica.crash()
            for _ in range(20):
                assert title(server) == "New"
    log = (home / "server.log").read_text()
    assert "replica 1 is not up to date, so it is not used" in log
    assert "replica 1 is in use again" in log
    assert "Traceback" not in log


def reads(replica: Postgresql) -> int:
    """How often the rows of movies were read."""
    ((count,),) = replica.query(
        "SELECT seq_scan + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = 'cinema_movie'"
    )
    return int(count)

"""A durable PostgreSQL that is kept between runs, with the databases of the benchmark."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from config.environment import BASE_DIR
from tests.bench.console import report
from tests.bench.environment import FOLDER, RUN, database_url, environment
from tests.bench.sizes import FULL, TENTH, Size
from tests.proof.databases import Postgresql
from tests.proof.server import manage

# A commit returns when it is on the disk. Checkpoints are rare, so that they do not slow down single slices.
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "1h",
    "max_connections": "200",
    "listen_addresses": "",
}
# The schedule covers the weeks around the day on which it was loaded.
MAX_AGE = timedelta(days=14)
LOADED_BY = ("cinema/migrations/*.py", "tests/bench/dataset.py", "tests/bench/sizes.py", "tests/bench/tickets.sql")


@contextmanager
def started() -> Iterator[Postgresql]:
    """Run PostgreSQL with the databases `RUN` and `TENTH.name`. Loads them if necessary."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    postgresql = Postgresql(FOLDER, settings=SETTINGS)
    try:
        postgresql.start()
        for size in (FULL, TENTH):
            if not _is_current(size):
                _load(size)
        _recreate(RUN, template=FULL.name)
        _execute(SQL("CHECKPOINT"))
        yield postgresql
    finally:
        postgresql.stop()


def connect(database: str) -> psycopg.Connection:
    return psycopg.connect(database_url(database), autocommit=True)


def recreate(name: str) -> None:
    """Create an empty database. Replaces that of an earlier run."""
    _recreate(name)


def _load(size: Size) -> None:
    report(f"Loading the database {size.name!r}: {size.movies:,} movies, {size.shows:,} shows ...")
    _recreate(size.name)
    manage("migrate", "--verbosity", "0", environment=environment(size.name))
    subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "tests.bench.load", size.name], cwd=BASE_DIR, env=environment(size.name), check=True
    )
    _execute(SQL("COMMENT ON DATABASE {} IS {}").format(Identifier(size.name), Literal(_fingerprint())))


def _recreate(name: str, template: str = "template0") -> None:
    _execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
    _execute(SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(Identifier(name), Identifier(template)))


def _is_current(size: Size) -> bool:
    with connect("postgres") as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [size.name]
        ).fetchone()
    if row is None or row[0] is None:
        return False
    fingerprint, _, day = row[0].partition(" ")
    age = datetime.now(UTC) - datetime.fromisoformat(day).replace(tzinfo=UTC)
    return fingerprint == _fingerprint().partition(" ")[0] and age < MAX_AGE


def _fingerprint() -> str:
    """A hash of everything that the rows depend on, and today's date."""
    files = sorted(path for pattern in LOADED_BY for path in BASE_DIR.glob(pattern))
    found = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    return f"{found} {datetime.now(UTC):%Y-%m-%d}"


def _execute(statement: SQL | Composed) -> None:
    with connect("postgres") as connection:
        connection.execute(statement)

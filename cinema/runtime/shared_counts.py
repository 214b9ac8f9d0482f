"""Counts of clients' connections that all processes of one server share.

They are in an SQLite file in a temporary directory, which exists as long as the server runs. SQLite locks the file, and
an operation takes less than a tenth of a millisecond.
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cinema.runtime.process_ids import exists

# The variable with the path of the file, for the processes that the server starts.
VARIABLE = "CINEMA_SHARED_COUNTS"
LOCK_TIMEOUT_SECONDS = 1

_SCHEMA = """
PRAGMA synchronous = OFF;
PRAGMA journal_mode = MEMORY;
CREATE TABLE IF NOT EXISTS connection (id INTEGER PRIMARY KEY, process INTEGER NOT NULL, client TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS connections_by_client ON connection (client);
"""


@contextmanager
def shared_with_processes() -> Iterator[None]:
    """Let the processes that are started in the block share their counts."""
    with tempfile.TemporaryDirectory(prefix="cinema-") as directory:
        os.environ[VARIABLE] = str(Path(directory) / "connections.sqlite3")
        try:
            yield
        finally:
            del os.environ[VARIABLE]


class SharedCounts:
    """The connections of this process, and of others with the same file. It is used by one thread at a time."""

    def __init__(self, path: str | None = None) -> None:
        """`path` is by default that of `shared_with_processes`. Without it, the counts are of this process only."""
        self._database = sqlite3.connect(
            path or os.environ.get(VARIABLE, ":memory:"),
            timeout=LOCK_TIMEOUT_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        self._database.executescript(_SCHEMA)
        self._forget_ended("SELECT DISTINCT process FROM connection")

    def add(self, client: str, *, at_most: int) -> int | None:
        """Count one more connection of the client. Returns its key, or None if the client has `at_most` already."""
        key = self._add(client, at_most)
        if key is None:
            # Some may be of a process that has just crashed.
            self._forget_ended("SELECT DISTINCT process FROM connection WHERE client = ?", client)
            key = self._add(client, at_most)
        return key

    def remove(self, key: int) -> None:
        self._database.execute("DELETE FROM connection WHERE id = ?", (key,))

    def _add(self, client: str, at_most: int) -> int | None:
        added = self._database.execute(
            "INSERT INTO connection (process, client) SELECT ?, ?"
            " WHERE (SELECT COUNT(*) FROM connection WHERE client = ?) < ?",
            (os.getpid(), client, client, at_most),
        )
        return added.lastrowid if added.rowcount else None

    def _forget_ended(self, select_processes: str, *parameters: str) -> None:
        """Processes that crashed did not remove their connections."""
        for (process,) in self._database.execute(select_processes, parameters).fetchall():
            if not exists(process):
                self._database.execute("DELETE FROM connection WHERE process = ?", (process,))

"""Commands in separate processes on the test database, and outages of that database."""

import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.db import connection

from config.environment import BASE_DIR

# Much longer than a process needs to end, even on a busy machine.
SECONDS_TO_END = 60


@contextmanager
def running(arguments: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("w") as output:
        with sigint_is_not_ignored():
            process = subprocess.Popen(  # noqa: S603 - our own program
                arguments, cwd=BASE_DIR, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait(SECONDS_TO_END)


@contextmanager
def sigint_is_not_ignored() -> Iterator[None]:
    """Processes started inside react to SIGINT, even if the tests run in the background of a script.

    Background processes of a script ignore SIGINT, and so do the processes that they start.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def no_database() -> Iterator[None]:
    """Make the database unavailable to every other process. In SQLite, another connection holds the write lock."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(name, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as administrator:
        administrator.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            administrator.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND pid <> %s",
                [name, connection.connection.info.backend_pid],
            )
            yield
        finally:
            administrator.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

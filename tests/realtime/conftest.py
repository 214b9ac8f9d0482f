import threading
from collections.abc import Iterator

import pytest
from django.db import connection

from cinema.runtime import database_threads
from tests.rules import ChangeRules


@pytest.fixture
def no_polling(change_rules: ChangeRules) -> None:
    """Turn polling off, so that updates come only from messages or from the clock."""
    change_rules(poll_interval_seconds=3_600)


@pytest.fixture(autouse=True)
def _close_reader_connections() -> Iterator[None]:
    """Close the connections of the reader threads: PostgreSQL does not drop a database with open connections."""
    yield
    all_threads = threading.Barrier(database_threads.THREADS, timeout=30)

    def close_connection() -> None:
        all_threads.wait()
        connection.close()

    pool = database_threads._pool  # noqa: SLF001 - nothing else needs them to
    for each in [pool.submit(close_connection) for _ in range(database_threads.THREADS)]:
        each.result()

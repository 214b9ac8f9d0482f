import threading
from collections.abc import Iterator

import pytest
from django.db import connection

from cinema.runtime import database_threads
from tests.rules import ChangeRules


@pytest.fixture
def nobody_looks_unasked(change_rules: ChangeRules) -> None:
    """So that what arrives was told by a message, or by the clock."""
    change_rules(poll_interval_seconds=3_600)


@pytest.fixture(autouse=True)
def _readers_hang_up() -> Iterator[None]:
    """PostgreSQL drops no database that somebody is connected to."""
    yield
    everybody = threading.Barrier(database_threads.THREADS, timeout=30)

    def hang_up() -> None:
        everybody.wait()
        connection.close()

    pool = database_threads._pool  # noqa: SLF001 - nothing else needs them to
    for each in [pool.submit(hang_up) for _ in range(database_threads.THREADS)]:
        each.result()

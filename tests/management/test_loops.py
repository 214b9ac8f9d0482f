"""Tasks that run in the background while the database is unavailable."""

import logging
from collections.abc import Iterator

import pytest
from django.db import OperationalError

from cinema.management.loops import Task, run_guarded

pytestmark = pytest.mark.django_db


def test_an_outage_is_logged_once_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    outcomes: Iterator[Exception | None] = iter([*[OperationalError("refused")] * 3, None, None])

    def run(*, at_most: int) -> int:
        outcome = next(outcomes)
        if outcome is not None:
            raise outcome
        return at_most - 1

    for _ in range(5):
        run_guarded(Task("holds", "Holds", run), stopping=lambda: False)
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "holds failed: no database: refused"),
        (logging.WARNING, "the database is available again"),
    ]

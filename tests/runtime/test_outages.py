import logging

import pytest

from cinema.runtime.outages import FailureLog


def test_the_first_failure_in_a_row_is_an_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    failures = FailureLog(logging.getLogger("test"), ended="it is back")
    error = ConnectionError("refused")

    failures.succeeded()
    failures.failed("lost %s", "Redis", exc_info=error)
    failures.failed("lost %s", "Redis")
    failures.succeeded()
    failures.failed("lost %s", "the database")

    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "lost Redis"),
        ("DEBUG", "lost Redis"),
        ("WARNING", "it is back"),
        ("ERROR", "lost the database"),
    ]
    first, second, *_ = caplog.records
    assert first.exc_info
    assert first.exc_info[1] is error
    assert second.exc_info is None

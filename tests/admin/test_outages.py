"""Staff pages while the database is unavailable."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import Client

from cinema.core.errors import Busy

NO_DATABASE = "server closed the connection unexpectedly"


@contextmanager
def failing_with(error: Exception) -> Iterator[None]:
    def fail(*_: object) -> None:
        raise error

    with connection.execute_wrapper(fail):
        yield


def test_pages_without_a_database_are_unavailable_and_logged_once(
    staff_client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    staff_client.raise_request_exception = False
    with failing_with(OperationalError(NO_DATABASE)):
        for path in ("/admin/", "/admin/cinema/movie/", "/admin/login/"):
            response = staff_client.get(path)
            assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
            assert "Temporarily unavailable" in response.content.decode()
            assert NO_DATABASE not in response.content.decode()
        # They do not use the database.
        assert Client().get("/admin/login/").status_code == 200
        assert staff_client.get("/").status_code == 200
    assert staff_client.get("/admin/").status_code == 200
    assert staff_client.get("/admin/").status_code == 200
    assert [(record.levelno, record.exc_info, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, None, f"/admin/ failed: no database: {NO_DATABASE}"),
        (logging.WARNING, None, "the database is available again"),
    ]
    assert Session.objects.count() == 1


@pytest.mark.parametrize(("error", "status"), [(Busy(retry_after_ms=1), 503), (LookupError("bug"), 500)])
def test_other_failures(staff_client: Client, caplog: pytest.LogCaptureFixture, error: Exception, status: int) -> None:
    staff_client.raise_request_exception = False
    with failing_with(error):
        assert staff_client.get("/admin/").status_code == status
    assert [record.name for record in caplog.records] == ([] if status == 503 else ["django.request"])

"""The format of the log, and that it contains no personal data and no secrets."""

import asyncio
import io
import json
import logging
import sys
import threading
import time
from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from cinema.models import User
from config.access_log import AccessLog
from config.logs import JsonFormatter, TextFormatter, log_uncaught_exceptions
from tests.situations import a_user
from tests.waiting import wait_until

USERNAME, EMAIL, PASSWORD = "mata.hari", "mata.hari@example.com", "correct horse battery"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
HASH = PBKDF2PasswordHasher().encode(PASSWORD, "somesalt", iterations=1)
TEXT = TextFormatter("{levelname} {name} {message}", style="{")


def written(formatter: logging.Formatter, log: Callable[[logging.Logger], None]) -> str:
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(formatter)
    logger = logging.Logger("cinema.test")  # noqa: LOG001 - no other handler gets its records
    logger.addHandler(handler)
    log(logger)
    return output.getvalue()


def logged_failure(formatter: logging.Formatter, fail: Callable[[], object]) -> str:
    """What is logged of an exception, and of another one that it caused."""
    try:
        try:
            with transaction.atomic():
                fail()
        except DatabaseError as error:
            raise RuntimeError("the call failed") from error
    except RuntimeError:
        return written(formatter, lambda logger: logger.exception("failed"))
    pytest.fail("no exception")


def execute(sql: str, *parameters: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def duplicate() -> None:
    User.objects.bulk_create([User(username=USERNAME.upper(), email=EMAIL, password=HASH)])


FAILURES: dict[str, Callable[[], object]] = {
    "duplicate": duplicate,
    "null": lambda: User.objects.filter(username=USERNAME).update(is_active=None),
    "check": lambda: User.objects.filter(username=USERNAME).update(sessions_ended=-1),
    "missing": lambda: execute("UPDATE cinema_user SET nothing = %s WHERE username = %s", EMAIL, USERNAME),
}
ON_POSTGRESQL: dict[str, Callable[[], object]] = {
    "too long": lambda: User.objects.filter(username=USERNAME).update(username=USERNAME * 100),
    "not a number": lambda: execute("SELECT CAST(%s AS integer)", USERNAME),
    "not a time": lambda: execute("SELECT CAST(%s AS timestamptz)", USERNAME),
    "not JSON": lambda: execute("SELECT CAST(%s AS jsonb)", USERNAME),
}


def assert_names_nobody(output: str) -> None:
    assert "DatabaseError" in output or "Error: " in output
    for value in (USERNAME, EMAIL, HASH, PASSWORD):
        assert value.lower() not in output.lower(), output


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("formatter", [TEXT, JsonFormatter()], ids=["text", "json"])
@pytest.mark.parametrize(
    "failure", [*FAILURES, *(pytest.param(name, marks=pytest.mark.postgresql("is strict")) for name in ON_POSTGRESQL)]
)
def test_database_errors_are_logged_without_the_rows(failure: str, formatter: logging.Formatter) -> None:
    user = a_user(USERNAME)
    User.objects.filter(pk=user.pk).update(password=HASH)
    assert_names_nobody(logged_failure(formatter, {**FAILURES, **ON_POSTGRESQL}[failure]))


@pytest.mark.postgresql("SQLite's messages contain no values")
@pytest.mark.django_db(transaction=True)
def test_without_this_formatter_the_row_is_logged() -> None:
    a_user(USERNAME)
    assert USERNAME in logged_failure(logging.Formatter(), duplicate)


def test_email_addresses_tokens_and_hashes_are_masked_in_messages_and_exceptions() -> None:
    def log(logger: logging.Logger) -> None:
        try:
            raise ValidationError({"email": [f"{EMAIL} is taken"]})  # noqa: TRY301 - it is logged here
        except ValidationError:
            logger.exception("mail to <%s>, Bearer %s, password=%r", EMAIL, TOKEN, HASH)

    output = written(TEXT, log)
    assert output.startswith("ERROR cinema.test mail to <***>, Bearer ***, password='***'\n")
    assert "*** is taken" in output


def test_uncaught_exceptions_are_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise LookupError(EMAIL)

    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    log_uncaught_exceptions()
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    sys.excepthook(LookupError, LookupError(EMAIL), None)
    for record in caplog.records:
        assert (record.levelname, record.getMessage()) == ("CRITICAL", "uncaught exception")
        assert JsonFormatter().format(record).count("LookupError: ***") == 1
    assert len(caplog.records) == 2


def test_a_line_of_json() -> None:
    def log(logger: logging.Logger) -> None:
        try:
            raise ZeroDivisionError  # noqa: TRY301 - as above
        except ZeroDivisionError:
            logger.exception("the first line\nand the second")

    (line,) = written(JsonFormatter(), log).splitlines()
    found = json.loads(line)
    assert (found["level"], found["logger"], found["message"]) == (
        "ERROR",
        "cinema.test",
        "the first line\nand the second",
    )
    assert found["exception"].startswith("Traceback (most recent call last):\n")
    assert found["exception"].endswith("\nZeroDivisionError")
    plain = json.loads(written(JsonFormatter(), lambda logger: logger.warning("no exception")))
    assert "exception" not in plain


REQUEST = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": "secret=1"}


class Writes(io.StringIO):
    """Records the texts that are written."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def write(self, text: str, /) -> int:
        self.texts.append(text)
        return len(text)


def access_log_writes(*, requests: int, with_addresses: bool = False) -> list[str]:
    """What the access log writes after this many requests."""
    output = Writes()
    log = AccessLog(as_json=True, with_addresses=with_addresses, stream=output)

    async def handle() -> None:
        for _ in range(requests):
            log.write(REQUEST, status=200, headers=[], seconds=0.0123, address="192.0.2.1")
        await asyncio.to_thread(wait_until, lambda: bool(output.texts), what="the lines")

    asyncio.run(handle())
    return output.texts


def test_the_access_log_contains_addresses_only_if_asked() -> None:
    for with_addresses in (True, False):
        (line,) = access_log_writes(requests=1, with_addresses=with_addresses)
        found = json.loads(line)
        assert (found["path"], found["milliseconds"]) == ("/", 12.3)
        assert found.get("address") == ("192.0.2.1" if with_addresses else None)
        assert "secret" not in line


def test_lines_of_the_access_log_are_written_together() -> None:
    (text,) = access_log_writes(requests=3)
    assert [json.loads(line)["path"] for line in text.splitlines()] == ["/"] * 3


@pytest.mark.parametrize("part", ["x", "x@", "eyJ", "eyJx.", "argon2$"])
def test_long_texts_are_masked_in_linear_time(part: str) -> None:
    began = time.process_time()
    written(TEXT, lambda logger: logger.warning(part * 40_000))
    # Quadratic time would be more than a minute.
    assert time.process_time() - began < 10

"""The format of the log: text for people, JSON for programs, and in neither the data of persons, or secrets."""

import logging
import re
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from traceback import TracebackException
from types import TracebackType

import orjson
from django.db import DataError as DjangoDataError
from django.db import Error as DjangoError
from psycopg import DataError, Error

logger = logging.getLogger(__name__)

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

# An email address, a JSON web token, and the hash of a password. Lengths are bounded, because a long
# text of a client would otherwise take quadratic time.
_PERSONAL = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,9}"
    r"|eyJ[\w-]{1,1000}\.[\w-]{1,4000}\.[\w-]{0,1000}"
    r"|\b(?:argon2|pbkdf2_sha256|md5)\$[^\s'\",)]{1,500}"
)
MASK = "***"
# The values that the database could not read follow the colon.
_VALUE = re.compile(r":.*", re.DOTALL)


def masked(text: str) -> str:
    """The text without what identifies a person, and without secrets."""
    return _PERSONAL.sub(MASK, text)


def first_line(message: str, *, with_values: bool) -> str:
    """The first line of the message of a database error. The others contain a row."""
    line = message.partition("\n")[0]
    return line if with_values else _VALUE.sub("", line)


def log_uncaught_exceptions() -> None:
    """Write exceptions that end this process or one of its threads to the log. Python's own output masks nothing."""
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda found: _log_uncaught(found.exc_type, found.exc_value, found.exc_traceback)


def _log_uncaught(kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error or kind(), traceback)
    elif not issubclass(kind, SystemExit):
        logger.critical("uncaught exception", exc_info=(kind, error or kind(), traceback))


class ClientMistakes(logging.Filter):
    """Removes the traceback from log records about requests that Django refuses, so that each takes one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        if _is_refusal(record) or (record.name == "django.request" and record.levelno < logging.ERROR):
            record.exc_info = record.exc_text = None
        return True


class NoRefusals(logging.Filter):
    """Removes log records about requests that Django refuses. They have the level ERROR, and clients can cause many."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not _is_refusal(record)


def _is_refusal(record: logging.LogRecord) -> bool:
    return record.name.startswith("django.security.")


class TextFormatter(logging.Formatter):
    """One line for people, and a traceback if there is one. Masks what identifies a person, and secrets.

    The database describes the row that violates a constraint, from its second line on, so only the first is kept.
    """

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - the name is logging's
        if ei[0] is None:
            return super().formatException(ei)
        found = TracebackException(ei[0], ei[1], ei[2])
        for each in _chain(found):
            if each.exc_type is not None and issubclass(each.exc_type, DjangoError | Error):
                each._str = _described(each)  # type: ignore[attr-defined]  # noqa: SLF001 - there is no public way
        return "".join(found.format()).rstrip("\n")


class JsonFormatter(TextFormatter):
    """The same as a JSON object in a line."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        return record.message

    def format(self, record: logging.LogRecord) -> str:
        # The message, followed by the traceback.
        message, _, exception = super().format(record).partition("\nTraceback ")
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "correlation_id", None),
            "message": message,
        }
        return orjson.dumps(line | ({"exception": f"Traceback {exception}"} if exception else {})).decode()


def _chain(found: TracebackException) -> Iterator[TracebackException]:
    yield found
    for each in (found.__cause__, found.__context__, *(found.exceptions or ())):
        if each is not None:
            yield from _chain(each)


def _described(found: TracebackException) -> str:
    is_data_error = found.exc_type is not None and issubclass(found.exc_type, DjangoDataError | DataError)
    return first_line(str(found._str), with_values=not is_data_error)  # type: ignore[attr-defined]  # noqa: SLF001 - as above

"""Retry time and logging while the database or another service is unavailable."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import connection

from cinema.runtime import metrics

# The time that a client should wait before it retries.
RETRY_AFTER_MS = 2000


class FailureLog:
    """Logs the first of several consecutive failures as an error, and the others at level DEBUG.

    `ended` is logged as a warning when the failures end. `service` is counted as unavailable in the metrics.
    """

    def __init__(self, logger: logging.Logger, *, ended: str | None = None, service: str | None = None) -> None:
        self._logger = logger
        self._ended = ended
        self._service = service
        self.is_failing = False

    def failed(self, message: str, *args: object, exc_info: BaseException | None = None) -> None:
        """Log a failure. The arguments are those of `logging.Logger.error`."""
        level = logging.DEBUG if self.is_failing else logging.ERROR
        if self._service and not self.is_failing:
            metrics.recorder.outage(self._service)
        self.is_failing = True
        self._logger.log(level, message, *args, exc_info=exc_info)

    def succeeded(self) -> None:
        """End a series of failures: the next one is logged as an error."""
        if self.is_failing and self._ended:
            self._logger.warning(self._ended)
        self.is_failing = False


# The failures of calls, pages, subscriptions and background tasks in this process.
database = FailureLog(logging.getLogger("cinema.database"), ended="the database is available again", service="database")


class StatementWatch:
    """Notes during an outage of the database whether a statement of a call succeeds, which may end the outage.

    A call that needs no database shows nothing about it, and must not wait for it.
    """

    def __init__(self) -> None:
        self._has_succeeded = False

    def watching(self) -> AbstractContextManager[None]:
        """Note statements in the block."""
        return connection.execute_wrapper(self._execute) if database.is_failing else nullcontext()

    def call_succeeded(self) -> None:
        """End the outage if a statement succeeded. Call it after a call without errors."""
        if self._has_succeeded:
            database.succeeded()

    def _execute(self, execute: Callable[..., Any], *args: object) -> Any:
        result = execute(*args)
        self._has_succeeded = True
        return result

"""Retry time and logging while the database or another service is unavailable."""

import logging

# The time that a client should wait before it retries.
RETRY_AFTER_MS = 2000


class FailureLog:
    """Logs the first of several consecutive failures as an error, and the others at level DEBUG."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._failing = False

    def failed(self, message: str, *args: object, exc_info: BaseException | None = None) -> None:
        """Log a failure. The arguments are those of `logging.Logger.error`."""
        level = logging.DEBUG if self._failing else logging.ERROR
        self._failing = True
        self._logger.log(level, message, *args, exc_info=exc_info)

    def succeeded(self) -> None:
        """End a series of failures: the next one is logged as an error."""
        self._failing = False

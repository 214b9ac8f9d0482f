"""Logging filters."""

import logging


class ClientMistakes(logging.Filter):
    """Removes the traceback from log records about requests that Django refuses, so that each takes one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        refused = record.name.startswith("django.security.")
        if refused or (record.name == "django.request" and record.levelno < logging.ERROR):
            record.exc_info = record.exc_text = None
        return True

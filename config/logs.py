"""Filters of the log."""

import logging


class ClientMistakes(logging.Filter):
    """Removes the traceback when Django refuses a request. A client's mistake needs only one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        refused = record.name.startswith("django.security.")
        if refused or (record.name == "django.request" and record.levelno < logging.ERROR):
            record.exc_info = record.exc_text = None
        return True

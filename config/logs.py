"""What is written to the log."""

import logging


class ClientMistakes(logging.Filter):
    """Leaves the traceback out of what Django says when it refuses a request: a line is enough for what is not ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        refused = record.name.startswith("django.security.")
        if refused or (record.name == "django.request" and record.levelno < logging.ERROR):
            record.exc_info = record.exc_text = None
        return True

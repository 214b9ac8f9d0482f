"""Commands that work beside the server: once, or on and on until they are told to stop, or their parent has ended."""

import logging
import os
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress

from django.db import close_old_connections, connection

from cinema.core.database_errors import is_outage
from cinema.core.errors import Busy
from cinema.core.text import on_one_line


def add_arguments(parser: ArgumentParser, *, every: float) -> None:
    parser.add_argument("--loop", action="store_true", help="go on until stopped")
    parser.add_argument(
        "--every", type=_seconds, default=every, metavar="SECONDS", help=f"with --loop: how often ({every:g})"
    )
    parser.add_argument("--parent", type=int, metavar="PID", help="with --loop: end when this parent process has")


def loop(act: Callable[[], object], *, every: float, parent: int | None, logger: logging.Logger, failed: str) -> None:
    """Do it again and again. Whatever goes wrong is logged as `failed`, and the next round may succeed."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        while parent is None or os.getppid() == parent:
            _whatever_happens(act, logger, failed)
            time.sleep(every)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < threading.TIMEOUT_MAX:
        raise ValueError(text)
    return seconds


def _whatever_happens(act: Callable[[], object], logger: logging.Logger, failed: str) -> None:
    close_old_connections()
    try:
        act()
    except Exception as error:
        if is_outage(error) or isinstance(error, Busy):
            logger.warning("%s: %s", failed, on_one_line(error))
        else:
            logger.exception(failed)
        connection.close()

import logging
import os
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections, connection

from cinema.accounts import throttling
from cinema.booking import holds, keys
from cinema.core.errors import Busy
from cinema.core.outages import is_outage
from cinema.core.text import on_one_line

BATCH = 200

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Write down which holds ran out, and forget idempotency keys and counts of attempts whose time is over. Only "
        "tidies: the seats of a hold that ran out are free the moment its time is over."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped")
        parser.add_argument("--every", type=_seconds, default=5, metavar="SECONDS", help="with --loop: how often (5)")
        parser.add_argument("--parent", type=int, metavar="PID", help="with --loop: end when this parent process has")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["loop"]:
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            with suppress(KeyboardInterrupt):
                _loop(every=options["every"], parent=options["parent"])
            return
        try:
            self.stdout.write(_tidy())
        except (Busy, DatabaseError) as error:
            raise CommandError(str(error)) from error


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < threading.TIMEOUT_MAX:
        raise ValueError(text)
    return seconds


def _loop(*, every: float, parent: int | None) -> None:
    while parent is None or os.getppid() == parent:
        _tidy_whatever_happens()
        time.sleep(every)


def _tidy() -> str:
    released = _all(holds.release_expired)
    forgotten = _all(keys.forget)
    counts = _all(throttling.forget)
    return (
        f"Holds that ran out and were released: {released}. Old idempotency keys forgotten: {forgotten}. "
        f"Old counts of attempts forgotten: {counts}."
    )


def _all(tidy: Callable[..., int]) -> int:
    """Call `tidy` until there is nothing left to do; how much there was."""
    total = done = tidy(at_most=BATCH)
    while done == BATCH:
        done = tidy(at_most=BATCH)
        total += done
    return total


def _tidy_whatever_happens() -> None:
    close_old_connections()
    try:
        _tidy()
    except Exception as error:
        # Nothing is lost but tidiness, and the next round may succeed.
        if is_outage(error) or isinstance(error, Busy):
            logger.warning("not tidied: %s", on_one_line(error))
        else:
            logger.exception("not tidied")
        connection.close()

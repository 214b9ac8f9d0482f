import logging
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from cinema.accounts import throttling
from cinema.booking import holds, keys
from cinema.core.errors import Busy
from cinema.management import loops

BATCH = 200

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Write down which holds ran out, and forget idempotency keys and counts of attempts whose time is over. Only "
        "tidies: the seats of a hold that ran out are free the moment its time is over."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        loops.add_arguments(parser, every=5)

    def handle(self, *_: Any, **options: Any) -> None:
        if options["loop"]:
            # Nothing is lost by a failure but tidiness.
            loops.loop(_tidy, every=options["every"], parent=options["parent"], logger=logger, failed="not tidied")
            return
        try:
            self.stdout.write(_tidy())
        except (Busy, DatabaseError) as error:
            raise CommandError(str(error)) from error


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

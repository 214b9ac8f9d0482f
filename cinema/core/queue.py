"""Queues: rows with work that worker processes do after a given time, outside of requests.

A use case adds a row in its own transaction. A worker claims it for a limited time, the lease, in a separate
transaction, so that no transaction is open while it works. If the worker dies, the row is due again when the lease
ends. Any number of workers can run at the same time. All times are those of the database's clock.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Self, TypeVar

from django.db import models
from django.db.models import F

from cinema.core import clock
from cinema.core.transactions import use_case

MAX_ERROR_LENGTH = 1000
# The maximum share by which a pause is extended, so that rows that failed together are not retried together.
MAX_JITTER = 0.1


class QueuedRow(models.Model):
    """The base of a queue's model. `attempts` counts claims. `error` is the error of the last attempt."""

    due_at = models.DateTimeField(db_default=clock.Now())
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=clock.Now())
    error = models.TextField(default="", blank=True)

    class Meta:
        abstract = True

    @classmethod
    def waiting(cls) -> "models.QuerySet[Self]":
        """The rows that are not processed. Processed rows are deleted, unless a queue keeps them."""
        return cls._base_manager.all()


Row = TypeVar("Row", bound=QueuedRow)


@dataclass(frozen=True)
class Backoff:
    """Pauses between attempts: `first`, then twice as long each time, up to `max_pause`."""

    first: timedelta
    max_pause: timedelta

    def pause(self, attempts: int) -> timedelta:
        """The pause after this number of attempts, without jitter."""
        # The exponent is limited, because a timedelta has a maximum.
        doubled: timedelta = self.first * 2 ** min(max(attempts - 1, 0), 20)
        return min(doubled, self.max_pause)


def process(rows: models.QuerySet[Row], handle: Callable[[Row], bool], *, lease: timedelta, at_most: int) -> int:
    """Claim due rows one after the other and call `handle` with each. Returns the number of handled rows.

    Stops when no more rows are due, after `at_most` rows, or when `handle` returns False: for example, because a server
    that all rows need cannot be reached.
    """
    for handled in range(at_most):
        row = claim(rows, lease=lease)
        if row is None:
            return handled
        if not handle(row):
            return handled + 1
    return at_most


def claim(rows: models.QuerySet[Row], *, lease: timedelta) -> Row | None:
    """Claim the row that has been due for the longest time. None if no row is due.

    Other workers cannot claim it until the lease ends. `lease` must be longer than handling the row can take.
    """
    # Checked without a lock, because usually no row is due.
    return _claim(rows, lease) if _due(rows).exists() else None


@use_case
def retry(row: QueuedRow, *, error: str, backoff: Backoff, delay: timedelta | None = None) -> None:
    """Make a claimed row due again after `delay`, or after the pause of `backoff`, with a small random extension.

    Does nothing if the lease has ended and another worker has claimed the row since.
    """
    pause = backoff.pause(row.attempts) if delay is None else delay
    pause *= 1 + random.uniform(0, MAX_JITTER)  # noqa: S311 - no secret
    ours = type(row)._base_manager.filter(pk=row.pk, attempts=row.attempts)  # noqa: SLF001 - part of Django's API
    ours.update(due_at=clock.Now() + pause, error=error[:MAX_ERROR_LENGTH])


@use_case
def remove(row: QueuedRow) -> None:
    """Delete a row that is processed or dropped."""
    type(row)._base_manager.filter(pk=row.pk).delete()  # noqa: SLF001 - part of Django's API


@use_case
def _claim(rows: models.QuerySet[Row], lease: timedelta) -> Row | None:
    row = _due(rows).select_for_update(skip_locked=True).order_by("due_at", "pk").first()
    if row is not None:
        rows.filter(pk=row.pk).update(attempts=F("attempts") + 1, due_at=clock.Now() + lease)
        row.attempts += 1
    return row


def _due(rows: models.QuerySet[Row]) -> models.QuerySet[Row]:
    return rows.filter(due_at__lte=clock.Now())

"""The starts that shows had before staff moved them, and who may cancel because of a move."""

from datetime import datetime, timedelta

from django.db import models

from cinema.catalog.models import Show
from cinema.core import clock
from cinema.core.rows import Row
from cinema.core.transactions import requires_transaction

# Buyers need not accept a longer change of the start.
ACCEPTABLE_MOVE = timedelta(minutes=15)


class EarlierStart(Row):
    """A start that a show had until staff moved it."""

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="earlier_starts")
    starts_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until"], name="earlier_starts_by_end")]

    def __str__(self) -> str:
        return f"{self.starts_at.isoformat()} until {self.until.isoformat()}"


@requires_transaction
def record(show: Show, *, earlier: datetime) -> None:
    """Set `show.moved_at`, after the start of a locked show was changed from `earlier`. The caller saves the show.

    Small moves add up: a buyer has bought the start that the show had then. A move back does not make up for a move.
    """
    if show.starts_at == earlier:
        return
    EarlierStart.objects.create(show=show, starts_at=earlier, until=clock.now())
    starts = [show.starts_at]
    for start in show.earlier_starts.order_by("-until", "-pk"):
        if any(abs(start.starts_at - later) > ACCEPTABLE_MOVE for later in starts):
            show.moved_at = start.until
            return
        starts.append(start.starts_at)

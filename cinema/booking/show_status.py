"""Decides whether seats of a show can be booked. One rule applies to single shows (in Python) and to lists (in SQL)."""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest

from cinema.booking.models import Ticket
from cinema.booking.rules import rules
from cinema.booking.status import ShowStatus
from cinema.catalog.models import Show, ShowQuerySet
from cinema.core.clock import Now

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {"exact": operator.eq, "gt": operator.gt}


@dataclass(frozen=True)
class Condition:
    """A condition that a show on sale meets: one of its fields compared with a value.

    A show that does not meet it has the status `unmet`.
    """

    unmet: ShowStatus
    field: str
    lookup: str
    # Called with the present time: a datetime in Python, the database's clock in SQL.
    value: Callable[[Any], Any]

    def is_met(self, show: Any, now: datetime) -> bool:
        return _OPERATORS[self.lookup](getattr(show, self.field), self.value(now))

    def in_sql(self) -> Q:
        return Q((f"{self.field}__{self.lookup}", self.value(Now())))


# The first condition that a show does not meet determines its status. Shows are annotated with `seats_available`.
_OPEN = [
    Condition(ShowStatus.CANCELLED, "cancelled_at", "exact", lambda now: None),
    Condition(ShowStatus.CLOSED, "starts_at", "gt", lambda now: now + rules().booking_closes_before_start),
]
_ON_SALE = [*_OPEN, Condition(ShowStatus.SOLD_OUT, "seats_available", "gt", lambda now: 0)]


def on_sale(shows: ShowQuerySet) -> ShowQuerySet:
    """The shows with the status ON_SALE, by the database's clock."""
    conditions = [condition.in_sql() for condition in _ON_SALE]
    return shows.alias(seats_available=seats_available()).filter(*conditions)


def of(show: Any, now: datetime) -> ShowStatus:
    """The status at `now` of `show`: a show or a row with its fields, annotated with `seats_available`."""
    return _status(_ON_SALE, show, now)


def ignoring_seats(show: Show, now: datetime) -> ShowStatus:
    """The show's status at `now`, without regard to its seats. Never SOLD_OUT."""
    return _status(_OPEN, show, now)


def seats_available() -> Greatest:
    """An SQL expression: the number of seats of a show that are neither taken nor blocked."""
    tickets = Ticket.objects.live().filter(show=OuterRef("pk")).order_by()
    taken = Coalesce(Subquery(tickets.values("show").annotate(count=Count("pk")).values("count")), 0)
    # After a change of the seat plan, more seats may be taken than the screen has.
    return Greatest(F("screen__seat_count") - taken, 0)


def _status(conditions: Iterable[Condition], show: Any, now: datetime) -> ShowStatus:
    unmet = (condition.unmet for condition in conditions if not condition.is_met(show, now))
    return next(unmet, ShowStatus.ON_SALE)

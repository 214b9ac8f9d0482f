"""Whether seats of a show can be booked: one rule, for one show in Python and for lists of shows in SQL."""

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
    """Something a show on sale meets: a field of it compared with a value. `unmet` is its status otherwise."""

    unmet: ShowStatus
    field: str
    lookup: str
    # Of the present: a datetime in Python, the database's clock in SQL.
    value: Callable[[Any], Any]

    def is_met(self, show: Any, now: datetime) -> bool:
        return _OPERATORS[self.lookup](getattr(show, self.field), self.value(now))

    def in_sql(self) -> Q:
        return Q((f"{self.field}__{self.lookup}", self.value(Now())))


# The first that a show does not meet gives its status. `seats_available` is annotated.
_OPEN = [
    Condition(ShowStatus.CANCELLED, "cancelled_at", "exact", lambda now: None),
    Condition(ShowStatus.CLOSED, "starts_at", "gt", lambda now: now + rules().booking_closes_before_start),
]
_ON_SALE = [*_OPEN, Condition(ShowStatus.SOLD_OUT, "seats_available", "gt", lambda now: 0)]


def on_sale(shows: ShowQuerySet) -> ShowQuerySet:
    """Those with the status ON_SALE, by the database's clock."""
    conditions = [condition.in_sql() for condition in _ON_SALE]
    return shows.alias(seats_available=seats_available()).filter(*conditions)


def of(show: Any, now: datetime) -> ShowStatus:
    """The status at `now` of a show, or of a row with these fields of one, that has `seats_available`."""
    return _status(_ON_SALE, show, now)


def ignoring_seats(show: Show, now: datetime) -> ShowStatus:
    """The show's status at `now`, as if seats were left; never SOLD_OUT."""
    return _status(_OPEN, show, now)


def seats_available() -> Greatest:
    """How many seats of a show are neither taken nor blocked, in SQL."""
    tickets = Ticket.objects.live().filter(show=OuterRef("pk")).order_by()
    taken = Coalesce(Subquery(tickets.values("show").annotate(count=Count("pk")).values("count")), 0)
    # More seats than the screen has may be taken, after its plan was changed.
    return Greatest(F("screen__seat_count") - taken, 0)


def _status(conditions: Iterable[Condition], show: Any, now: datetime) -> ShowStatus:
    unmet = (condition.unmet for condition in conditions if not condition.is_met(show, now))
    return next(unmet, ShowStatus.ON_SALE)

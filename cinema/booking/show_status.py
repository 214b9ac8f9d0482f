"""Decides whether seats of a show can be booked. One rule applies to single shows (in Python) and to lists (in SQL)."""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from cinema.booking import deadlines
from cinema.booking.models import Ticket
from cinema.booking.status import ShowStatus
from cinema.catalog.models import Show, ShowQuerySet
from cinema.catalog.rules import MINUTES_BEFORE_START
from cinema.core.clock import Later, Now

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {"exact": operator.eq, "gt": operator.gt}


class Limits(NamedTuple):
    """What shows are compared with: times in Python, expressions in SQL."""

    now: Any
    # Booking has closed for shows that start then or earlier. It depends on their theater.
    closed_start: Any


@dataclass(frozen=True)
class Condition:
    """A condition that a show on sale meets: one of its fields compared with a value.

    A show that does not meet it has the status `unmet`.
    """

    unmet: ShowStatus
    field: str
    lookup: str
    value: Callable[[Limits], Any]

    def is_met(self, show: Any, limits: Limits) -> bool:
        return _OPERATORS[self.lookup](getattr(show, self.field), self.value(limits))

    def in_sql(self, limits: Limits) -> Q:
        return Q((f"{self.field}__{self.lookup}", self.value(limits)))


# The first condition that a show does not meet determines its status. Shows are annotated with `seats_available`.
_OPEN = [
    Condition(ShowStatus.CANCELLED, "cancelled_at", "exact", lambda limits: None),
    Condition(ShowStatus.CLOSED, "starts_at", "gt", lambda limits: limits.closed_start),
    Condition(ShowStatus.CLOSED, "ends_at", "gt", lambda limits: limits.now),
]
_ON_SALE = [*_OPEN, Condition(ShowStatus.SOLD_OUT, "seats_available", "gt", lambda limits: 0)]


def on_sale(shows: ShowQuerySet) -> ShowQuerySet:
    """The shows with the status ON_SALE, by the database's clock."""
    conditions = [condition.in_sql(_limits_in_sql()) for condition in _ON_SALE]
    return _not_long_started(shows).alias(seats_available=seats_available()).filter(*conditions)


def upcoming(shows: ShowQuerySet) -> ShowQuerySet:
    """The shows that have not started, or for which booking closes after the start and has not closed yet."""
    has_closed_after_start = Q(starts_at__lte=_limits_in_sql().closed_start) | Q(ends_at__lte=Now())
    return _not_long_started(shows).exclude(has_closed_after_start, starts_at__lte=Now())


def of(show: Any, now: datetime, *, closes_minutes: int | None) -> ShowStatus:
    """The status at `now` of a row with the fields of a show and `seats_available`.

    `closes_minutes` is the rule of its theater (`deadlines.booking_closes_before_start`).
    """
    return _status(_ON_SALE, show, _limits(now, closes_minutes))


def ignoring_seats(show: Show, now: datetime, *, closes_minutes: int | None) -> ShowStatus:
    """The show's status at `now`, without regard to its seats. Never SOLD_OUT."""
    return _status(_OPEN, show, _limits(now, closes_minutes))


def seats_available() -> Greatest:
    """An SQL expression: the number of seats of a show that are neither taken nor blocked."""
    tickets = Ticket.objects.live().filter(show=OuterRef("pk")).order_by()
    taken = Coalesce(Subquery(tickets.values("show").annotate(count=Count("pk")).values("count")), 0)
    # After a change of the seat plan, more seats may be taken than the screen has.
    return Greatest(F("screen__seat_count") - taken, 0)


def _limits(now: datetime, closes_minutes: int | None) -> Limits:
    return Limits(now, now + deadlines.booking_closes_before_start(closes_minutes))


def _limits_in_sql() -> Limits:
    own_seconds = F("screen__theater__booking_closes_minutes_before_start") * 60
    default = deadlines.booking_closes_before_start(None)
    return Limits(Now(), Later(Now(), Coalesce(own_seconds, Value(round(default.total_seconds())))))


def _not_long_started(shows: ShowQuerySet) -> ShowQuerySet:
    """Without shows that started too long ago to be booked in any theater: databases find those with an index."""
    return shows.filter(starts_at__gt=Later(Now(), Value(MINUTES_BEFORE_START.start * 60)))


def _status(conditions: Iterable[Condition], show: Any, limits: Limits) -> ShowStatus:
    unmet = (condition.unmet for condition in conditions if not condition.is_met(show, limits))
    return next(unmet, ShowStatus.ON_SALE)

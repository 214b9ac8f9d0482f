from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.dateformat import format as date_format

from cinema.admin import screens
from cinema.catalog.models import Show, Theater
from cinema.catalog.time_zones import day_in, day_of
from cinema.core import clock
from cinema.core.clock import Now


class DayFilter(SimpleListFilter):
    """Filters shows by cinema day of their theater. By default, past shows are not listed.

    The value can also be a date, such as `2026-12-08`: the day-by-day schedule links to the list of its day.
    """

    title = "day"
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        day = self._date()
        return [
            *([(self.value() or "", date_format(day, "D, M j, Y"))] if day else []),
            ("today", "Today"),
            ("tomorrow", "Tomorrow"),
            ("week", "Next 7 days"),
            ("past", "Past"),
            ("all", "All"),
        ]

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": "Running and upcoming"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Show]) -> QuerySet[Show]:
        match self.value():
            case "today":
                return queryset.filter(_starting(first=0, last=0))
            case "tomorrow":
                return queryset.filter(_starting(first=1, last=1))
            case "week":
                return queryset.filter(_starting(first=0, last=6))
            case "past":
                return queryset.filter(ends_at__lte=Now())
            case "all":
                return queryset
        day = self._date()
        return queryset.filter(_on(day)) if day else queryset.filter(ends_at__gt=Now())

    def _date(self) -> date | None:
        try:
            return date.fromisoformat(self.value() or "")
        except ValueError:
            return None


class ScreenFilter(SimpleListFilter):
    """Filters shows by screen. Offers the screens of the theater in the other filter, or of all theaters."""

    title = "screen"
    parameter_name = "screen"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        theater = request.GET.get("screen__theater__id__exact", "")
        found = screens.in_order(int(theater) if theater.isdecimal() else None)
        return [(str(screen.pk), str(screen)) for screen in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Show]) -> QuerySet[Show]:
        selected = self.value() or ""
        return queryset.filter(screen=int(selected)) if selected.isdecimal() else queryset


def _rules_of_days() -> Iterable[tuple[str, time]]:
    return Theater.objects.values_list("time_zone", "day_ends_at").distinct()


def _on(day: date) -> Q:
    return _within(_rules_of_days(), lambda _zone, _day_ends_at: (day, day))


def _starting(*, first: int, last: int) -> Q:
    return starting(clock.now(), _rules_of_days(), first=first, last=last)


def starting(now: datetime, rules_of_days: Iterable[tuple[str, time]], *, first: int = 0, last: int = 0) -> Q:
    """Shows that start between `first` and `last` days from today, in the cinema days of their theater.

    `rules_of_days` are the time zones of all theaters, with the ends of their days.
    """

    def days(zone: str, day_ends_at: time) -> tuple[date, date]:
        today = day_of(now, zone, ends_at=day_ends_at)
        return today + timedelta(days=first), today + timedelta(days=last)

    return _within(rules_of_days, days)


def _within(rules_of_days: Iterable[tuple[str, time]], days: Callable[[str, time], tuple[date, date]]) -> Q:
    """Shows that start on the cinema days from the first to the last one that `days` returns for their theater."""
    matching = Q(pk__in=[])
    for zone, day_ends_at in rules_of_days:
        first, last = days(zone, day_ends_at)
        begin, _ = day_in(zone, first, ends_at=day_ends_at)
        _, end = day_in(zone, last, ends_at=day_ends_at)
        with_these_days = Q(screen__theater__time_zone=zone, screen__theater__day_ends_at=day_ends_at)
        matching |= with_these_days & Q(starts_at__gte=begin, starts_at__lt=end)
    return matching

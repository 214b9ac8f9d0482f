from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from cinema.catalog.models import Screen, Show, Theater
from cinema.catalog.time_zones import day_in, day_of
from cinema.core import clock
from cinema.core.clock import Now


class DayFilter(SimpleListFilter):
    """Filters shows by cinema day of their theater. By default, past shows are not listed."""

    title = "day"
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
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
        return queryset.filter(ends_at__gt=Now())


class ScreenFilter(SimpleListFilter):
    """Filters shows by screen. Offers the screens of the theater in the other filter, or of all theaters."""

    title = "screen"
    parameter_name = "screen"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        screens = Screen.objects.select_related("theater").order_by("theater__name", "name")
        theater = request.GET.get("screen__theater__id__exact", "")
        if theater.isdecimal():
            screens = screens.filter(theater=int(theater))
        return [(str(screen.pk), str(screen)) for screen in screens]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Show]) -> QuerySet[Show]:
        selected = self.value() or ""
        return queryset.filter(screen=int(selected)) if selected.isdecimal() else queryset


def _starting(*, first: int, last: int) -> Q:
    """Shows that start between `first` and `last` days from today, in the cinema days of their theater."""
    now = clock.now()
    matching = Q(pk__in=[])
    for zone, day_ends_at in Theater.objects.values_list("time_zone", "day_ends_at").distinct():
        today = day_of(now, zone, ends_at=day_ends_at)
        begin, _ = day_in(zone, today + timedelta(days=first), ends_at=day_ends_at)
        _, end = day_in(zone, today + timedelta(days=last), ends_at=day_ends_at)
        with_these_days = Q(screen__theater__time_zone=zone, screen__theater__day_ends_at=day_ends_at)
        matching |= with_these_days & Q(starts_at__gte=begin, starts_at__lt=end)
    return matching

"""The first page of the admin: today's shows by screen, recent sales, and what needs attention.

Each part takes a fixed number of statements, and is there only for users who may view its data.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any

from django.contrib import admin
from django.core.cache import cache
from django.http import HttpRequest

from cinema.admin import attention, local_times
from cinema.admin.base import may_view
from cinema.admin.screens import by_name
from cinema.admin.show_filters import starting
from cinema.booking import queries, recent_sales
from cinema.booking.queries import Occupancy
from cinema.booking.recent_sales import MovieSales
from cinema.booking.status import ShowStatus
from cinema.catalog.models import Show, Theater
from cinema.catalog.queries import theaters
from cinema.catalog.time_zones import day_of
from cinema.core import clock

SALES_PERIOD = timedelta(hours=24)
# How long the sales are cached in each process, in seconds. Their query reads all bookings.
SALES_CACHE_SECONDS = 60
MAX_MOVIES = 10
# The shows of other theaters are collapsed until staff open them.
OPEN_THEATERS = 3


@dataclass(frozen=True)
class ShowToday:
    """A show in the local time of its theater. `phase` is `ended`, `running`, `upcoming` or `cancelled`."""

    show: Show
    starts: str
    ends: str
    status: ShowStatus
    occupancy: Occupancy
    phase: str

    @property
    def percent(self) -> int:
        return _percent(self.occupancy.booked, self.occupancy.total)

    @property
    def is_cancelled(self) -> bool:
        return self.status == ShowStatus.CANCELLED

    @property
    def is_sold_out(self) -> bool:
        return self.status == ShowStatus.SOLD_OUT


@dataclass(frozen=True)
class ScreenToday:
    name: str
    shows: Sequence[ShowToday]


@dataclass(frozen=True)
class TheaterToday:
    """The cinema day of a theater that contains the current moment. Totals are without cancelled shows."""

    theater: Theater
    day: date
    # The local time, such as "18:30". With its weekday after midnight, when the day is still that of the evening.
    time: str
    screens: Sequence[ScreenToday]

    @property
    def show_count(self) -> int:
        return len(self._not_cancelled())

    @property
    def booked(self) -> int:
        return sum(each.occupancy.booked for each in self._not_cancelled())

    @property
    def total(self) -> int:
        return sum(each.occupancy.total for each in self._not_cancelled())

    @property
    def percent(self) -> int:
        return _percent(self.booked, self.total)

    def _not_cancelled(self) -> list[ShowToday]:
        return [each for screen in self.screens for each in screen.shows if not each.is_cancelled]


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of `today.html`, for Unfold's `DASHBOARD_CALLBACK`."""
    now = clock.now()
    # As the menu and the pages of shows: staff who can change shows can view them.
    may_view_shows = may_view(request, Show)
    may_view_bookings = request.user.has_perm("cinema.view_booking")
    may_change_shows = request.user.has_perm("cinema.change_show")
    all_theaters = list(theaters()) if may_view_shows else []
    return context | {
        "title": "Today",
        "may_view_shows": may_view_shows,
        "may_view_bookings": may_view_bookings,
        "may_add_shows": request.user.has_perm("cinema.add_show"),
        # Other staff need the seats of a show more often than its times and prices.
        "show_page": "admin:cinema_show_change" if may_change_shows else "admin:cinema_show_seats",
        "theaters": theaters_today(all_theaters, now),
        "open_theaters": OPEN_THEATERS,
        "sales": sales(now) if may_view_bookings else [],
        "notices": attention.notices(request, all_theaters, now),
    }


def sales(now: datetime) -> list[MovieSales]:
    """The sales of the last `SALES_PERIOD`, read at most once in `SALES_CACHE_SECONDS`."""
    since = now - SALES_PERIOD
    read = partial(recent_sales.by_movie, since=since, at_most=MAX_MOVIES)
    return cache.get_or_set("admin.recent_sales", read, SALES_CACHE_SECONDS) or []


def theaters_today(all_theaters: Sequence[Theater], now: datetime) -> list[TheaterToday]:
    """Each theater with the shows of its cinema day at `now`, also those without shows. Takes three statements."""
    if not all_theaters:
        return []
    rules_of_days = {(theater.time_zone, theater.day_ends_at) for theater in all_theaters}
    shows = list(Show.objects.with_details().filter(starting(now, rules_of_days)).order_by("starts_at", "pk"))
    availability, occupancy = queries.availability(shows), queries.occupancy(shows)
    by_theater: dict[int, list[ShowToday]] = defaultdict(list)
    for show in shows:
        today = _show(show, availability[show.pk].status, occupancy[show.pk], now)
        by_theater[show.screen.theater_id].append(today)
    return [_theater(theater, by_theater[theater.pk], now) for theater in all_theaters]


def _theater(theater: Theater, shows: Sequence[ShowToday], now: datetime) -> TheaterToday:
    day = day_of(now, theater.time_zone, ends_at=theater.day_ends_at)
    date_now = local_times.local(now, theater).date()
    time_now = local_times.time_of_day(now, theater)
    return TheaterToday(
        theater=theater,
        day=day,
        time=time_now if date_now == day else f"{date_now:%A}, {time_now}",
        screens=_by_screen(shows),
    )


def _show(show: Show, status: ShowStatus, occupancy: Occupancy, now: datetime) -> ShowToday:
    theater = show.screen.theater
    if status == ShowStatus.CANCELLED:
        phase = "cancelled"
    elif show.ends_at <= now:
        phase = "ended"
    else:
        phase = "running" if show.starts_at <= now else "upcoming"
    return ShowToday(
        show=show,
        starts=local_times.time_of_day(show.starts_at, theater),
        ends=local_times.time_of_day(show.ends_at, theater),
        status=status,
        occupancy=occupancy,
        phase=phase,
    )


def _by_screen(shows: Sequence[ShowToday]) -> list[ScreenToday]:
    in_order = sorted(shows, key=lambda each: by_name(each.show.screen))
    return [
        ScreenToday(screen.name, list(on_screen))
        for screen, on_screen in groupby(in_order, key=lambda each: each.show.screen)
    ]


def _percent(part: int, whole: int) -> int:
    """At most 100. A booked seat may no longer be in the plan."""
    return min(100 * part // whole, 100) if whole else 0


admin.site.index_template = "cinema/admin/today.html"

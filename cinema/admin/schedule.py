"""The schedule of a theater for one day: a row per screen and a block per show, in the theater's local time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from cinema.admin import local_times, screens
from cinema.booking import queries as sales
from cinema.booking.queries import Availability, Occupancy
from cinema.catalog.models import Screen, Show, Theater
from cinema.catalog.queries import ShowCriteria, shows, theaters
from cinema.catalog.rules import rules
from cinema.catalog.time_zones import day_of
from cinema.core import clock

OPENS_AT = time(10)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class DayForm(forms.Form):
    theater = forms.ModelChoiceField(
        theaters(), empty_label=None, widget=UnfoldAdminSelectWidget({"aria-label": "Theater"})
    )
    day = forms.DateField(
        validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2099, 12, 31))],
        widget=UnfoldAdminTextInputWidget({"type": "date", "aria-label": "Day"}),
    )


@dataclass(frozen=True)
class Axis:
    """The time axis of the drawing. Positions are percentages of its length."""

    begin: datetime
    end: datetime
    theater: Theater

    def position(self, moment: datetime) -> float:
        return 100 * ((moment - self.begin) / (self.end - self.begin))

    def hours(self) -> list[tuple[float, str]]:
        """The position and the label of each full hour. A label is repeated when the clocks go back."""
        count = round((self.end - self.begin) / HOUR)
        moments = [self.begin + n * HOUR for n in range(count)]
        return [(self.position(moment), f"{local_times.local(moment, self.theater):%H:%M}") for moment in moments]

    def current(self, now: datetime) -> float | None:
        """The position of `now`. None if it is not on the axis."""
        return self.position(now) if self.begin <= now < self.end else None


@dataclass(frozen=True)
class Block:
    show: Show
    availability: Availability
    occupancy: Occupancy
    starts: str
    ends: str
    left: float
    width: float
    lane: int


@dataclass(frozen=True)
class ScreenRow:
    """The day of a screen. Shows that overlap, because one of them is cancelled, are in different lanes."""

    screen: Screen
    blocks: list[Block]
    lane_count: int
    free_from: str | None


def draw(theater: Theater, day: date) -> dict[str, Any]:
    """The template context of `schedule.html` for `day`. It takes a fixed number of queries."""
    of_the_day = list(shows(ShowCriteria(theater_id=theater.pk, on=day)))
    axis = _axis(theater, day, of_the_day)
    availability, occupancy = sales.availability(of_the_day), sales.occupancy(of_the_day)
    now = clock.now()
    rows = []
    for screen in sorted(theater.screens.all(), key=screens.by_name):
        on_screen = [show for show in of_the_day if show.screen_id == screen.pk]
        lanes = _lanes(on_screen)
        blocks = [_block(show, availability[show.pk], occupancy[show.pk], axis, lanes[show.pk]) for show in on_screen]
        free_from = _free_from(on_screen, theater, day, now)
        rows.append(ScreenRow(screen, blocks, max(lanes.values(), default=0) + 1, free_from))
    return {
        "theater": theater,
        "day": day,
        "previous_day": day - DAY,
        "next_day": day + DAY,
        "axis": axis,
        "now": axis.current(now),
        "rows": rows,
    }


def next_start(ends_at: datetime, theater: Theater) -> str:
    """The earliest time for the show after one that ends at `ends_at`, in local time and ISO format."""
    free = local_times.to_wall_clock(ends_at + rules().cleaning_time, theater)
    return f"{free + timedelta(minutes=-free.minute % 5):%Y-%m-%dT%H:%M}"


def selection(request: HttpRequest) -> tuple[Theater | None, date]:
    """The requested theater and day. The defaults are the first theater and its current day."""
    form = DayForm(request.GET)
    form.full_clean()
    theater = form.cleaned_data.get("theater") or theaters().first()
    day = form.cleaned_data.get("day") or _today(theater, clock.now())
    return theater, day


def _today(theater: Theater | None, now: datetime) -> date:
    return day_of(now, theater.time_zone, ends_at=theater.day_ends_at) if theater else now.date()


def _axis(theater: Theater, day: date, of_the_day: Sequence[Show]) -> Axis:
    """The axis from opening time to midnight. It is longer if shows start earlier or end later."""
    opens = _moment(day, OPENS_AT, theater)
    midnight = _moment(day + DAY, time.min, theater)
    begin = min([opens, *(_full_hour(show.starts_at, theater) for show in of_the_day)])
    end = max([midnight, *(_full_hour(show.ends_at, theater) + HOUR for show in of_the_day)])
    return Axis(begin, end, theater)


def _block(show: Show, availability: Availability, occupancy: Occupancy, axis: Axis, lane: int) -> Block:
    left = axis.position(show.starts_at)
    return Block(
        show=show,
        availability=availability,
        occupancy=occupancy,
        starts=local_times.time_of_day(show.starts_at, axis.theater),
        ends=local_times.time_of_day(show.ends_at, axis.theater),
        left=left,
        width=axis.position(show.ends_at) - left,
        lane=lane,
    )


def _lanes(on_screen: Iterable[Show]) -> dict[int, int]:
    """The lane of each show, by key: the first that is free when the show starts. Shows must be ordered by start."""
    lanes: dict[int, int] = {}
    free_at: list[datetime] = []
    for show in on_screen:
        lane = next((lane for lane, moment in enumerate(free_at) if moment <= show.starts_at), len(free_at))
        free_at[lane : lane + 1] = [show.ends_at]
        lanes[show.pk] = lane
    return lanes


def _free_from(on_screen: Iterable[Show], theater: Theater, day: date, now: datetime) -> str | None:
    """The earliest time for another show after the last one, in local time and ISO format. None if the day is over."""
    if day < _today(theater, now):
        return None
    ends = [show.ends_at for show in on_screen if show.cancelled_at is None]
    free = next_start(max(ends), theater) if ends else f"{datetime.combine(day, OPENS_AT):%Y-%m-%dT%H:%M}"
    # Today, the last show may have ended long ago, and a show cannot start in the past.
    return max(free, next_start(now, theater))


def _moment(day: date, time_of_day: time, theater: Theater) -> datetime:
    return datetime.combine(day, time_of_day, tzinfo=local_times.zone_of(theater)).astimezone(UTC)


def _full_hour(moment: datetime, theater: Theater) -> datetime:
    return local_times.local(moment, theater).replace(minute=0, second=0, microsecond=0).astimezone(UTC)

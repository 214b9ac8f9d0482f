"""The shows that result from copying days or repeating a show. They keep their local times on other dates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from cinema.catalog.models import Show, Theater
from cinema.catalog.time_zones import day_in, zone_of
from cinema.core.errors import InvalidInput, NotFound

# How many shows can be added at once. Their transaction must not take longer than `MAX_TRANSACTION_SECONDS`.
MAX_SHOWS = 500
DAY = timedelta(days=1)


@dataclass(frozen=True)
class DaysCopy:
    """The shows of `days` cinema days from `first_day`, copied to the same number of days from each of `to`.

    Of one screen, or of all screens of the theater. Cancelled shows are not copied.
    """

    theater_id: int
    screen_id: int | None
    first_day: date
    days: int
    to: tuple[date, ...]


@dataclass(frozen=True)
class Repetition:
    """A show, repeated at each of `times` on each of these cinema days. Times are local."""

    show_id: int
    days: tuple[date, ...]
    times: tuple[time, ...]


@dataclass(frozen=True)
class PlannedShow:
    """A show as `source`, with its movie, screen, theater and prices loaded, at another local time.

    A time that occurs twice, because the clocks go back, is the first of them unless it has `fold`.
    """

    source: Show
    local_start: datetime

    def starts_at(self) -> datetime | None:
        """The start in UTC. None if the local time does not exist, because the clocks go forward."""
        zone = zone_of(self.source.screen.theater.time_zone)
        moment = self.local_start.replace(tzinfo=zone).astimezone(UTC)
        return moment if moment.astimezone(zone).replace(tzinfo=None) == self.local_start else None

    @property
    def length(self) -> timedelta:
        return self.source.ends_at - self.source.starts_at


def planned_shows(request: DaysCopy | Repetition) -> list[PlannedShow]:
    """The shows that a request consists of, in the order of their start. Raises `NotFound` and `InvalidInput`."""
    try:
        planned = _copied(request) if isinstance(request, DaysCopy) else _repeated(request)
        found = list(islice(planned, MAX_SHOWS + 1))
        if len(found) > MAX_SHOWS:
            raise InvalidInput.of("request", "too_many", f"At most {MAX_SHOWS} shows can be added at once.")
        return sorted(found, key=lambda planned: (planned.local_start, planned.source.pk))
    except OverflowError as error:
        raise InvalidInput.of("to", "invalid", "A date is out of range.") from error


def local_start(show: Show) -> datetime:
    """The start of a show in the local time of its theater, without a time zone. `fold` is kept."""
    return show.starts_at.astimezone(zone_of(show.screen.theater.time_zone)).replace(tzinfo=None)


def _copied(copy: DaysCopy) -> Iterator[PlannedShow]:
    theater = Theater.objects.filter(pk=copy.theater_id).first()
    if theater is None:
        raise NotFound("theater")
    begin, _ = day_in(theater.time_zone, copy.first_day, ends_at=theater.day_ends_at)
    _, end = day_in(theater.time_zone, copy.first_day + (copy.days - 1) * DAY, ends_at=theater.day_ends_at)
    shows = Show.objects.not_cancelled().filter(screen__theater=theater, starts_at__gte=begin, starts_at__lt=end)
    if copy.screen_id is not None:
        shows = shows.filter(screen=copy.screen_id)
    for show in shows.with_details().prefetch_related("prices"):
        for first_day in copy.to:
            yield PlannedShow(show, local_start(show) + (first_day - copy.first_day))


def _repeated(repetition: Repetition) -> Iterator[PlannedShow]:
    show = Show.objects.with_details().prefetch_related("prices").filter(pk=repetition.show_id).first()
    if show is None:
        raise NotFound("show")
    day_ends_at = show.screen.theater.day_ends_at
    for day in repetition.days:
        for time_of_day in sorted(set(repetition.times)):
            # A time after midnight is part of the day before.
            yield PlannedShow(show, datetime.combine(day + (time_of_day < day_ends_at) * DAY, time_of_day))

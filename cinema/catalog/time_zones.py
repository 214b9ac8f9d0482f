"""Time zones of theaters, and the days of their schedules.

A cinema day ends in the early morning: a show at 00:30 belongs to the previous evening.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

# The default end of a cinema day.
DAY_ENDS_AT = time(6)

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


@cache
def names() -> frozenset[str]:
    """The IANA time zones, without names that only this machine knows, such as `localtime`."""
    listed = resources.files("tzdata").joinpath("zones").read_text().split()
    # Browsers do not know this one: it means that the time zone has not been set.
    return frozenset(listed) - {"Factory"}


def validate_time_zone(name: str) -> None:
    if name not in names():
        raise ValidationError(f"{name} is not an IANA time zone such as Europe/Lisbon.", code="unknown_time_zone")


def zone_of(name: str) -> ZoneInfo:
    """The time zone with this name. UTC if browsers do not know the name: earlier releases accepted such names."""
    return ZoneInfo(name if name in names() else "UTC")


def day_in(time_zone: str, day: date, *, ends_at: time) -> tuple[datetime, datetime]:
    """The beginning and the end (exclusive) of a cinema day in a time zone, in UTC. They are not always 24 hours apart.

    For the first and the last date, they are limited to the range of `datetime`.
    """
    zone = zone_of(time_zone)
    end = _LATEST if day == date.max else _moment(day + timedelta(days=1), ends_at, zone)
    return _moment(day, ends_at, zone), end


def day_of(moment: datetime, time_zone: str, *, ends_at: time) -> date:
    """The cinema day at `moment` in a time zone."""
    day = moment.astimezone(zone_of(time_zone)).date()
    # The clocks may change at that time, so the limits of the day decide.
    return day if day_in(time_zone, day, ends_at=ends_at)[0] <= moment else day - timedelta(days=1)


def _moment(day: date, time_of_day: time, zone: ZoneInfo) -> datetime:
    try:
        return datetime.combine(day, time_of_day, tzinfo=zone).astimezone(UTC)
    except OverflowError:
        # In time zones ahead of UTC, the first date begins before the earliest datetime.
        return _EARLIEST


def is_ambiguous(local: datetime) -> bool:
    """Whether this time of day, in a time zone, occurs twice on this day, because the clocks go back."""
    other = local.replace(fold=1 - local.fold)
    # In the time that is skipped when the clocks go forward, the offsets differ the other way round.
    first, second = sorted((local, other), key=lambda moment: moment.fold)
    return (first.utcoffset() or timedelta()) > (second.utcoffset() or timedelta())


def time_of_day(local: datetime) -> str:
    """For example `19:30`. If the time occurs twice, because the clocks go back: `01:30 EDT` or `01:30 EST`."""
    return f"{local:%H:%M %Z}" if is_ambiguous(local) else f"{local:%H:%M}"

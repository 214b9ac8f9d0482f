from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


@cache
def _names() -> set[str]:
    """The names of all time zones. Reading them takes 10 ms, because every file of the time zone database is opened."""
    return available_timezones()


def validate_time_zone(name: str) -> None:
    if name not in _names():
        raise ValidationError(f"{name} is not an IANA time zone such as Europe/Lisbon.", code="unknown_time_zone")


def day_in(time_zone: str, day: date) -> tuple[datetime, datetime]:
    """The beginning and the end (exclusive) of `day` in a time zone, in UTC. They are not always 24 hours apart.

    For the first and the last date, they are limited to the range of `datetime`.
    """
    zone = ZoneInfo(time_zone)
    end = _LATEST if day == date.max else _midnight(day + timedelta(days=1), zone)
    return _midnight(day, zone), end


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    try:
        return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
    except OverflowError:
        # In time zones ahead of UTC, the first date begins before the earliest datetime.
        return _EARLIEST

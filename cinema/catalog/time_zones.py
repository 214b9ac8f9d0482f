from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(f"{name} is not an IANA time zone such as Europe/Lisbon.", code="unknown_time_zone")


def day_in(time_zone: str, day: date) -> tuple[datetime, datetime]:
    """When `day` begins and ends (exclusive) in a time zone, in UTC. Not always 24 hours apart."""
    zone = ZoneInfo(time_zone)
    begin = datetime.combine(day, time.min, tzinfo=zone)
    end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
    return begin.astimezone(UTC), end.astimezone(UTC)

"""Shows and reads times in the local time of a theater."""

from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateformat import format as date_format
from unfold.widgets import INPUT_CLASSES

from cinema.catalog.models import Theater


def zone_of(theater: Theater) -> tzinfo:
    return ZoneInfo(theater.time_zone)


def local(moment: datetime, theater: Theater) -> datetime:
    return moment.astimezone(zone_of(theater))


def date_and_time(moment: datetime, theater: Theater) -> str:
    return date_format(local(moment, theater), "D, M j, Y, H:i")


def to_the_second(moment: datetime, theater: Theater) -> str:
    return date_format(local(moment, theater), "M j, Y, H:i:s")


def time_of_day(moment: datetime, theater: Theater) -> str:
    return f"{local(moment, theater):%H:%M}"


def to_wall_clock(moment: datetime, theater: Theater) -> datetime:
    """The local time at `moment`, in minutes and without a time zone."""
    return local(moment, theater).replace(second=0, microsecond=0, tzinfo=None)


def from_wall_clock(wall_clock: datetime, zone: tzinfo) -> datetime:
    """The moment of a local time in `zone`. If it occurs twice, the first is used.

    Raises `ValidationError` if it does not exist.
    """
    try:
        moment = wall_clock.replace(tzinfo=zone).astimezone(UTC)
        back = moment.astimezone(zone)
    except OverflowError as error:
        raise ValidationError("This date is out of range.", code="invalid") from error
    if back.replace(tzinfo=None) != wall_clock:
        raise ValidationError("This time does not exist, because the clocks go forward.", code="skipped_time")
    return moment


class WallClockField(forms.DateTimeField):
    """A date and a time without a time zone."""

    widget = forms.DateTimeInput(
        format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": " ".join(INPUT_CLASSES)}
    )

    def to_python(self, value: Any) -> datetime | None:
        moment = super().to_python(value)
        return moment.replace(tzinfo=None) if moment else None

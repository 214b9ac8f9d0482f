"""Shows and reads times in the local time of a theater."""

from datetime import UTC, datetime, tzinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateformat import format as date_format
from unfold.widgets import INPUT_CLASSES

from cinema.catalog import time_zones
from cinema.catalog.models import Show, Theater

# The choices for a local time that occurs twice, because the clocks go back.
OCCURRENCES = [("", "The only one"), ("0", "The first"), ("1", "The second")]


def zone_of(theater: Theater) -> tzinfo:
    return time_zones.zone_of(theater.time_zone)


def local(moment: datetime, theater: Theater) -> datetime:
    return moment.astimezone(zone_of(theater))


def date_and_time(moment: datetime, theater: Theater) -> str:
    at = local(moment, theater)
    return f"{date_format(at, 'D, M j, Y')}, {time_zones.time_of_day(at)}"


def start_of(show: Show) -> str:
    return date_and_time(show.starts_at, show.screen.theater)


def to_the_second(moment: datetime, theater: Theater) -> str:
    return date_format(local(moment, theater), "M j, Y, H:i:s")


def time_of_day(moment: datetime, theater: Theater) -> str:
    return time_zones.time_of_day(local(moment, theater))


def to_wall_clock(moment: datetime, theater: Theater) -> datetime:
    """The local time at `moment`, in minutes and without a time zone."""
    return local(moment, theater).replace(second=0, microsecond=0, tzinfo=None)


def occurrence(moment: datetime, theater: Theater) -> str:
    """Which occurrence of its local time the moment is, for `from_wall_clock`."""
    at = local(moment, theater)
    return str(at.fold) if time_zones.is_ambiguous(at) else ""


def from_wall_clock(wall_clock: datetime, zone: tzinfo, occurrence: str = "") -> datetime:
    """The moment of a local time in `zone`. `occurrence` is one of `OCCURRENCES`.

    Raises `ValidationError` if the time does not exist, or if it occurs twice and `occurrence` is empty.
    """
    try:
        at = wall_clock.replace(tzinfo=zone, fold=int(occurrence or 0))
        moment = at.astimezone(UTC)
        back = moment.astimezone(zone)
    except OverflowError as error:
        raise ValidationError("This date is out of range.", code="invalid") from error
    if back.replace(tzinfo=None) != wall_clock:
        raise ValidationError("This time does not exist, because the clocks go forward.", code="skipped_time")
    if not occurrence and time_zones.is_ambiguous(at):
        message = "This time occurs twice, because the clocks go back. Choose the first or the second one."
        raise ValidationError(message, code="ambiguous_time")
    return moment


class WallClockField(forms.DateTimeField):
    """A date and a time without a time zone."""

    widget = forms.DateTimeInput(
        format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": " ".join(INPUT_CLASSES)}
    )

    def to_python(self, value: Any) -> datetime | None:
        moment = super().to_python(value)
        return moment.replace(tzinfo=None) if moment else None

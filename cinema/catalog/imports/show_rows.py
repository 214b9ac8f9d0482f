"""Parses the rows of a schedule. Pure functions: names are not looked up yet, and times have no time zone yet."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any

from cinema.catalog.imports.errors import Refusal, UnreadableFile
from cinema.catalog.imports.reading import Record
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import ShowFormat
from cinema.core.money import read_amount
from cinema.core.text import normalized

PRICES = {f"price_{category.lower()}": category for category in SeatCategory}
TEXTS = ("movie", "theater", "screen", "language", "subtitles")
FIELDS = (*TEXTS, "year", "start", "date", "time", "end", "format", *PRICES)

FORMATS = {
    **{value.usual_name: value for value in ShowFormat},
    **{str(value): value for value in ShowFormat},
}
# Hours up to 29 are those after midnight, as in many schedules. An offset is for a time that occurs twice.
_TIME = re.compile(
    r"([012]?\d)[:.h]([0-5]\d)(?:[:.]00(?:\.0+)?)?\s*(?:([ap])\.?\s?m\.?|uhr)?"
    r"\s*(?:([+-])(\d\d):?(\d\d))?",
    re.IGNORECASE,
)
_NOON = 12


@dataclass(frozen=True)
class ShowConventions:
    """`columns` maps fields to columns with other names. `date_format` is as in strptime, None for ISO 8601."""

    columns: Mapping[str, str] = field(default_factory=dict)
    date_format: str | None = None

    def columns_in(self, present: Sequence[str]) -> dict[str, str]:
        """The column of each field in the file. Raises `UnreadableFile`."""
        missing = [column for column in self.columns.values() if column not in present]
        if missing:
            raise UnreadableFile(f"it has no column {', '.join(map(repr, missing))}; it has {', '.join(present)}.")
        found = {name: self.columns.get(name, name) for name in FIELDS}
        found = {name: column for name, column in found.items() if column in present}
        required = ["movie", "screen", *(["start"] if "start" in found else ["date", "time"])]
        for name in required:
            if name not in found:
                raise UnreadableFile(f"name the column of the {name}; it has {', '.join(present)}.")
        return found


@dataclass(frozen=True)
class ShowRow:
    """A show in the file. Times are local. They have an offset if the file has one. `theater` can be empty."""

    line: int
    movie: str
    year: int | None
    theater: str
    screen: str
    starts_at: datetime
    ends_at: datetime | None
    format: ShowFormat
    language: str
    subtitles: str
    prices: Mapping[SeatCategory, Decimal]


def parse(record: Record, columns: Mapping[str, str], conventions: ShowConventions) -> ShowRow | Refusal:
    """The show in the row, or all reasons why it cannot be read."""
    if record.defect:
        return Refusal(record.line, record.defect)
    texts = {name: _text(record.values.get(column)) for name, column in columns.items()}
    row = _Row(texts, conventions)
    show = ShowRow(
        line=record.line,
        **{name: texts.get(name, "") for name in TEXTS},
        year=row.read("year", int),
        starts_at=row.start(),
        ends_at=row.end(),
        format=row.read("format", _format) or ShowFormat.TWO_D,
        prices={
            category: amount for name, category in PRICES.items() if (amount := row.read(name, _amount)) is not None
        },
    )
    row.problems += [f"{name}: it is empty." for name in ("movie", "screen") if not texts[name]]
    return Refusal(record.line, " ".join(row.problems)) if row.problems else show


@dataclass
class _Row:
    """The texts of a row while they are parsed, and the errors in them."""

    texts: Mapping[str, str]
    conventions: ShowConventions
    problems: list[str] = field(default_factory=list)

    def read(self, name: str, reader: Any) -> Any:
        """The value of a field. None if it is blank or invalid."""
        text = self.texts.get(name, "")
        try:
            return reader(text) if text else None
        except (ValueError, OverflowError) as error:
            reason = str(error) if isinstance(error, _Unreadable) else f"{text!r} cannot be read."
            self.problems.append(f"{name}: {reason}")
            return None

    def start(self) -> datetime:
        names = ["start"] if "start" in self.texts else ["date", "time"]
        empty = [name for name in names if not self.texts[name]]
        self.problems += [f"{name}: it is empty." for name in empty]
        if names == ["start"]:
            found = self.read("start", self._date_and_time)
        else:
            day, time = self.read("date", self._day), self.read("time", _time)
            found = None if day is None or time is None else _at(day, time)
        # If it is None, the row is refused.
        return found or datetime.min  # noqa: DTZ901 - a local time

    def end(self) -> datetime | None:
        """The end. A time without a date is the next such time after the start."""
        if not _TIME.fullmatch(self.texts.get("end", "")):
            found: datetime | None = self.read("end", self._date_and_time)
            return found
        if self.problems:
            return None
        start = self.start().replace(tzinfo=None)
        return self.read("end", lambda text: _next_at(start, _time(text)))  # type: ignore[no-any-return]

    def _date_and_time(self, text: str) -> datetime:
        found = re.fullmatch(rf"(.+?)[T\s]\s*({_TIME.pattern})", text, re.IGNORECASE)
        if found is None:
            raise _Unreadable(f"{text!r} is not a date and a time like 20:15.")
        return _at(self._day(found[1].rstrip(",")), _time(found[2]))

    def _day(self, text: str) -> datetime:
        expected = self.conventions.date_format or "%Y-%m-%d"
        try:
            return datetime.strptime(text, expected)  # noqa: DTZ007 - a day has no time zone
        except ValueError as error:
            raise _Unreadable(f"{text!r} is not a date like {self.conventions.date_format or 'YYYY-MM-DD'}.") from error


class _Unreadable(ValueError):
    """The message is for users."""


def _text(value: Any) -> str:
    return "" if value is None else normalized(str(value))


def _time(text: str) -> tuple[timedelta, tzinfo | None]:
    """The time since midnight, and the offset from UTC if there is one."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise _Unreadable(f"{text!r} is not a time like 20:15.")
    hour, half = int(found[1]), (found[3] or "").lower()
    if half:
        if not 1 <= hour <= _NOON:
            raise _Unreadable(f"{text!r} is not a time like 8:15 pm.")
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    offset = None
    if found[4]:
        distance = timedelta(hours=int(found[5]), minutes=int(found[6]))
        offset = timezone(distance if found[4] == "+" else -distance)
    return timedelta(hours=hour, minutes=int(found[2])), offset


def _at(day: datetime, time: tuple[timedelta, tzinfo | None]) -> datetime:
    since_midnight, offset = time
    return (day + since_midnight).replace(tzinfo=offset)


def _next_at(start: datetime, time: tuple[timedelta, tzinfo | None]) -> datetime:
    end = _at(start.replace(hour=0, minute=0), time)
    return end if end.replace(tzinfo=None) > start else end + timedelta(days=1)


def _format(text: str) -> ShowFormat:
    found = FORMATS.get(text.upper())
    if found is None:
        raise _Unreadable(f"{text!r} is not one of {', '.join(FORMATS)}.")
    return found


def _amount(text: str) -> Decimal:
    try:
        return read_amount(text)
    except ValueError:
        raise _Unreadable(f"{text!r} is not an amount like 12.50.") from None

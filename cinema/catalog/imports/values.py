"""Parses the values in a file. Pure functions: they take a value from CSV or JSON and return a value for the model.

Raises a `ValueError` with the reason if a value cannot be parsed.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from cinema.catalog import poster_urls
from cinema.catalog.imports.conventions import Conventions, Misreading
from cinema.core.text import caseless, normalized

# NUL and unpaired surrogates are valid in JSON, but databases refuse them.
_unstorable = re.compile("[\0\ud800-\udfff]")
# Spreadsheets write decimals if the column has them.
_whole_number = re.compile(r"([+-]?[0-9]{1,9})([.,]0*)?")


def parse(field: str, value: Any, conventions: Conventions) -> Any:
    """The value for the model's `field`. None if it is blank."""
    if _is_blank(value, field, conventions):
        return None
    return _READERS[field](value, conventions)


def repair(value: Any, misreading: Misreading | None) -> Any:
    """Undo a wrong decoding of `value`, or of each item if it is a list.

    A string that cannot have been decoded that way, and a value that is not a string, are returned unchanged.
    """
    if isinstance(value, list):
        return [repair(each, misreading) for each in value]
    if not isinstance(value, str) or misreading is None:
        return value
    try:
        return value.encode(misreading.read).decode(misreading.written)
    except UnicodeError:
        return value


def century_earlier(day: date, *, by: date) -> date:
    """The date a century before `day`, whose two-digit year was read in the wrong century.

    Raises `ValueError` if this date does not exist or is after `by`.
    """
    try:
        earlier = day.replace(year=day.year - 100)
    except ValueError as error:
        raise ValueError(f"{day} is too late, and this date did not exist a century earlier.") from error
    if earlier > by:
        raise ValueError(f"{day} is too late, even a century earlier.")
    return earlier


def _is_blank(value: Any, field: str, conventions: Conventions) -> bool:
    text = "" if value is None else str(value).strip()
    return not text or text in conventions.blanks.get(field, ())


def _text(value: Any) -> str:
    """The value as text. Numbers are allowed, because there are movies with the titles 1776 and 300."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{value!r} is not text.")  # noqa: TRY004 - the row is at fault, not the caller
    text = str(value).strip()
    if _unstorable.search(text):
        raise ValueError(f"{text!r} has characters that cannot be stored.")
    return text


def _one_line(value: Any, _: Conventions) -> str:
    return normalized(_text(value))


def _paragraphs(value: Any, _: Conventions) -> str:
    return _text(value)


def _minutes(value: Any, _: Conventions) -> int:
    text = _text(value)
    found = _whole_number.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a whole number of minutes.")
    return int(found[1])


def _genres(value: Any, conventions: Conventions) -> tuple[str, ...]:
    """The names in `value`, without duplicates. Case is ignored, and the first spelling is kept."""
    lines = [_one_line(name, conventions) for name in _items(value, "genres", conventions)]
    return tuple({caseless(name): name for name in reversed(lines)}.values())[::-1]


def _cast(value: Any, conventions: Conventions) -> str:
    """The names in `value`, one per line."""
    return "\n".join(_one_line(name, conventions) for name in _items(value, "cast", conventions))


def _items(value: Any, field: str, conventions: Conventions) -> list[Any]:
    """The items of a JSON list, or of a cell in which they are separated, without blank ones."""
    items = value if isinstance(value, list) else _text(value).split(conventions.genre_separator)
    return [item for item in items if not _is_blank(item, field, conventions)]


def _date(value: Any, conventions: Conventions) -> date:
    text = _text(value)
    try:
        if conventions.date_format is None:
            return date.fromisoformat(text)
        return datetime.strptime(text, conventions.date_format).date()  # noqa: DTZ007 - a day has no time zone
    except ValueError as error:
        expected = conventions.date_format or "YYYY-MM-DD"
        raise ValueError(f"{text!r} is not a date like {expected}.") from error


_READERS: Mapping[str, Callable[[Any, Conventions], Any]] = {
    "title": _one_line,
    "synopsis": _paragraphs,
    "duration_minutes": _minutes,
    "genres": _genres,
    "certificate": _one_line,
    "language": _one_line,
    "release_date": _date,
    "poster_url": lambda text, conventions: poster_urls.as_stored(_one_line(text, conventions)),
    "trailer_url": _one_line,
    "cast": _cast,
}

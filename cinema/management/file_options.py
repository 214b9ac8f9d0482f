"""The options of commands that read CSV files."""

import codecs
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.management.base import CommandError

from cinema.catalog.imports.text_files import FileFormat
from cinema.core.text import normalized

_NAMES = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}


def add_to(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--delimiter",
        metavar="CHARACTER",
        help='Of the cells of a CSV file: a character, or "tab". By default, a comma, semicolon or tab is detected.',
    )
    parser.add_argument(
        "--encoding",
        default="utf-8",
        metavar="NAME",
        help="Of a file without a byte order mark, such as cp1252 for an older Excel. The default is UTF-8.",
    )


def add_columns_to(parser: ArgumentParser, fields: Sequence[str]) -> None:
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="FIELD=COLUMN",
        help="The column of a field, if it is not named like the field. "
        f"FIELD is one of {', '.join(fields)}. Repeatable.",
    )


def columns_of(options: Mapping[str, Any], fields: Sequence[str]) -> dict[str, str]:
    """The column of each field in `--map`. Raises `CommandError`."""
    columns = pairs("--map", options["map"], fields)
    repeated = [field for field, found in columns.items() if len(found) > 1]
    if repeated:
        raise CommandError(f"--map names more than one column for {', '.join(repeated)}.")
    return {field: normalized(found[0]) for field, found in columns.items()}


def pairs(option: str, values: Iterable[str], fields: Sequence[str]) -> dict[str, list[str]]:
    """`["title=Name"]` as `{"title": ["Name"]}`. Raises `CommandError`."""
    found: dict[str, list[str]] = {}
    for text in values:
        field, equals, value = text.partition("=")
        if not equals or field not in fields:
            raise CommandError(f"{option} {text}: expected FIELD=..., where FIELD is one of {', '.join(fields)}.")
        found.setdefault(field, []).append(value.strip())
    return found


def date_format(text: str | None) -> str | None:
    """`text`, checked here so that a wrong format is not reported for every row. Raises `CommandError`."""
    some_day = date(2001, 12, 31)
    try:
        if text is not None and datetime.strptime(some_day.strftime(text), text).year != some_day.year:  # noqa: DTZ007
            raise CommandError(f"--date-format {text}: it has no year.")
    except ValueError as error:
        raise CommandError(f"--date-format {text}: {error}.") from error
    return text


def format_of(options: Mapping[str, Any]) -> FileFormat:
    """The values of these options. Raises `CommandError`."""
    delimiter = options["delimiter"]
    if delimiter is not None:
        delimiter = _NAMES.get(delimiter, delimiter)
        if len(delimiter) != 1 or delimiter in '"\r\n':
            raise CommandError(f"--delimiter {delimiter}: expected one character, or tab.")
    try:
        encoding = codecs.lookup(options["encoding"]).name
        b"a".decode(encoding, errors="ignore")
    except (LookupError, UnicodeError) as error:
        raise CommandError(f"--encoding {options['encoding']}: Python does not support it.") from error
    return FileFormat(encoding, delimiter)

"""The options of commands that read CSV files."""

import codecs
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError

from cinema.catalog.imports.text_files import FileFormat

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

"""Read a file into records, with the line each starts on. Values are not parsed yet."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cinema.catalog.imports import text_files
from cinema.catalog.imports.errors import UnreadableFile
from cinema.catalog.imports.text_files import FileFormat
from cinema.core.text import normalized

CSV_SUFFIXES = (".csv", ".tsv", ".txt")

_decoder = json.JSONDecoder()
_spaces = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True)
class Record:
    """A row of the file by column, and the line it starts on. `defect` says why the row cannot be used.

    The names of columns are `normalized`, because programs on macOS write "é" as two characters.
    """

    line: int
    values: Mapping[str, Any]
    defect: str = ""


@dataclass(frozen=True)
class RecordFile:
    """The columns in the order of the file, and the records. In a record, the last of several equal columns counts."""

    columns: list[str]
    records: list[Record]

    def check_unique(self, columns: Iterable[str]) -> None:
        """Raise `UnreadableFile` if the file has several of one of these columns."""
        twice = sorted({column for column in columns if self.columns.count(column) > 1})
        if twice:
            raise UnreadableFile(f"more than one column is named {', '.join(twice)}.")


def read(path: Path, format: FileFormat) -> RecordFile:  # noqa: A002 - the usual term
    """The records of a CSV file, or of a JSON array of objects. Raises `UnreadableFile`."""
    suffix = path.suffix.lower()
    if suffix not in (*CSV_SUFFIXES, ".json"):
        raise UnreadableFile(f"{path.name} does not end in .csv, .tsv, .txt or .json.")
    text = text_files.read(path, format.encoding)
    file = _read_json(text) if suffix == ".json" else _read_csv(text, format.delimiter)
    if not file.records:
        raise UnreadableFile("it has no rows.")
    return file


def _read_csv(text: str, delimiter: str | None) -> RecordFile:
    cells = text_files.cells(text, delimiter)
    rows = csv.reader(io.StringIO(cells.text, newline=""), strict=True, delimiter=cells.delimiter)
    try:
        columns = [normalized(column) for column in next(filter(_has_values, rows), [])]
        records = list(_csv_records(columns, rows, cells.lines_before))
    except csv.Error as error:
        raise UnreadableFile(f"line {rows.line_num + cells.lines_before}: {error}.") from error
    return RecordFile(columns, records)


def _csv_records(columns: Sequence[str], rows: Any, lines_before: int) -> Iterator[Record]:
    line = rows.line_num + lines_before + 1
    for cells in rows:
        # Spreadsheets write rows without values, and cells without a column. Others omit empty cells at the end.
        if _has_values(cells):
            beyond = _has_values(cells[len(columns) :])
            defect = f"it has {len(cells)} cells, but there are {len(columns)} columns." if beyond else ""
            yield Record(line, dict(zip(columns, cells, strict=False)), defect)
        line = rows.line_num + lines_before + 1


def _has_values(cells: Sequence[str]) -> bool:
    return any(cell.strip() for cell in cells)


def _read_json(text: str) -> RecordFile:
    try:
        records = list(_json_records(text))
    except json.JSONDecodeError as error:
        raise UnreadableFile(f"line {error.lineno}: {error.msg}.") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"{error}.") from error
    columns = dict.fromkeys(column for record in records for column in record.values)
    return RecordFile(list(columns), records)


def _json_records(text: str) -> Iterator[Record]:
    """Decode the records one at a time, to find the line on which each starts."""
    position = _past("[", text, 0)
    line, counted = 1, 0
    while not text.startswith("]", position):
        if counted:  # so this is not the first
            position = _past(",", text, position)
        line += text.count("\n", counted, position)
        counted = position
        values, position = _decoder.raw_decode(text, position)
        if not isinstance(values, dict):
            raise UnreadableFile(f"line {line}: not an object; an array of objects is expected.")
        yield Record(line, {normalized(column): value for column, value in values.items()})
        position = _end_of_spaces(text, position)
    end = _past("]", text, position)
    if end != len(text):
        raise json.JSONDecodeError("Extra data", text, end)


def _past(mark: str, text: str, position: int) -> int:
    """The first position after `mark` and the white space around it."""
    position = _end_of_spaces(text, position)
    if not text.startswith(mark, position):
        raise json.JSONDecodeError(f"{mark!r} expected", text, position)
    return _end_of_spaces(text, position + len(mark))


def _end_of_spaces(text: str, position: int) -> int:
    spaces = _spaces.match(text, position)
    assert spaces is not None, "the pattern matches nothing as well"
    return spaces.end()

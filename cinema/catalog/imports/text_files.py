"""Text files as Excel and other programs write them: their encodings, and the delimiter of their cells."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from cinema.catalog.imports.errors import UnreadableFile

DELIMITERS = ",;\t"
# That of UTF-32 begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# Excel reads the delimiter from such a first line, and other programs write it for Excel.
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?(?:\r\n|\r|\n)', re.IGNORECASE)


@dataclass(frozen=True)
class FileFormat:
    """The encoding of a file without a byte order mark, and the delimiter of a CSV file. None: it is detected."""

    encoding: str = "utf-8"
    delimiter: str | None = None


@dataclass(frozen=True)
class Cells:
    """The text of a CSV file from its header on, the delimiter, and the number of lines before the header."""

    text: str
    delimiter: str
    lines_before: int


def read(path: Path, encoding: str) -> str:
    """The text of the file. Raises `UnreadableFile`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path}: {error.strerror}.") from error
    mark = next((mark for mark in _MARKS if content.startswith(mark)), b"")
    encoding = _MARKS.get(mark, encoding)
    try:
        text = content.removeprefix(mark).decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.upper()
        hint = " If Excel wrote it, it may be --encoding cp1252." if name == "UTF-8" else ""
        raise UnreadableFile(f"it is not {name} (byte {error.start}).{hint}") from error
    if "\0" in text:
        raise UnreadableFile("it has NUL characters. It may be --encoding utf-16-le.")
    return text


def cells(text: str, delimiter: str | None) -> Cells:
    """Find the header and the delimiter of a CSV file. A line such as `sep=;` before the header names the delimiter."""
    separator = _SEPARATOR_LINE.match(text)
    if separator:
        return Cells(text[separator.end() :], delimiter or separator[1], lines_before=1)
    return Cells(text, delimiter or _most_frequent_delimiter(text), lines_before=0)


def _most_frequent_delimiter(text: str) -> str:
    """The delimiter that occurs most often in the header, outside of quotes. A comma if there is none."""
    header = re.match(r'(?:"[^"]*"|[^"\r\n])*', text.lstrip("\r\n"))
    outside_quotes = re.sub(r'"[^"]*"', "", header[0] if header else "")
    return max(DELIMITERS, key=outside_quotes.count)

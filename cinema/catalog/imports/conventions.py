"""The options for reading a file of movies."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cinema.catalog.imports.errors import UnreadableFile

FIELDS = (
    "title",
    "synopsis",
    "duration_minutes",
    "genres",
    "certificate",
    "language",
    "release_date",
    "poster_url",
    "trailer_url",
    "cast",
)


@dataclass(frozen=True)
class Misreading:
    """The encodings of text that was `written` in one and `read` as another before it was saved in the file.

    "Léon" written as cp1252 and read as mac_roman is "LÈon".
    """

    written: str
    read: str


@dataclass(frozen=True, kw_only=True)
class Conventions:
    """The options for the columns and their values.

    `columns` maps fields to columns with other names; `skipped_columns` are not read, even if they have the name of a
    field; `blanks` are the values of a field that mean "unknown".
    `date_format` is as in strptime, None for ISO 8601. A release date after `released_by` is moved back a century.
    """

    released_by: date
    columns: Mapping[str, str] = field(default_factory=dict)
    skipped_columns: Collection[str] = ()
    blanks: Mapping[str, Collection[str]] = field(default_factory=dict)
    date_format: str | None = None
    genre_separator: str = "|"
    misreading: Misreading | None = None

    def columns_in(self, present: Sequence[str]) -> dict[str, str]:
        """The column of each field in the file. Raises `UnreadableFile`."""
        missing = [column for column in (*self.columns.values(), *self.skipped_columns) if column not in present]
        if missing:
            raise UnreadableFile(f"it has no column {', '.join(map(repr, missing))}; it has {', '.join(present)}.")
        found = {name: self.columns.get(name, name) for name in FIELDS}
        found = {
            name: column for name, column in found.items() if column in present and column not in self.skipped_columns
        }
        if "title" not in found:
            raise UnreadableFile(f"name the column of the title; it has {', '.join(present)}.")
        return found

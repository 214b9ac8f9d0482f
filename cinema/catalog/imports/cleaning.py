"""Converts records to films that the catalog accepts. Refuses the others with a reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from cinema.catalog.imports import values
from cinema.catalog.imports.conventions import Conventions
from cinema.catalog.imports.errors import Refusal
from cinema.catalog.imports.reading import Record
from cinema.catalog.models import Genre, Movie
from cinema.core.text import searchable

Key = tuple[str, int | None]

# An unreadable value of these fields is skipped. That of another field refuses the row.
SKIPPABLE = ("genres", "language")


@dataclass(frozen=True)
class Correction:
    """A value in the file that was corrected."""

    field: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.field} {self.before!r} read as {self.after!r}"


@dataclass(frozen=True)
class Film:
    """A movie in the file. `values` has only the fields in the row. `genres` is empty if the row has none.

    `search_text` is that of the movie. It is computed here, so that the transaction that stores the film is shorter.
    `skipped` are the reasons why cells were skipped.
    """

    line: int
    values: Mapping[str, Any]
    genres: tuple[str, ...]
    search_text: str
    corrections: tuple[Correction, ...]
    skipped: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        return key(self.values["title"], self.values.get("release_date"))


@dataclass(frozen=True)
class Cleaned:
    films: list[Film] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


@dataclass
class _Row:
    """A record while it is being parsed."""

    conventions: Conventions
    values: dict[str, Any] = field(default_factory=dict)
    corrections: list[Correction] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def parse(self, name: str, raw: Any) -> None:
        """Add the value of the field `name`, or the error in it."""
        repaired = values.repair(raw, self.conventions.misreading)
        if repaired != raw:
            self._correct(name, raw, repaired)
        try:
            parsed = values.parse(name, repaired, self.conventions)
            if name == "release_date" and parsed and parsed > self.conventions.released_by:
                parsed = values.century_earlier(parsed, by=self.conventions.released_by)
                self._correct(name, repaired, parsed)
            invalid = _invalid(name, parsed) if parsed is not None and name in SKIPPABLE else ""
        except ValueError as error:
            invalid = str(error)
        if invalid:
            (self.skipped if name in SKIPPABLE else self.problems).append(f"{name}: {invalid}")
        else:
            self.values |= {name: parsed} if parsed is not None else {}

    def _correct(self, name: str, before: Any, after: Any) -> None:
        self.corrections.append(Correction(name, str(before), str(after)))


def key(title: str, release_date: date | None) -> Key:
    """The key that identifies a movie: the title, which is `normalized`, and the year."""
    return title, release_date.year if release_date else None


def clean(records: Iterable[Record], *, columns: Mapping[str, str], conventions: Conventions) -> Cleaned:
    """The films that can be loaded, and the rows that cannot. `columns` maps fields to columns."""
    cleaned = Cleaned()
    lines: dict[Key, int] = {}
    for record in records:
        film = _film(record, columns, conventions)
        if isinstance(film, Refusal):
            cleaned.refused.append(film)
        elif film.key in lines:
            cleaned.refused.append(Refusal(film.line, f"the same movie as on line {lines[film.key]}."))
        else:
            lines[film.key] = film.line
            cleaned.films.append(film)
    return cleaned


def _film(record: Record, columns: Mapping[str, str], conventions: Conventions) -> Film | Refusal:
    if record.defect:
        return Refusal(record.line, record.defect)
    row = _Row(conventions)
    for name, column in columns.items():
        row.parse(name, record.values.get(column))
    genres = row.values.pop("genres", ())
    problems = row.problems or _messages(Movie(**{"duration_minutes": 1, **row.values}))
    if problems:
        return Refusal(record.line, " ".join(problems))
    search_text = searchable(row.values["title"])
    return Film(record.line, row.values, genres, search_text, tuple(row.corrections), tuple(row.skipped))


def _invalid(name: str, value: Any) -> str:
    """The messages of the model about a value that can be skipped. Empty if it is valid."""
    if name == "genres":
        found = [message for genre in value for message in _messages(Genre(name=genre), "name")]
    else:
        found = _messages(Movie(**{name: value}), name)
    return " ".join(message.partition(": ")[2] for message in found)


def _messages(instance: Movie | Genre, only: str | None = None) -> list[str]:
    """The messages of the model about its fields, or about one of them."""
    try:
        # Not full_clean, which queries the database for every constraint of every row.
        instance.clean_fields()
    except ValidationError as error:
        found = error.message_dict.items()
        return [f"{name}: {' '.join(messages)}" for name, messages in found if only in (None, name)]
    return []

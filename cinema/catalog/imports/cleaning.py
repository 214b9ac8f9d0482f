"""Records as movies that the catalog can take; the others are refused, with the reason."""

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
from cinema.core.text import folded

Key = tuple[str, int | None]


@dataclass(frozen=True)
class Correction:
    """A value that was not taken as it stands."""

    field: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.field} {self.before!r} read as {self.after!r}"


@dataclass(frozen=True)
class Film:
    """What a row tells about a movie: only the fields it tells, and no genres if it does not tell them."""

    line: int
    facts: Mapping[str, Any]
    genres: tuple[str, ...]
    corrections: tuple[Correction, ...]

    @property
    def key(self) -> Key:
        return key(self.facts["title"], self.facts.get("release_date"))


@dataclass(frozen=True)
class Cleaned:
    films: list[Film] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


@dataclass
class _Row:
    """A record while it is being understood."""

    conventions: Conventions
    facts: dict[str, Any] = field(default_factory=dict)
    corrections: list[Correction] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def tell(self, name: str, told: Any) -> None:
        value = values.repaired(told, self.conventions.misreading)
        if value != told:
            self._correct(name, told, value)
        try:
            understood = values.understood(name, value, self.conventions)
            if name == "release_date" and understood and understood > self.conventions.released_by:
                understood = values.a_century_earlier(understood, by=self.conventions.released_by)
                self._correct(name, value, understood)
        except ValueError as error:
            self.problems.append(f"{name}: {error}")
        else:
            self.facts |= {name: understood} if understood is not None else {}

    def _correct(self, name: str, before: Any, after: Any) -> None:
        self.corrections.append(Correction(name, str(before), str(after)))


def key(title: str, release_date: date | None) -> Key:
    """What tells movies apart: the title however it is typed, and the year."""
    return folded(title), release_date.year if release_date else None


def clean(records: Iterable[Record], *, columns: Mapping[str, str], conventions: Conventions) -> Cleaned:
    """The films that can be used, and the rows that cannot. `columns` is field to column."""
    cleaned = Cleaned()
    lines: dict[Key, int] = {}
    for record in records:
        film = _film(record, columns, conventions)
        if isinstance(film, Refusal):
            cleaned.refused.append(film)
        elif film.key in lines:
            cleaned.refused.append(Refusal(film.line, f"the same movie as in line {lines[film.key]}."))
        else:
            lines[film.key] = film.line
            cleaned.films.append(film)
    return cleaned


def _film(record: Record, columns: Mapping[str, str], conventions: Conventions) -> Film | Refusal:
    if record.defect:
        return Refusal(record.line, record.defect)
    row = _Row(conventions)
    for name, column in columns.items():
        row.tell(name, record.values.get(column))
    genres = row.facts.pop("genres", ())
    problems = row.problems or _invalid(row.facts, genres)
    if problems:
        return Refusal(record.line, " ".join(problems))
    return Film(record.line, row.facts, genres, tuple(row.corrections))


def _invalid(facts: Mapping[str, Any], genres: Iterable[str]) -> list[str]:
    """What the models have against it."""
    problems = _messages(Movie(**{"duration_minutes": 1, **facts}))
    for name in genres:
        problems += [message.replace("name:", "genres:", 1) for message in _messages(Genre(name=name))]
    return problems


def _messages(instance: Movie | Genre) -> list[str]:
    try:
        # Not full_clean: it asks the database about every constraint of every row.
        instance.clean_fields()
    except ValidationError as error:
        return [f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items()]
    return []

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from cinema.catalog.imports import cleaning, reading, storing
from cinema.catalog.imports.cleaning import Film
from cinema.catalog.imports.conventions import Conventions
from cinema.catalog.imports.errors import Refusal, RowsRefused, explaining_long_imports
from cinema.catalog.imports.reading import Record
from cinema.catalog.imports.storing import Stored
from cinema.catalog.imports.text_files import FileFormat


@dataclass(frozen=True)
class Report:
    """What was stored, the films with values that were corrected, and those with cells that were skipped."""

    stored: Stored
    corrected: list[Film]
    skipped: list[Film]


def load(
    *,
    path: Path,
    format: FileFormat,  # noqa: A002 - the usual term
    conventions: Conventions,
    assume_minutes: int,
    strict: bool = False,
    watch: Callable[[list[Record]], Iterable[Record]] = iter,
) -> Report:
    """Update the catalog from a file of movies, in one transaction.

    Movies are matched by title and release year. Fields that the file does not have are kept. `watch` passes the
    records through, for a progress bar.

    Raises `UnreadableFile`, `TooManyRows`, and `RowsRefused` if `strict` is set and some row or cell cannot be loaded.
    Then nothing has changed.
    """
    file = reading.read(path, format)
    columns = conventions.columns_in(file.columns)
    file.check_unique(columns.values())
    cleaned = cleaning.clean(watch(file.records), columns=columns, conventions=conventions)
    skipped = [film for film in cleaned.films if film.skipped]
    if strict and skipped:
        refused = [*cleaned.refused, *(Refusal(film.line, " ".join(film.skipped)) for film in skipped)]
        raise RowsRefused(sorted(refused, key=lambda refusal: refusal.line))
    with explaining_long_imports():
        stored = storing.store(cleaned.films, refused=cleaned.refused, assume_minutes=assume_minutes, strict=strict)
    return Report(stored, corrected=[film for film in cleaned.films if film.corrections], skipped=skipped)

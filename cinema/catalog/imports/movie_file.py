from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from cinema.catalog.imports import cleaning, reading, storing
from cinema.catalog.imports.cleaning import Film
from cinema.catalog.imports.conventions import Conventions
from cinema.catalog.imports.reading import Record
from cinema.catalog.imports.storing import Stored


@dataclass(frozen=True)
class Report:
    stored: Stored
    corrected: list[Film]


def load(
    *,
    path: Path,
    conventions: Conventions,
    assume_minutes: int,
    strict: bool = False,
    watch: Callable[[list[Record]], Iterable[Record]] = iter,
) -> Report:
    """Update the catalog from a file of movies, in one transaction.

    Movies are matched by title and release year. Fields that the file does not have are kept. `watch` passes the
    records through, for a progress bar.

    Raises `UnreadableFile`, and `RowsRefused` if `strict` is set and some row cannot be loaded. Then nothing has
    changed.
    """
    file = reading.read(path)
    columns = conventions.columns_in(file.columns)
    cleaned = cleaning.clean(watch(file.records), columns=columns, conventions=conventions)
    stored = storing.store(cleaned.films, refused=cleaned.refused, assume_minutes=assume_minutes, strict=strict)
    return Report(stored, [film for film in cleaned.films if film.corrections])

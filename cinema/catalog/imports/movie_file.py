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
    """Bring the catalog up to date with a file of movies, in one transaction.

    A movie is known by its title and the year of its release. What the file does not tell stays as it is.
    `watch` passes the records on, for a progress bar.

    Raises `UnreadableFile`, and, if `strict`, `RowsRefused` when some row cannot be loaded; then nothing has
    changed.
    """
    file = reading.read(path)
    columns = conventions.columns_in(file.columns)
    cleaned = cleaning.clean(watch(file.records), columns=columns, conventions=conventions)
    stored = storing.store(cleaned.films, refused=cleaned.refused, assume_minutes=assume_minutes, strict=strict)
    return Report(stored, [film for film in cleaned.films if film.corrections])

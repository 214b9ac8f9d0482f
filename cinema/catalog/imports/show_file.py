from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction

from cinema.catalog import scheduling
from cinema.catalog.errors import ScreenOccupied
from cinema.catalog.imports import reading, show_rows
from cinema.catalog.imports.errors import Refusal, RowsRefused, explaining_long_imports
from cinema.catalog.imports.show_names import Names, UnknownName, moment
from cinema.catalog.imports.show_rows import ShowConventions, ShowRow
from cinema.catalog.imports.text_files import FileFormat
from cinema.catalog.models import Movie, Screen, Show
from cinema.catalog.prices import currency_of
from cinema.core.errors import CinemaError, InvalidInput
from cinema.core.money import is_ambiguous
from cinema.core.transactions import use_case

Key = tuple[int, int, datetime]

# The fields of a file that have other names than those of a show.
_COLUMNS = {"starts_at": "start", "ends_at": "end"}


@dataclass(frozen=True)
class Report:
    """The added shows, with their screens and theaters, and how many shows of the file were already scheduled."""

    added: list[Show] = field(default_factory=list)
    already_scheduled: int = 0


class _DryRun(Exception):
    """Rolls the transaction back."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


def load(*, path: Path, format: FileFormat, conventions: ShowConventions, store: bool) -> Report:  # noqa: A002
    """Schedule the shows in a file, all or none, in one transaction. Without `store`, it is rolled back.

    A show of the same movie on the same screen at the same time is not added again, even if it is cancelled.
    Raises `UnreadableFile`, `TooManyRows`, and `RowsRefused` if some row cannot be scheduled.
    """
    file = reading.read(path, format)
    columns = conventions.columns_in(file.columns)
    file.check_unique(columns.values())
    parsed = [show_rows.parse(record, columns, conventions) for record in file.records]
    rows = [row for row in parsed if isinstance(row, ShowRow)]
    refused = [row for row in parsed if isinstance(row, Refusal)]
    try:
        with explaining_long_imports():
            return _schedule_all(rows, refused=refused, store=store)
    except _DryRun as done:
        return done.report


@use_case
def _schedule_all(rows: Sequence[ShowRow], *, refused: Sequence[Refusal], store: bool) -> Report:
    schedule = _Schedule(Names.of(rows), list(refused))
    for row in rows:
        schedule.add(row)
    if schedule.refused:
        raise RowsRefused(sorted(schedule.refused, key=lambda refusal: refusal.line))
    if not store:
        raise _DryRun(schedule.report)
    return schedule.report


class _Schedule:
    """The shows of a file while they are scheduled."""

    def __init__(self, names: Names, refused: list[Refusal]) -> None:
        self.refused = refused
        self._names = names
        self._lines: dict[Key, int] = {}
        self._added: list[Show] = []
        self._already_scheduled = 0

    @property
    def report(self) -> Report:
        return Report(self._added, self._already_scheduled)

    def add(self, row: ShowRow) -> None:
        """Schedule the show of a row, or refuse it."""
        try:
            self._add(row)
        except ScreenOccupied as error:
            show = error.show
            line = self._lines.get((show.movie_id, show.screen_id, show.starts_at))
            self.refused.append(Refusal(row.line, f"{error} It is on line {line}." if line else str(error)))
        except InvalidInput as error:
            reasons = (f"{_COLUMNS.get(each.field, each.field)}: {each.message}" for each in error.fields)
            self.refused.append(Refusal(row.line, " ".join(reasons)))
        except (CinemaError, UnknownName) as error:
            self.refused.append(Refusal(row.line, str(error)))

    def _add(self, row: ShowRow) -> None:
        movie, screen = self._find(row)
        starts_at = moment(row.starts_at, screen)
        ends_at = moment(row.ends_at, screen) if row.ends_at else None
        key = (movie.pk, screen.pk, starts_at)
        if key in self._lines:
            raise UnknownName(f"the same show as on line {self._lines[key]}.")
        self._lines[key] = row.line
        if Show.objects.filter(movie=movie, screen=screen, starts_at=starts_at).exists():
            self._already_scheduled += 1
            return
        _check_prices(row, currency=currency_of(screen.theater))
        # A savepoint, so that nothing of a refused show is left.
        with transaction.atomic():
            show = scheduling.schedule_in_transaction(
                movie_id=movie.pk,
                screen_id=screen.pk,
                starts_at=starts_at,
                ends_at=ends_at,
                format=row.format,
                language=row.language,
                subtitles=row.subtitles,
                prices=row.prices,
            )
        show.screen = screen
        self._added.append(show)

    def _find(self, row: ShowRow) -> tuple[Movie, Screen]:
        """What the row names. Raises `UnknownName` with the reasons for both."""
        problems = []
        for find in (self._names.movie, self._names.screen):
            try:
                find(row)
            except UnknownName as error:
                problems.append(str(error))
        if problems:
            raise UnknownName(" ".join(problems))
        return self._names.movie(row), self._names.screen(row)


def _check_prices(row: ShowRow, *, currency: str) -> None:
    """Raise `InvalidInput` for a price such as 2.000, unless the currency has three decimals."""
    for category, amount in row.prices.items():
        if is_ambiguous(amount, currency):
            message = f"{amount} can be read in two ways. Write {amount * 1000:.0f}, or {amount.normalize():f}."
            raise InvalidInput.of(f"price_{category.lower()}", "ambiguous", message)

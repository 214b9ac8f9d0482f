import codecs
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from cinema.catalog.imports import movie_file
from cinema.catalog.imports.conventions import FIELDS, Conventions, Misreading
from cinema.catalog.imports.errors import RowsRefused
from cinema.catalog.imports.movie_file import Report
from cinema.catalog.imports.reading import Record
from cinema.catalog.models import MAX_MOVIE_MINUTES
from cinema.core import clock
from cinema.core.errors import CinemaError
from cinema.core.text import counted, normalized
from cinema.management import file_options


class Command(BaseCommand):
    help = "Load movies from a CSV file or a JSON array of objects. Movies that are already in the catalog are updated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="Ends in .csv, .tsv, .txt or .json.")
        file_options.add_to(parser)
        file_options.add_columns_to(parser, FIELDS)
        parser.add_argument(
            "--skip-column",
            action="append",
            default=[],
            metavar="COLUMN",
            help="A column that is not read, although it is named like a field. Repeatable.",
        )
        parser.add_argument(
            "--blank",
            action="append",
            default=[],
            metavar="FIELD=VALUE",
            help="A value of a field that means it is unknown, like an empty value. Repeatable.",
        )
        parser.add_argument(
            "--date-format",
            metavar="FORMAT",
            help='Of release dates, as in strptime: "%%b %%d %%Y" for Dec 31 1999. The default is ISO 8601.',
        )
        parser.add_argument(
            "--released-by",
            metavar="YYYY-MM-DD",
            help="A later release date is moved back a century. The default is a year from today.",
        )
        parser.add_argument(
            "--genre-separator",
            default="|",
            metavar="TEXT",
            help='Separator of genres in one cell. The default is "|".',
        )
        parser.add_argument(
            "--assume-minutes",
            type=int,
            default=120,
            metavar="N",
            help="Running time of new movies without one, marked as an estimate. The default is 120.",
        )
        parser.add_argument(
            "--misread",
            metavar="WRITTEN:READ",
            help="Repair text that was written in one encoding and read as another before it was saved in the "
            'file: cp1252:mac_roman turns "LÈon" into "Léon".',
        )
        parser.add_argument("--strict", action="store_true", help="Load nothing if any row or cell cannot be loaded.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            report = movie_file.load(
                path=Path(options["file"]),
                format=file_options.format_of(options),
                conventions=_conventions(options),
                assume_minutes=_minutes(options["assume_minutes"]),
                strict=options["strict"],
                watch=_progress,
            )
        except RowsRefused as error:
            raise CommandError("\n".join([str(error), *map(str, error.refused)])) from error
        except CinemaError as error:
            raise CommandError(str(error)) from error
        self._print(report)

    def _print(self, report: Report) -> None:
        for refusal in report.stored.refused:
            self.stderr.write(f"Refused, {refusal}")
        for film in report.skipped:
            for reason in film.skipped:
                self.stderr.write(f"Skipped, line {film.line}, {film.values['title']}: {reason}")
        for film in report.corrected:
            for correction in film.corrections:
                self.stdout.write(f"Corrected, line {film.line}, {film.values['title']}: {correction}")
        skipped = sum(len(film.skipped) for film in report.skipped)
        corrections = [correction for film in report.corrected for correction in film.corrections]
        dates = sum(correction.field == "release_date" for correction in corrections)
        text_values = len(corrections) - dates
        stored = report.stored
        self.stdout.write(
            f"{stored.added} added, {stored.updated} updated, {stored.unchanged} unchanged, "
            f"{len(stored.refused)} refused, {stored.estimated} with running time estimated, "
            f"{dates} dates corrected"
            + (f", {text_values} text values corrected" if text_values else "")
            + (f", {counted(skipped, 'cell')} skipped" if skipped else "")
        )


def _progress(records: list[Record]) -> Iterable[Record]:
    """A progress bar on stderr, if it is a terminal."""
    bar: Iterable[Record] = tqdm(records, unit=" movies", disable=None)
    return bar


def _conventions(options: dict[str, Any]) -> Conventions:
    return Conventions(
        released_by=_released_by(options["released_by"]),
        columns=file_options.columns_of(options, FIELDS),
        skipped_columns=[normalized(column) for column in options["skip_column"]],
        blanks=file_options.pairs("--blank", options["blank"], FIELDS),
        date_format=file_options.date_format(options["date_format"]),
        genre_separator=options["genre_separator"],
        misreading=_misreading(options["misread"]),
    )


def _released_by(text: str | None) -> date:
    if text is None:
        return clock.now().date() + timedelta(days=365)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--released-by {text}: expected YYYY-MM-DD.") from error


def _minutes(number: int) -> int:
    if not 1 <= number <= MAX_MOVIE_MINUTES:
        raise CommandError(f"--assume-minutes {number}: expected a number from 1 to {MAX_MOVIE_MINUTES}.")
    return number


def _misreading(text: str | None) -> Misreading | None:
    if text is None:
        return None
    written, _, read = text.partition(":")
    try:
        return Misreading(written=codecs.lookup(written).name, read=codecs.lookup(read).name)
    except LookupError as error:
        raise CommandError(f"--misread {text}: expected WRITTEN:READ, two encodings that Python supports.") from error

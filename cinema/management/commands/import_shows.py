from argparse import ArgumentParser
from collections import defaultdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from cinema.catalog.imports import show_file
from cinema.catalog.imports.errors import RowsRefused
from cinema.catalog.imports.show_file import Report
from cinema.catalog.imports.show_rows import FIELDS, ShowConventions
from cinema.catalog.models import Show
from cinema.core.errors import CinemaError
from cinema.core.text import counted
from cinema.management import file_options


class Command(BaseCommand):
    help = "Schedule shows from a CSV file, all or none. Without --store, only check the file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="Ends in .csv, .tsv, .txt or .json.")
        parser.add_argument("--store", action="store_true", help="Store the shows.")
        file_options.add_to(parser)
        file_options.add_columns_to(parser, FIELDS)
        parser.add_argument(
            "--date-format",
            metavar="FORMAT",
            help="Of dates, as in strptime: %%d.%%m.%%Y for 31.12.2026. The default is ISO 8601.",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        conventions = ShowConventions(
            columns=file_options.columns_of(options, FIELDS),
            date_format=file_options.date_format(options["date_format"]),
        )
        file_format = file_options.format_of(options)
        try:
            report = show_file.load(
                path=Path(options["file"]), format=file_format, conventions=conventions, store=options["store"]
            )
        except RowsRefused as error:
            raise CommandError("\n".join([str(error), *map(str, error.refused)])) from error
        except CinemaError as error:
            raise CommandError(str(error)) from error
        self._print(report, stored=options["store"])

    def _print(self, report: Report, *, stored: bool) -> None:
        by_screen = defaultdict(list)
        for show in report.added:
            by_screen[str(show.screen)].append(show)
        for name, shows in sorted(by_screen.items()):
            first, last = (_local_start(some(shows, key=_start)) for some in (min, max))
            self.stdout.write(f"{name}: {counted(len(shows), 'show')}, {first} to {last}")
        self.stdout.write(f"{counted(len(report.added), 'show')} added, {report.already_scheduled} already scheduled")
        if not stored:
            self.stdout.write("Nothing was stored. Add --store to store the shows.")


def _start(show: Show) -> Any:
    return show.starts_at


def _local_start(show: Show) -> str:
    return f"{show.starts_at.astimezone(ZoneInfo(show.screen.theater.time_zone)):%Y-%m-%d %H:%M}"

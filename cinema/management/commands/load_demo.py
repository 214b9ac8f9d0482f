from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cinema.core.errors import CinemaError
from cinema.management.demo import loading
from cinema.management.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from cinema.management.demo.loading import LoadResult


class Command(BaseCommand):
    help = (
        "Add three theaters, films, price lists, shows for the next two weeks and demo accounts. "
        "Existing data is not changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="Do nothing if there are movies.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        if options["if_empty"] and not loading.is_needed():
            return
        if not settings.DEBUG:
            raise CommandError("The demo accounts have a public password, so they are added only if DEBUG is true.")
        try:
            result = loading.load()
        except CinemaError as error:
            raise CommandError(str(error)) from error
        self._print(result)

    def _print(self, result: LoadResult) -> None:
        self.stdout.write(
            f"Added {result.movies} movies, {result.theaters} theaters, {result.screens} screens, "
            f"{result.shows} shows, {result.price_lists} price lists and {result.accounts} accounts."
        )
        if result.skipped_shows:
            self.stdout.write(f"Skipped {result.skipped_shows} shows because they overlap other shows.")
        names = ", ".join(account.username for account in DEMO_ACCOUNTS)
        self.stdout.write(f"Accounts: {names}. Password: {DEMO_PASSWORD}, unless it has been changed.")

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cinema.core.errors import CinemaError
from cinema.management.demo import loading
from cinema.management.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from cinema.management.demo.loading import Loaded


class Command(BaseCommand):
    help = "Add three theaters, films, shows for the next two weeks and demo accounts. Existing data is not changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="Do nothing if there are movies.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        if options["if_empty"] and not loading.is_needed():
            return
        if not settings.DEBUG:
            raise CommandError("The demo accounts have a public password, so they are added only if DEBUG is true.")
        try:
            loaded = loading.load()
        except CinemaError as error:
            raise CommandError(str(error)) from error
        self._print(loaded)

    def _print(self, loaded: Loaded) -> None:
        self.stdout.write(
            f"Added {loaded.movies} movies, {loaded.theaters} theaters, {loaded.screens} screens, "
            f"{loaded.shows} shows and {loaded.accounts} accounts."
        )
        if loaded.occupied:
            self.stdout.write(f"Left out {loaded.occupied} shows because their screens have other shows at that time.")
        names = ", ".join(account.username for account in DEMO_ACCOUNTS)
        self.stdout.write(f"Accounts: {names}. Password: {DEMO_PASSWORD}, unless it has been changed.")

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cinema.booking import personal_data
from cinema.management.accounts import found


class Command(BaseCommand):
    help = "Erase the personal data of a user. Bookings are kept without it. It cannot be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="The username or the email address of the user.")
        parser.add_argument("--no-input", action="store_true", help="Do not ask for confirmation.")

    def handle(self, *_: Any, **options: Any) -> None:
        user = found(options["name"])
        if options["no_input"] or _confirms(f"Erase {user.username}? This cannot be undone. [y/N] "):
            personal_data.erase_user(user_id=user.pk)
            self.stdout.write("Erased.")
        else:
            raise CommandError("Nothing was erased.")


def _confirms(question: str) -> bool:
    try:
        return input(question).strip().lower() in {"y", "yes"}
    except EOFError:
        # There is no terminal.
        return False

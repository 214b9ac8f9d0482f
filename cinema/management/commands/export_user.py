import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cinema.booking import personal_data
from cinema.management.accounts import found


class Command(BaseCommand):
    help = "Write everything that is stored about a user as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="The username or the email address of the user.")

    def handle(self, *_: Any, **options: Any) -> None:
        user = found(options["name"])
        self.stdout.write(json.dumps(personal_data.export(user), ensure_ascii=False, indent=2))

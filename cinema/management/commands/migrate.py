from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections

from cinema.management.statements import without_time_limit


class Command(migrate.Command):
    help = "Migrate the database. On PostgreSQL, statements have no time limit, because large tables take long."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            connections[options["database"]].ensure_connection()
        except OperationalError as error:
            raise CommandError(f"The database cannot be reached: {error}") from error
        with without_time_limit(options["database"]):
            super().handle(*args, **options)

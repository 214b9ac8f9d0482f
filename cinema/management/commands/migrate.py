from typing import Any

from django.core.management.commands import migrate

from cinema.management.statements import without_time_limit


class Command(migrate.Command):
    help = "Migrate the database. On PostgreSQL, statements have no time limit, because large tables take long."

    def handle(self, *args: Any, **options: Any) -> None:
        with without_time_limit(options["database"]):
            super().handle(*args, **options)

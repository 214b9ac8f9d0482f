from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections

from cinema.runtime.postgresql.driver import Connection


class Command(migrate.Command):
    help = "Migrate the database. On PostgreSQL, statements have no time limit, because large tables take long."

    def handle(self, *args: Any, **options: Any) -> None:
        with _without_time_limit(options["database"]):
            super().handle(*args, **options)


@contextmanager
def _without_time_limit(alias: str) -> Iterator[None]:
    """Remove the limit of statements of this connection, but not of locks: waiting for one stops all other calls.

    Behind a pooler, the limit is the role's: another client may get the connection after each transaction.
    """
    connection = connections[alias]
    if connection.vendor != "postgresql" or settings.TRANSACTION_POOLER:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    limit, Connection.max_statement_seconds = Connection.max_statement_seconds, None
    try:
        yield
    finally:
        Connection.max_statement_seconds = limit
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")

"""Statements without the limit of time that PostgreSQL has for calls of the API."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from cinema.runtime.postgresql.driver import Connection


@contextmanager
def without_time_limit(alias: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Remove the limit of this connection for statements, but not for locks: waiting for one can stop all other calls.

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

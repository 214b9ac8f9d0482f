from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Func, functions

_SQL = {
    "postgresql": "SELECT statement_timestamp()",
    "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')",
}


def now() -> datetime:
    """The time of the database's clock. All deadlines are checked against this clock."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL[connection.vendor])
        (value,) = cursor.fetchone()
    return datetime.fromisoformat(value) if isinstance(value, str) else value


class Later(Func):
    """A time inside a query, and a number of seconds after it: both are expressions. The number may be negative."""

    arity = 2
    output_field = DateTimeField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra_context: Any) -> Any:
        joiner = " + INTERVAL '1 second' * "
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=joiner, **extra_context)

    def as_sqlite(self, compiler: Any, connection: Any, **extra_context: Any) -> Any:
        # As in `Now`.
        template = "(STRFTIME('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f', %(expressions)s || ' seconds') || '000')"
        return self.as_sql(compiler, connection, template=template, **extra_context)


class Now(functions.Now):
    """The same clock inside a query, for comparison with stored times."""

    def as_sqlite(self, compiler: Any, connection: Any, **extra_context: Any) -> Any:
        # SQLite stores times as text with six decimals. Django's template has three, so equal times would differ.
        template = "STRFTIME('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f', 'NOW') || '000'"
        return self.as_sql(compiler, connection, template=template, **extra_context)

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import functions

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


class Now(functions.Now):
    """The same clock inside a query, for comparison with stored times."""

    def as_sqlite(self, compiler: Any, connection: Any, **extra_context: Any) -> Any:
        # SQLite stores times as text with six decimals. Django's template has three, so equal times would differ.
        template = "STRFTIME('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f', 'NOW') || '000'"
        return self.as_sql(compiler, connection, template=template, **extra_context)

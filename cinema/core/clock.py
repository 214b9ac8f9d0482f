from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import functions

_SQL = {
    "postgresql": "SELECT statement_timestamp()",
    "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')",
}


def now() -> datetime:
    """The time by the database's clock, the one clock that decides about deadlines."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL[connection.vendor])
        (value,) = cursor.fetchone()
    return datetime.fromisoformat(value) if isinstance(value, str) else value


class Now(functions.Now):
    """The same clock inside a query, to be compared with stored moments."""

    def as_sqlite(self, compiler: Any, connection: Any, **extra_context: Any) -> Any:
        # Moments are texts there, with six digits; Django's own has three, and so is less than an equal one.
        template = "STRFTIME('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f', 'NOW') || '000'"
        return self.as_sql(compiler, connection, template=template, **extra_context)

from datetime import datetime

from django.db import connection

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

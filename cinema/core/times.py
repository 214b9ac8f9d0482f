"""Converts the times that PostgreSQL returns. The standard library takes a tenth of the driver's time."""

from datetime import UTC, datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.abc import Buffer
from psycopg.types.datetime import TimestamptzLoader


class IsoLoader(TimestamptzLoader):
    """Parses times of connections in UTC, which Django uses. Their text is in ISO 8601."""

    # Django compares it with its own time zone, and replaces the loader if they differ.
    timezone = UTC

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:
            # The year is before 1 or after 9999, or the value is infinity.
            return super().load(data)


def install() -> None:
    """Use `IsoLoader` for all new connections."""
    connection_created.connect(_use_iso_loader)


def _use_iso_loader(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.vendor == "postgresql":
        connection.connection.adapters.register_loader("timestamptz", IsoLoader)

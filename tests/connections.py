"""Connections to the database that are made in another way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def connecting_with(**settings: Any) -> Iterator[None]:
    """The next connections are made with these settings."""
    kept = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(settings)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(kept)

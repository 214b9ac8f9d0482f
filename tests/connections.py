"""Database connections with other settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def connecting_with(**settings: Any) -> Iterator[None]:
    """Open the next connections of this thread with these settings."""
    original = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(settings)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(original)

"""Deletes the rows that a test has committed. Django's own way, TRUNCATE and creating all permissions again, takes
sixty milliseconds on PostgreSQL; deleting a few rows takes one.
"""

from collections.abc import Iterator
from functools import cache

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

# Django fills these after migrations, and no test changes them.
KEPT = {"django_content_type", "auth_permission"}


def delete_all_rows() -> None:
    """Delete the rows of all tables except `KEPT`. Foreign keys are checked at the end, so any order works."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


@cache
def _statements(vendor: str) -> list[str]:
    tables = [f'"{table}"' for table in sorted({*connection.introspection.django_table_names()} - KEPT)]
    deletions = [f"DELETE FROM {table}" for table in tables]  # noqa: S608 - our names
    if vendor == "postgresql":
        # Like TRUNCATE, this waits for transactions that have not ended.
        return ["; ".join([f"LOCK TABLE {', '.join(tables)}", *deletions])]
    return deletions


@pytest.fixture(scope="session", autouse=True)
def delete_rows_after_transactional_tests() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: delete_all_rows())
        yield

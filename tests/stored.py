"""Every row of the database, to check whether anything changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from cinema.models import AttemptCount

# Attempts, such as logins, are counted even if the call is refused.
COUNTERS = {AttemptCount}


def stored_models() -> list[type[Model]]:
    """The models of every app, including automatic ones of many-to-many relations."""
    return [model for model in apps.get_models(include_auto_created=True) if model not in COUNTERS]


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, except counts of attempts. Uses plain SQL, because many tests call this twice."""
    with connection.cursor() as cursor:
        return {model._meta.label: _rows(cursor, model) for model in stored_models()}


def _rows(cursor: Any, model: type[Model]) -> list[dict[str, Any]]:
    cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY "{model._meta.pk.column}"')  # noqa: S608 - our names
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@contextmanager
def nothing_changes() -> Iterator[None]:
    before = everything()
    yield
    assert everything() == before

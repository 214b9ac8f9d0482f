"""Every row of the database, to check whether anything changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.apps import apps
from django.db import connection
from django.db.models import Model

from cinema.models import AttemptCount

# Attempts, such as logins, are counted even if the call is refused.
COUNTERS = {AttemptCount}


def stored_models() -> list[type[Model]]:
    """The models of every app, including automatic ones of many-to-many relations."""
    return [model for model in apps.get_models(include_auto_created=True) if model not in COUNTERS]


def everything() -> list[tuple[str, str]]:
    """Every row of every table as JSON, with the name of its model, except counts of attempts."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor))
        return sorted(cursor.fetchall())


@cache
def _statement(vendor: str) -> str:
    """One statement for all tables, because many tests execute it twice."""
    return " UNION ALL ".join(
        f"SELECT '{model._meta.label}', {_row(model, vendor)} FROM \"{model._meta.db_table}\" t"  # noqa: S608 - our names
        for model in stored_models()
    )


def _row(model: type[Model], vendor: str) -> str:
    """The expression for a row `t` of the model as JSON."""
    if vendor == "postgresql":
        return "to_jsonb(t)::text"
    pairs = (f"'{field.column}', t.\"{field.column}\"" for field in model._meta.concrete_fields)
    return f"json_object({', '.join(pairs)})"


@contextmanager
def nothing_changes() -> Iterator[None]:
    before = everything()
    yield
    assert everything() == before

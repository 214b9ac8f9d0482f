"""All that the database's tables hold, to tell whether anything changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet

from cinema.models import AttemptCount

# Attempts, such as at signing in, are counted whatever becomes of them.
COUNTERS = {AttemptCount}


def stored_models() -> list[type[Model]]:
    """Those of every app, with those between movies and genres or users and groups."""
    return [model for model in apps.get_models(include_auto_created=True) if model not in COUNTERS]


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, but for the one that counts attempts."""
    return {model._meta.label: list(QuerySet(model).order_by("pk").values()) for model in stored_models()}


@contextmanager
def nothing_changes() -> Iterator[None]:
    before = everything()
    yield
    assert everything() == before

"""All that the cinema's tables hold, to tell whether anything changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db.models import QuerySet


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the cinema, those between movies and genres or users and groups included."""
    models = apps.get_app_config("cinema").get_models(include_auto_created=True)
    return {model._meta.label: list(QuerySet(model).order_by("pk").values()) for model in models}


@contextmanager
def nothing_changes() -> Iterator[None]:
    before = everything()
    yield
    assert everything() == before

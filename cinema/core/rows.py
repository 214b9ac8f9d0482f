"""Model instances that are created quickly, for lists of many rows."""

from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState


class Row(models.Model):
    """A model whose instances are created quickly when they are read from the database.

    `__init__` is not called and the signals `pre_init` and `post_init` are not sent: they take most of the time.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Self:  # type: ignore[override]  # the stubs are for Django 6
        row, state = cls.__new__(cls), ModelState()
        state.adding, state.db = False, db
        # As in Django, deferred fields are omitted. They are read when they are first used.
        row.__dict__.update(zip(field_names, values, strict=True), _state=state)
        return row

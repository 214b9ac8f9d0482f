"""Fields of columns by which lists are ordered."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

# An index cannot contain longer texts.
SORT_KEY_LENGTH = 200


class CodePointOrderedField(models.CharField):  # type: ignore[type-arg]  # not generic at runtime
    """Text that is ordered by its code points, as SQLite does, regardless of PostgreSQL's default collation."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        collation = "C" if connection.vendor == "postgresql" else None
        return {**super().db_parameters(connection), "collation": collation}


class GeneratedSortKey(models.GeneratedField):
    """A generated column by which lists are ordered."""

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        # Pagination reads it from the output field, where Django does not set it.
        self.output_field.attname = name  # type: ignore[union-attr]  # None is for other expressions

"""Deletes rows that are no longer needed, without long transactions or locks."""

from typing import Any

from django.db.models import QuerySet

from cinema.core.transactions import use_case


def purge(rows: QuerySet[Any], *, at_most: int) -> int:
    """Delete at most `at_most` of `rows` in a short transaction. Returns the number deleted.

    The rows are read before the transaction, because a transaction in SQLite prevents all others from writing. Rows
    locked by another transaction are skipped.
    """
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:at_most])
    return _delete(rows.filter(pk__in=keys)) if keys else 0


@use_case
def _delete(rows: QuerySet[Any]) -> int:
    keys = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
    deleted, _ = rows.filter(pk__in=keys).delete()
    return deleted

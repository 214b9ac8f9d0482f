"""Classifies database errors: an outage, a conflict of transactions, or a violated constraint.

SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

import re
import sqlite3
from collections.abc import Iterator
from functools import cache

from django.apps import apps
from django.db import IntegrityError, InterfaceError, InternalError, OperationalError
from django.db.models import Model, UniqueConstraint

_COLLISIONS = {"40001": "serialization failure", "40P01": "deadlock", "55P03": "lock timeout"}
_SQLITE_COLLISIONS = ("database is locked", "database table is locked")
# Classes: connection, resources, operator intervention, system.
_OUTAGE_CLASSES = {"08", "53", "57", "58"}
# A standby that accepts no writes, a transaction that was idle for too long, and conflicts outside of a use case.
_OUTAGES = {"25006", "25P03", *_COLLISIONS}
_UNIQUE_VIOLATION = "23505"
# SQLite's primary result codes for errors that the statement did not cause.
_SQLITE_OUTAGES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
# "UNIQUE constraint failed: index 'name'", or with the columns: "... failed: table.column, table.other".
_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?:index '(?P<index>[^']+)'|(?P<columns>.+))")


def is_outage(error: BaseException) -> bool:
    """Whether the database is unavailable: no connection, too many connections, starting, stopping, or disk full."""
    sqlite_code = getattr(error.__cause__, "sqlite_errorcode", None)
    if sqlite_code is not None:
        return isinstance(error, OperationalError) and sqlite_code & 0xFF in _SQLITE_OUTAGES
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    if sqlstate is None:
        # Without a connection there is no SQLSTATE. The driver raises InternalError if a connection ends after a result
        # but before the end of the response.
        return isinstance(error, OperationalError | InterfaceError | InternalError)
    known = sqlstate[:2] in _OUTAGE_CLASSES or sqlstate in _OUTAGES
    return known and isinstance(error, OperationalError | InterfaceError | InternalError)


def is_collision(error: OperationalError) -> bool:
    """Whether the database ended the transaction because of a conflict with another one. A retry may succeed."""
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    return sqlstate in _COLLISIONS or any(text in str(error) for text in _SQLITE_COLLISIONS)


def collision_reason(error: OperationalError) -> str:
    """Why the database ended the transaction: "deadlock", "serialization failure" or "lock timeout"."""
    # SQLite waits for its only lock until a timeout.
    return _COLLISIONS.get(getattr(error.__cause__, "sqlstate", ""), "lock timeout")


def violated_unique_constraint(error: IntegrityError) -> str | None:
    """The name of the violated unique constraint, as in `unique_constraints`. None for other errors."""
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) == _UNIQUE_VIOLATION:
        name = str(cause.diag.constraint_name)  # type: ignore[union-attr]
        return _field_constraints().get(name, name)
    found = _SQLITE_UNIQUE.search(str(error))
    if found is None:
        return None
    return found["index"] or _constraints_by_columns().get(found["columns"], found["columns"])


@cache
def unique_constraints(model: type[Model]) -> frozenset[str]:
    """The names of the model's unique constraints. A unique field is named `table.column`."""
    constraints = (each for each in model._meta.constraints if isinstance(each, UniqueConstraint))
    return frozenset({name for name, _ in _named_columns(model)} | {each.name for each in constraints})


def _named_columns(model: type[Model]) -> Iterator[tuple[str, str]]:
    """Name and columns, as SQLite writes them, of the unique constraints on columns."""
    table = model._meta.db_table
    for field in model._meta.local_concrete_fields:
        if field.unique:
            yield f"{table}.{field.column}", f"{table}.{field.column}"
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.fields:
            columns = [model._meta.get_field(name).column for name in constraint.fields]  # type: ignore[union-attr]
            yield constraint.name, ", ".join(f"{table}.{column}" for column in columns)


@cache
def _constraints_by_columns() -> dict[str, str]:
    return {columns: name for model in apps.get_models() for name, columns in _named_columns(model)}


@cache
def _field_constraints() -> dict[str, str]:
    """The names that PostgreSQL generates for constraints of unique fields and primary keys, and our names for them."""
    names: dict[str, str] = {}
    for model in apps.get_models():
        table = model._meta.db_table
        for field in model._meta.local_concrete_fields:
            if field.unique:
                ending = "pkey" if field.primary_key else f"{field.column}_key"
                names[f"{table}_{ending}"] = f"{table}.{field.column}"
    return names

"""Plain SQL, for frequent statements: building one with the ORM takes several times as long as running it.

A statement is a template for all databases. `{now}` is the time of the database's clock, and `{for_key_share}` and
`{for_no_key_update}` lock the rows. `{escape}` follows each pattern of `LIKE`, in which special characters have a
backslash. Parameters are named: `%(show)s`. For a parameter that is a list, `{in_shows}` is the condition that the
value before it is one of the items.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time
from functools import cache, partial
from itertools import accumulate
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateTimeField, DecimalField, Model
from django.db.models.expressions import Col

from cinema.core.money import MAX_DECIMALS

M = TypeVar("M", bound=Model)

_DIALECTS = {
    "postgresql": {
        "now": "statement_timestamp()",
        "for_key_share": "FOR KEY SHARE",
        "for_no_key_update": "FOR NO KEY UPDATE",
        "escape": "",
    },
    # SQLite stores times as text with six decimals. It has one writer at a time, which is stricter than row locks.
    "sqlite": {
        "now": "(STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'now') || '000')",
        "for_key_share": "",
        "for_no_key_update": "",
        "escape": "ESCAPE '\\'",
    },
}
TIME = DateTimeField()
AMOUNT = DecimalField(max_digits=14, decimal_places=MAX_DECIMALS)
# Databases limit the number of parameters of a statement.
_ROWS_PER_INSERT = 500


def fetch(
    template: str, parameters: Mapping[str, Any], fields: Sequence[Any] = (), *, using: str = DEFAULT_DB_ALIAS
) -> list[Sequence[Any]]:
    """The rows of a statement. Values are converted as for these model fields; None means that a value needs it not."""
    # Looking it up for each attribute would take longer than the rest.
    backend = connections[using]
    statement, parameters = prepare(template, parameters, backend.vendor)
    return converted(_rows(backend, statement, parameters), fields, using=using)


def converted(
    rows: list[Sequence[Any]], fields: Sequence[Any], *, using: str = DEFAULT_DB_ALIAS
) -> list[Sequence[Any]]:
    """Rows of the driver, with their values converted as `fetch` does it."""
    converters = _converters(tuple(fields), using)
    return [_converted(row, converters) for row in rows] if converters else rows


def columns(model: type[Model], alias: str = "") -> str:
    """All columns of a model, for a statement that reads instances of it."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(f'{prefix}"{field.column}"' for field in model._meta.concrete_fields)


def fields(model: type[Model]) -> list[Any]:
    """The fields of `columns`, in the same order."""
    return list(model._meta.concrete_fields)


def instance(model: type[M], values: Sequence[Any], *, using: str = DEFAULT_DB_ALIAS) -> M:
    """The instance of `model` with the values of `columns`."""
    return model.from_db(using, _names(model), values)


def stored(model: type[M], values: Mapping[str, Any]) -> M:
    """The instance of a stored row with these values, by the names of its columns."""
    return model.from_db(DEFAULT_DB_ALIAS, values.keys(), list(values.values()))


def read(model: type[M], template: str, parameters: Mapping[str, Any], *, using: str = DEFAULT_DB_ALIAS) -> list[M]:
    """The instances of `model` that a statement of its `columns` returns."""
    return [instance(model, row, using=using) for row in fetch(template, parameters, fields(model), using=using)]


def read_joined(models: Sequence[type[Model]], template: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The instances of `models` in each row of a statement that returns the `columns` of each model in turn.

    If a row of a table occurs several times, there is one instance of it.
    """
    rows = fetch(template, parameters, [field for model in models for field in fields(model)])
    starts = accumulate((len(fields(model)) for model in models), initial=0)
    return list(
        zip(*(_instances(model, rows, start) for model, start in zip(models, starts, strict=False)), strict=True)
    )


def _instances(model: type[Model], rows: Sequence[Sequence[Any]], start: int) -> list[Model]:
    """The instance of `model` in each row, of which the columns begin at `start` with the key."""
    end = start + len(fields(model))
    known: dict[Any, Model] = {}
    for row in rows:
        if row[start] not in known:
            known[row[start]] = instance(model, row[start:end])
    return [known[row[start]] for row in rows]


def refer(row: Model, name: str, target: Model) -> None:
    """Set the foreign key `name` of a stored row to the instance with its key, without Django's checks."""
    row._state.fields_cache[name] = target  # noqa: SLF001 - as Django does


def insert(rows: Sequence[Model]) -> None:
    """Store new instances of one model, in this order, and set their keys. Databases fill in their own defaults."""
    if not rows:
        return
    model = type(rows[0])
    stored = _stored_fields(model)
    one = f"({', '.join(['%s'] * len(stored))})"
    backend = connections[DEFAULT_DB_ALIAS]
    with backend.cursor() as cursor:
        for start in range(0, len(rows), _ROWS_PER_INSERT):
            part = rows[start : start + _ROWS_PER_INSERT]
            cursor.execute(
                f"{_insert_into(model)} VALUES {', '.join([one] * len(part))} RETURNING id",
                [field.get_db_prep_save(getattr(row, field.attname), backend) for row in part for field in stored],
            )
            for row, (key,) in zip(part, cursor.fetchall(), strict=True):
                set_stored(row, key)


def set_stored(row: Model, key: int) -> None:
    """Let a new instance be the stored row with this key."""
    row.pk = key
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001 - as bulk_create does


def _rows(backend: BaseDatabaseWrapper, statement: str, parameters: Mapping[str, Any]) -> Any:
    # See `cinema.runtime.postgresql`.
    if backend.vendor == "postgresql":
        return backend.fetch(statement, parameters)  # type: ignore[attr-defined]
    with backend.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def prepare(template: str, parameters: Mapping[str, Any], vendor: str) -> tuple[str, Mapping[str, Any]]:
    """The statement for the database, and its parameters.

    A list is one parameter: the statement is the same for any number of items, so the driver need not parse it again.
    """
    lists = {name: value for name, value in parameters.items() if isinstance(value, list)}
    if vendor == "postgresql":
        return _in_dialect(template, vendor, **{f"in_{name}": _is_any(name, lists[name]) for name in lists}), parameters
    items = "IN (SELECT value FROM json_each(%({})s))"
    statement = _in_dialect(template, vendor, **{f"in_{name}": items.format(name) for name in lists})
    return statement, {name: _for_sqlite(value) for name, value in parameters.items()}


def _for_sqlite(value: Any) -> Any:
    """A parameter, as SQLite stores it. Lists are in JSON."""
    if isinstance(value, list):
        return json.dumps(value)
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return str(value) if isinstance(value, time) else value


@cache
def _in_dialect(template: str, vendor: str, **conditions: str) -> str:
    return template.format(**_DIALECTS[vendor], **conditions)


def _is_any(name: str, items: Sequence[Any]) -> str:
    """The condition, in PostgreSQL, that a value is one of these items.

    The array comes from a subquery, because PostgreSQL does not estimate how many items that has. It would plan a
    statement with an array as a parameter again each time, which takes much longer than to execute it.
    """
    if not items:
        return "= ANY('{}')"
    type_of_items = "text" if isinstance(items[0], str) else "bigint"
    return f"= ANY(ARRAY(SELECT UNNEST(%({name})s::{type_of_items}[])))"


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _stored_fields(model: type[Model]) -> list[Any]:
    return [
        field for field in model._meta.local_concrete_fields if not field.primary_key and not field.has_db_default()
    ]


@cache
def _insert_into(model: type[Model]) -> str:
    names = ", ".join(f'"{field.column}"' for field in _stored_fields(model))
    return f'INSERT INTO "{model._meta.db_table}" ({names})'


def _converted(row: Sequence[Any], converters: Sequence[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    values = list(row)
    for position, convert in converters:
        values[position] = convert(values[position])
    return values


@cache
def _converters(fields: tuple[Any, ...], alias: str) -> list[tuple[int, Callable[[Any], Any]]]:
    """The ORM's converters of values that the driver returns, by position. PostgreSQL's driver needs none."""
    backend = connections[alias]
    columns = [(position, Col("", field)) for position, field in enumerate(fields) if field is not None]
    return [
        (position, partial(converter, expression=column, connection=backend))
        for position, column in columns
        for converter in (*backend.ops.get_db_converters(column), *column.get_db_converters(backend))
    ]

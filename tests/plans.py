"""How PostgreSQL executes statements, according to EXPLAIN."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import psycopg.sql
from django.db import connection
from django.db.backends.utils import CursorWrapper

from cinema.core import sql

KINDS = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")


def sequential_scans(statements: Iterable[str], *, min_rows: int) -> list[str]:
    """The statements that read a whole table of at least `min_rows` rows, each with the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s", [min_rows])
        large = {name for (name,) in cursor.fetchall()}
    found = []
    for statement in statements:
        if statement.strip().startswith(KINDS):
            tables = {node["Relation Name"] for node in plan(statement) if node["Node Type"].endswith("Seq Scan")}
            if tables & large:
                found.append(f"{', '.join(sorted(tables & large))}: {' '.join(statement.split())}")
    return found


def plan(statement: str) -> list[dict[str, Any]]:
    """The nodes of the plan of a statement with its parameters filled in."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}")
        return _all_nodes(cursor)


def rows_read(template: str, parameters: Mapping[str, Any], *, mode: str) -> float:
    """How many rows a statement of `cinema.core.sql` reads, whether it returns them or not.

    `mode` is PostgreSQL's `plan_cache_mode`: whether the plan is made for these parameters or for any.
    """
    statement, _ = sql.prepare(template, parameters, "postgresql")
    names = [name for name in parameters if f"%({name})s" in statement]
    numbered = re.sub(r"%\((\w+)\)s", lambda match: f"${names.index(match[1]) + 1}", statement)
    values = ", ".join(_literal(parameters[name]) for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL plan_cache_mode = {mode}")
        cursor.execute(f"PREPARE examined AS {numbered}", None)
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE examined ({values})", None)
        nodes = _all_nodes(cursor)
        cursor.execute("DEALLOCATE examined")
    return float(sum(node["Actual Loops"] * (node["Actual Rows"] + _discarded(node)) for node in nodes))


def _literal(value: Any) -> str:
    return psycopg.sql.Literal(value).as_string()


def _discarded(node: dict[str, Any]) -> float:
    return float(sum(value for name, value in node.items() if name.startswith("Rows Removed by")))


def _all_nodes(cursor: CursorWrapper) -> list[dict[str, Any]]:
    """The nodes of the plan that EXPLAIN returned."""
    ((found,),) = cursor.fetchall()
    (root,) = json.loads(found) if isinstance(found, str) else found
    return list(_nodes(root["Plan"]))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)

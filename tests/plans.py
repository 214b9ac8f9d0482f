"""How PostgreSQL executes statements, according to EXPLAIN."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

KINDS = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")


def sequential_scans(statements: Iterable[str], *, of_rows: int) -> list[str]:
    """The statements that read a whole table of at least `of_rows` rows, each with the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s", [of_rows])
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
        ((found,),) = cursor.fetchall()
    (root,) = json.loads(found) if isinstance(found, str) else found
    return list(_nodes(root["Plan"]))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)

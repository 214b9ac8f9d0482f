"""The part of the schema that a slice adds, and the types that merge these parts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from strawberry.tools import merge_types
from strawberry.types import get_object_definition

from schema.engine.context import Context
from schema.engine.nodes import NodeType, node_queries, rows_of
from schema.engine.problems import ProblemHandler

VisibleRows = Callable[[Context], QuerySet[Any]]


@dataclass(frozen=True)
class Slice:
    """One slice's part of the schema.

    `queries`, `mutations` and `subscriptions` are Strawberry types whose fields become root fields. `problems` turn
    domain errors into problems. `nodes` has a function for each type that `node(id)` finds, which returns the rows that
    the viewer may see. `other_nodes` are types whose objects are not rows of one model. `extensions` are types whose
    fields are added to types of other slices.
    """

    queries: type | None = None
    mutations: type | None = None
    subscriptions: type | None = None
    problems: Sequence[ProblemHandler] = ()
    nodes: Mapping[str, VisibleRows] = field(default_factory=dict)
    other_nodes: Mapping[str, NodeType] = field(default_factory=dict)
    extensions: Mapping[type, type] = field(default_factory=dict)


def extend_types(slices: Sequence[Slice]) -> None:
    """Add the fields of the `extensions`. Called before the schema is built."""
    for extended, extension in (pair for each in slices for pair in each.extensions.items()):
        fields = get_object_definition(extended, strict=True).fields
        known = {field.python_name for field in fields}
        fields += [
            field for field in get_object_definition(extension, strict=True).fields if field.python_name not in known
        ]


def query_type(slices: Sequence[Slice]) -> type:
    """The type `Query`, with `node` and `nodes` beside the fields of the slices."""
    return _merged("Query", [node_queries(_nodes(slices)), *(each.queries for each in slices)], "Read data.")


def mutation_type(slices: Sequence[Slice]) -> type:
    return _merged(
        "Mutation",
        [each.mutations for each in slices],
        "Change data. Each mutation takes one `input`, and returns its result or a `Problem`.",
    )


def subscription_type(slices: Sequence[Slice]) -> type:
    return _merged(
        "Subscription", [each.subscriptions for each in slices], "Receive changes as they happen, over a WebSocket."
    )


def _merged(name: str, types: Sequence[type | None], description: str) -> type:
    merged = merge_types(name, tuple(each for each in types if each is not None))
    merged.__strawberry_definition__.description = description  # type: ignore[attr-defined]
    return merged


def _nodes(slices: Sequence[Slice]) -> Mapping[str, NodeType]:
    rows = {name: rows_of(visible) for each in slices for name, visible in each.nodes.items()}
    return rows | {name: type_ for each in slices for name, type_ in each.other_nodes.items()}

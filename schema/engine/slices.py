"""The part of the schema that a slice adds, and the types that merge these parts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import strawberry
import strawberry_django
from django.db.models import Model, QuerySet
from strawberry import relay
from strawberry.tools import merge_types

from schema.engine import ids
from schema.engine.context import Context, Info
from schema.engine.problems import ProblemHandler

VisibleRows = Callable[[Context], QuerySet[Any]]


@dataclass(frozen=True)
class Slice:
    """One slice's part of the schema.

    `queries`, `mutations` and `subscriptions` are Strawberry types whose fields become root fields. `problems` turn
    domain errors into problems. `nodes` has a function for each type that `node(id)` finds, which returns the rows that
    the viewer may see.
    """

    queries: type | None = None
    mutations: type | None = None
    subscriptions: type | None = None
    problems: Sequence[ProblemHandler] = ()
    nodes: Mapping[str, VisibleRows] = field(default_factory=dict)


def query_type(slices: Sequence[Slice]) -> type:
    """The type `Query`, with `node` beside the fields of the slices."""
    return _merged("Query", [_node_queries(slices), *(each.queries for each in slices)], "Read data.")


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


def _node_queries(slices: Sequence[Slice]) -> type:
    visible_rows = {type_name: rows for each in slices for type_name, rows in each.nodes.items()}

    @strawberry.type
    class NodeQueries:
        @strawberry_django.field(
            graphql_type=relay.Node | None,
            description="Look up an object by its ID. Returns null if it does not exist or the viewer may not see it.",
        )
        def node(
            self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The global ID.")]
        ) -> Model | None:
            type_name, key = ids.parse(id)
            if type_name not in visible_rows:
                return None
            found: Model | None = visible_rows[type_name](info.context).filter(pk=key).first()
            return found

    return NodeQueries

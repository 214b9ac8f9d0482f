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
# Takes the keys in the IDs and returns the objects that exist, by key. Raises `BadUserInput` for malformed keys.
FindNodes = Callable[[Context, Sequence[str]], Mapping[str, object]]


@dataclass(frozen=True)
class Slice:
    """One slice's part of the schema.

    `queries`, `mutations` and `subscriptions` are Strawberry types whose fields become root fields. `problems` turn
    domain errors into problems. `nodes` has a function for each type that `node(id)` finds, which returns the rows that
    the viewer may see; `other_nodes` for each type whose objects are not rows of one model.
    """

    queries: type | None = None
    mutations: type | None = None
    subscriptions: type | None = None
    problems: Sequence[ProblemHandler] = ()
    nodes: Mapping[str, VisibleRows] = field(default_factory=dict)
    other_nodes: Mapping[str, FindNodes] = field(default_factory=dict)


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
    other_nodes = {type_name: find for each in slices for type_name, find in each.other_nodes.items()}

    @strawberry.type
    class NodeQueries:
        @strawberry_django.field(
            graphql_type=relay.Node | None,
            description="Look up an object by its ID. Returns null if it does not exist or the viewer may not see it.",
        )
        def node(
            self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The global ID.")]
        ) -> object | None:
            type_name, text = ids.split(id)
            if type_name in other_nodes:
                return other_nodes[type_name](info.context, [text]).get(text)
            _, key = ids.parse(id)
            if type_name not in visible_rows:
                return None
            found: Model | None = visible_rows[type_name](info.context).filter(pk=key).first()
            return found

    return NodeQueries

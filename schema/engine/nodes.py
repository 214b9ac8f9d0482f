"""Finds objects by their global IDs: the queries `node` and `nodes`."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry
import strawberry_django
from django.db.models import QuerySet
from strawberry import relay

from cinema.accounts.errors import InvalidToken, TokenExpired
from schema.engine import ids
from schema.engine.batching import gather
from schema.engine.context import Context, Info
from schema.engine.costs import QUERY_COST, cost
from schema.engine.errors import BadUserInput
from schema.engine.pagination import MAX_PAGE_SIZE

# Takes the keys in the IDs of one type. Returns the objects that the viewer may see, by key.
FindNodes = Callable[[Context, Sequence[str]], Mapping[str, object]]


@dataclass(frozen=True)
class NodeType:
    """How the objects of one type are found by the keys in their IDs."""

    is_key: Callable[[str], bool]
    find: FindNodes


def rows_of(visible: Callable[[Context], QuerySet[Any]]) -> NodeType:
    """Rows of a model, found by their primary keys among those that the viewer may see."""

    def find(context: Context, keys: Sequence[str]) -> Mapping[str, object]:
        rows = {row.pk: row for row in gather(visible(context).filter(pk__in=map(int, keys)))}
        return {key: rows.get(int(key)) for key in keys}

    return NodeType(ids.is_primary_key, find)


def instances_of(class_: type) -> "classmethod[Any, [object, object], bool]":
    """The `is_type_of` of a type that is resolved from instances of `class_`. The executor checks each class once."""

    def is_type_of(_: type, value: object, __: object) -> bool:
        return isinstance(value, class_)

    return classmethod(is_type_of)


def node_queries(types: Mapping[str, NodeType]) -> type:
    """The queries `node` and `nodes` for these types, by name."""

    def find(global_ids: Sequence[str], context: Context) -> list[Any]:
        """The object for each ID: None if the viewer may see no such object, or the error of this object."""
        parsed = [_parsed(each, types) for each in global_ids]
        keys: dict[str, list[str]] = defaultdict(list)
        for type_name, key in (each for each in parsed if isinstance(each, tuple)):
            keys[type_name].append(key)
        found = {name: _found(types[name], some, context) for name, some in keys.items() if name in types}
        return [found.get(each[0], {}).get(each[1]) if isinstance(each, tuple) else each for each in parsed]

    @strawberry.type
    class NodeQueries:
        @strawberry_django.field(
            graphql_type=relay.Node | None,
            description="Look up an object by its ID. Returns null if it does not exist or the viewer may not see it.",
        )
        def node(
            self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The global ID.")]
        ) -> object | None:
            (found,) = find([id], info.context)
            if isinstance(found, Exception):
                raise found
            return found

        @strawberry_django.field(
            graphql_type=list[relay.Node | None],
            # One query for each type of node.
            metadata=cost(length_of="ids", once=QUERY_COST),
            description="Look up at most 100 objects by their IDs, in this order. An object is null if it does not "
            "exist or the viewer may not see it. An invalid ID is an error of that object only.",
        )
        def nodes(
            self,
            info: Info,
            ids: Annotated[list[strawberry.ID], strawberry.argument(description="The global IDs. They may repeat.")],
        ) -> list[Any]:
            if len(ids) > MAX_PAGE_SIZE:
                raise BadUserInput(f"`ids` can have at most {MAX_PAGE_SIZE} IDs, not {len(ids)}.")
            return find(ids, info.context)

    return NodeQueries


def _parsed(global_id: str, types: Mapping[str, NodeType]) -> tuple[str, str] | BadUserInput:
    """The type name and the key in an ID, or the error if it is not valid."""
    try:
        type_name, key = ids.split(global_id)
    except BadUserInput as error:
        return error
    is_key = types[type_name].is_key if type_name in types else ids.is_primary_key
    return (type_name, key) if is_key(key) else ids.invalid(global_id)


def _found(type_: NodeType, keys: Sequence[str], context: Context) -> Mapping[str, object]:
    """The objects by key. If the viewer's token is not valid, the error is that of each object."""
    try:
        return type_.find(context, keys)
    except (InvalidToken, TokenExpired) as error:
        return dict.fromkeys(keys, error)

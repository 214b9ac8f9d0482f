"""The state of one execution, and the types of the parts of a plan."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import (
    ExecutionContext,
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    located_error,
)
from graphql.pyutils import Path
from strawberry.execution import optimized_is_awaitable

# A place in the response: the parent's place, the key, and the name of the type with the field (None for an item of a
# list). One is created for every object, so it is a plain tuple: graphql-core's `Path` takes several times longer.
Place: TypeAlias = tuple[Any, str | int, str | None]
# Returns the completed value of a field. Takes the parent object and its place (None for the root).
ValueOf: TypeAlias = Callable[[Any, Place | None, "Run"], Any]
# Returns the resolved value of a field. Takes the parent object and the place of the field.
Resolve: TypeAlias = Callable[[Any, Place, "Run"], Any]
# Returns the value in the response for a value that a resolver returned.
Complete: TypeAlias = Callable[[Any, Place, "Run"], Any]


class Asynchronous(BaseException):
    """A resolver returned an awaitable. It is not an `Exception`, so it does not become the error of a field."""


@dataclass(frozen=True, eq=False, slots=True)
class Field:
    """A field of a type, selected by one or more nodes with the same response key."""

    schema: GraphQLSchema
    key: str
    nodes: list[FieldNode]
    parent: GraphQLObjectType
    definition: GraphQLField

    @property
    def name(self) -> str:
        return self.nodes[0].name.value


@dataclass(slots=True, eq=False)
class Run:
    """One execution of an operation."""

    # graphql-core's context, with the schema, the operation and its fragments.
    core: ExecutionContext
    variables: dict[str, Any]
    root_value: Any
    context: Any
    errors: list[GraphQLError] = field(default_factory=list)
    # The arguments of resolvers that depend on variables, by field.
    arguments: dict[Field, dict[str, Any]] = field(default_factory=dict)

    def info(self, field: Field, place: Place) -> GraphQLResolveInfo:
        """The `info` that graphql-core passes to a resolver. `place` is that of the field or of an item in its list."""
        while place[2] is None:
            place = place[0]
        return GraphQLResolveInfo(
            field.name,
            field.nodes,
            field.definition.type,
            field.parent,
            _path(place),
            field.schema,
            self.core.fragments,
            self.root_value,
            self.core.operation,
            self.variables,
            self.context,
            optimized_is_awaitable,
        )

    def fail(self, error: Exception, nodes: list[FieldNode], place: Place, *, nullable: bool) -> None:
        """Report the error of a field or an item. Raises the error if the value cannot be null."""
        located = located_error(error, nodes, _path(place).as_list())
        if not nullable:
            raise located
        self.errors.append(located)


def _path(place: Place) -> Path:
    before, key, type_name = place
    return Path(_path(before) if before else None, key, type_name)

"""Every argument in the schema of queries and mutations, and calls that give one of them any value."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    is_union_type,
)

from schema.root import schema
from tests.hostile.attack import Attack, request
from tests.hostile.valid_values import World

SCHEMA = build_schema(schema.as_str())
SUBSCRIPTION = SCHEMA.subscription_type
# `first` excludes `last`, and a valid cursor tests nothing. So these get hostile values only.
LEFT_OUT = {"first", "last", "after", "before"}
# The query for an object of each type whose fields take arguments.
PARENTS = {"Movie": "movie(id: $movie)", "Theater": "theater(id: $theater)", "User": "me"}
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Argument:
    """An argument of a field, or an input field within one."""

    parent: str
    field: str
    path: Path
    type: str
    is_list: bool

    def __str__(self) -> str:
        return ".".join(map(str, (self.parent, self.field, *self.path)))

    def with_value(self, value: Any, world: World) -> Attack:
        """A call in which only this value is hostile. Lists on the path have one item."""
        variables = _valid_variables(self.parent, self.field, self.path, world)
        at: Any = variables
        for step in self.path[:-1]:
            at = at[step]
        at[self.path[-1]] = value
        return Attack(str(self), (), request(_document(self.parent, self.field, variables), variables))


def all_arguments() -> list[Argument]:
    """Every argument and input field, of any type, including lists."""
    return [
        Argument(parent.name, name, path, kind, is_list)
        for parent, name, field in _fields()
        for path, kind, is_list in _within(field.args, ())
    ]


def fields() -> list[tuple[str, str]]:
    """The type and the name of every field that takes arguments."""
    return [(parent.name, name) for parent, name, _ in _fields()]


def valid_call(parent: str, field: str, world: World) -> Attack:
    """A call with a valid value for every argument, except `LEFT_OUT`."""
    variables = _valid_variables(parent, field, (), world)
    return Attack(f"{parent}.{field}", (), request(_document(parent, field, variables), variables))


def _fields() -> Iterator[tuple[GraphQLObjectType, str, GraphQLField]]:
    for parent in SCHEMA.type_map.values():
        if isinstance(parent, GraphQLObjectType) and not parent.name.startswith("__") and parent is not SUBSCRIPTION:
            for name, field in parent.fields.items():
                if field.args:
                    yield parent, name, field


def _within(
    members: dict[str, GraphQLArgument] | dict[str, GraphQLInputField], above: Path
) -> Iterator[tuple[Path, str, bool]]:
    for name, member in members.items():
        path = (*above, name)
        named, is_list = get_named_type(member.type), _is_list(member.type)
        if isinstance(named, GraphQLInputObjectType):
            yield path, named.name, is_list
            yield from _within(named.fields, (*path, 0) if is_list else path)
        else:
            yield path, named.name, is_list


def _is_list(kind: GraphQLInputType) -> bool:
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)


def _valid_variables(parent: str, field: str, path: Path, world: World) -> dict[str, Any]:
    """Valid variables that include every input object on `path`."""
    args = _field(parent, field).args
    valid = {name: _value(name, arg.type, path[1:], field, world) for name, arg in args.items() if name not in LEFT_OUT}
    if parent in {"Movie", "Theater"}:
        valid[parent.lower()] = world.value_of(f"{parent.lower()}Id", operation=field)
    return copy.deepcopy(valid)


def _value(name: str, kind: GraphQLInputType, path: Path, operation: str, world: World) -> Any:
    named = get_named_type(kind)
    if not isinstance(named, GraphQLInputObjectType):
        return None if name == "orderBy" else world.value_of(name, operation=operation)
    if path and path[0] == 0:
        path = path[1:]
    names = [path[0] if path else "seats"] if named.is_one_of else list(named.fields)
    value = {each: _value(str(each), named.fields[str(each)].type, path[1:], operation, world) for each in names}
    return [value] if _is_list(kind) else value


def _document(parent: str, field: str, variables: dict[str, Any]) -> str:
    args = {name: arg for name, arg in _field(parent, field).args.items() if name in variables}
    declared = ", ".join([f"${name}: {arg.type}" for name, arg in args.items()])
    arguments = ", ".join(f"{name}: ${name}" for name in args)
    selection = _selection(get_named_type(_field(parent, field).type))
    call = f"{field}({arguments}) {selection}" if arguments else f"{field} {selection}"
    if parent in PARENTS:
        of_parent = f"${parent.lower()}: ID!, " if "$" in PARENTS[parent] else ""
        return f"query ({of_parent}{declared}) {{ {PARENTS[parent]} {{ {call} }} }}"
    return f"{parent.lower()} ({declared}) {{ {call} }}" if declared else f"{{ {call} }}"


def _field(parent: str, field: str) -> GraphQLField:
    owner = SCHEMA.type_map[parent]
    assert isinstance(owner, GraphQLObjectType)
    found: GraphQLField = owner.fields[field]
    return found


def _selection(kind: GraphQLNamedType) -> str:
    if is_union_type(kind):
        return "{ __typename ... on Problem { message } }"
    if kind.name.endswith("Connection"):
        return "{ totalCount nodes { __typename } pageInfo { endCursor } }"
    return "{ __typename }"

"""Selections of every field, generated from the schema, so that they include new fields."""

from collections.abc import Set as AbstractSet

from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)

from schema.root import schema

SCHEMA = build_schema(schema.as_str())
assert SCHEMA.query_type
assert SCHEMA.mutation_type
assert SCHEMA.subscription_type
QUERY, MUTATION, SUBSCRIPTION = SCHEMA.query_type, SCHEMA.mutation_type, SCHEMA.subscription_type
NODE = SCHEMA.type_map["Node"]


def object_types() -> list[GraphQLObjectType]:
    """The object types of responses, except the root types and the introspection types."""
    return [
        each
        for name, each in SCHEMA.type_map.items()
        if isinstance(each, GraphQLObjectType)
        and not name.startswith("__")
        and each not in (QUERY, MUTATION, SUBSCRIPTION)
    ]


def possible_types(type_: GraphQLNamedType) -> list[GraphQLObjectType]:
    """The object types that a value of `type_` can have."""
    if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
        return list(SCHEMA.get_possible_types(type_))
    return [type_] if isinstance(type_, GraphQLObjectType) else []


def selection(type_: GraphQLNamedType, *, without: AbstractSet[str] = frozenset(), path: tuple[str, ...] = ()) -> str:
    """All fields of `type_` and of the types they lead to, except the fields `Type.field` in `without`.

    A type is not selected within itself. For an abstract type, every possible type is selected, and fields with the
    same name but different types get aliases.
    """
    if not is_abstract_type(type_):
        return _fields(possible_types(type_)[0], without, path, clashing=frozenset())
    members = possible_types(type_)
    kinds: dict[str, set[str]] = {}
    for member in members:
        for name, field in member.fields.items():
            kinds.setdefault(name, set()).add(str(field.type))
    clashing = {name for name, types in kinds.items() if len(types) > 1}
    return "__typename " + " ".join(
        f"... on {member.name} {{ {_fields(member, without, path, clashing)} }}" for member in members
    )


def _fields(
    type_: GraphQLObjectType, without: AbstractSet[str], path: tuple[str, ...], clashing: AbstractSet[str]
) -> str:
    path = (*path, type_.name)
    selected = ["__typename"]
    for name, field in type_.fields.items():
        target = get_named_type(field.type)
        if f"{type_.name}.{name}" in without or target.name in path:
            continue
        page = "(first: 2)" if "first" in field.args else ""
        inner = "" if is_leaf_type(target) else f" {{ {selection(target, without=without, path=path)} }}"
        alias = f"{type_.name}_{name}: " if name in clashing else ""
        selected.append(f"{alias}{name}{page}{inner}")
    return " ".join(selected)

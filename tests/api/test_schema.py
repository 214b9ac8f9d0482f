"""Descriptions and conventions of the schema, its committed SDL, and the contract with clients."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from graphql import (
    DefinitionNode,
    FieldDefinitionNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    InputValueDefinitionNode,
    NullValueNode,
    UnionTypeDefinitionNode,
    is_introspection_type,
    parse,
    print_ast,
)
from strawberry.printer import print_schema

from schema.root import schema

GRAPHQL = schema._schema  # noqa: SLF001 - the graphql-core schema; Strawberry has no public API for it

CONTRACT = (Path(__file__).parent / "contract.graphql").read_text()

Part = GraphQLNamedType | GraphQLField | GraphQLInputField | GraphQLArgument | GraphQLEnumValue


def own_types() -> list[GraphQLNamedType]:
    return [type_ for type_ in GRAPHQL.type_map.values() if not is_introspection_type(type_)]


def parts() -> Iterator[tuple[str, Part]]:
    """Every named part of the schema with its path, such as `Query.movie.id`."""
    for type_ in own_types():
        yield type_.name, type_
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in type_.fields.items():
                yield f"{type_.name}.{name}", field
                yield from ((f"{type_.name}.{name}.{argument}", it) for argument, it in field.args.items())
        if isinstance(type_, GraphQLInputObjectType):
            yield from ((f"{type_.name}.{name}", it) for name, it in type_.fields.items())
        if isinstance(type_, GraphQLEnumType):
            yield from ((f"{type_.name}.{name}", it) for name, it in type_.values.items())


def mutations() -> dict[str, GraphQLField]:
    assert GRAPHQL.mutation_type is not None
    fields: dict[str, GraphQLField] = GRAPHQL.mutation_type.fields
    return fields


def capitalized(name: str) -> str:
    return name[0].upper() + name[1:]


def result_of(name: str) -> GraphQLUnionType:
    result = mutations()[name].type
    assert isinstance(result, GraphQLUnionType), name
    return result


def lines_of(definition: DefinitionNode) -> set[str]:
    """The parts of a type as text, such as `movie(id: ID!)`, `movie: Movie`, a union member or `@oneOf`."""
    lines = {f"implements {each.name.value}" for each in getattr(definition, "interfaces", ())}
    lines |= {f"@{each.name.value}" for each in getattr(definition, "directives", ())}
    if isinstance(definition, UnionTypeDefinitionNode):
        lines |= {member.name.value for member in definition.types}
    lines |= {value.name.value for value in getattr(definition, "values", ())}
    for field in getattr(definition, "fields", ()):
        lines |= lines_of_field(field)
    return lines


def lines_of_field(field: FieldDefinitionNode | InputValueDefinitionNode) -> set[str]:
    name = field.name.value
    default = getattr(field, "default_value", None)
    arguments = getattr(field, "arguments", ())
    lines = {f"{name}({argument.name.value}: {print_ast(argument.type)})" for argument in arguments}
    # An optional field is null by default.
    suffix = "" if default is None or isinstance(default, NullValueNode) else f" = {print_ast(default)}"
    return lines | {f"{name}: {print_ast(field.type)}{suffix}"}


def definitions(sdl: str) -> dict[str, set[str]]:
    found = {}
    for definition in parse(sdl).definitions:
        name = getattr(definition, "name", None)
        if name is not None:
            found[name.value] = lines_of(definition)
    return found


def test_the_committed_sdl_matches_the_running_schema() -> None:
    committed = (settings.BASE_DIR / "schema" / "schema.graphql").read_text()
    assert committed.rstrip() == print_schema(schema), "run `make sdl` and commit the file"


def test_everything_has_a_description() -> None:
    undescribed = [path for path, part in parts() if not (part.description or "").strip()]
    assert undescribed == []


def test_a_description_is_a_sentence() -> None:
    own = {path: part.description or "" for path, part in parts() if path not in {"ID", "String", "Int", "Boolean"}}
    assert [
        path for path, text in own.items() if not text[:1].isupper() and not text[:1].isdigit() and text[:1] != "`"
    ] == []


def test_a_mutation_takes_one_input() -> None:
    # It needs no input.
    for name in mutations().keys() - {"exportMe"}:
        field = mutations()[name]
        assert {argument: str(it.type) for argument, it in field.args.items()} == {
            "input": f"{capitalized(name)}Input!"
        }, name


def test_a_mutation_returns_a_union_of_its_name() -> None:
    for name in mutations():
        assert result_of(name).name == f"{capitalized(name)}Result"


def test_a_result_is_its_success_or_a_problem() -> None:
    problem = GRAPHQL.type_map["Problem"]
    for name in mutations():
        success, *problems = result_of(name).types
        assert problem not in success.interfaces, name
        assert problems, name
        assert all(problem in each.interfaces for each in problems), name


def test_every_problem_is_returned_by_a_mutation() -> None:
    problem = GRAPHQL.type_map["Problem"]
    returned = {member.name for name in mutations() for member in result_of(name).types}
    problems = {
        type_.name for type_ in own_types() if isinstance(type_, GraphQLObjectType) and problem in type_.interfaces
    }
    assert problems <= returned


def test_the_schema_has_everything_in_the_contract() -> None:
    contract, actual = definitions(CONTRACT), definitions(print_schema(schema))
    missing = {name: lines - actual.get(name, set()) for name, lines in contract.items()}
    assert {name: lines for name, lines in missing.items() if lines or name not in actual} == {}


def test_the_contract_is_parsed_correctly() -> None:
    assert definitions(CONTRACT)["Screen"] == {
        "implements Node",
        "id: ID!",
        "name: String!",
        "theater: Theater!",
        "seatCount: Int!",
    }
    assert "movie(id: ID!)" in definitions(CONTRACT)["Query"]
    assert definitions(CONTRACT)["SeatSelection"] == {"@oneOf", "seats: [String!]", "bestAvailable: BestAvailable"}
    assert "together: Boolean = true" in definitions(CONTRACT)["BestAvailable"]

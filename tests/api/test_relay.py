"""The schema follows the Relay specifications of nodes and connections."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_client_schema,
    get_introspection_query,
    get_named_type,
)

from cinema.models import Show
from tests import situations
from tests.conftest import Api

PAGING = {"first": "Int", "after": "String", "last": "Int", "before": "String"}

# Every node type at least once, through the fields that return it.
EVERYTHING = """
{
  me { __typename id }
  shows { nodes { __typename id movie { __typename id } screen { __typename id theater { __typename id } } } }
  myBookings { nodes { __typename id tickets { __typename id showSeat { __typename id } } } }
}
"""


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_client_schema(Api(Client())(get_introspection_query()).data)


def objects(schema: GraphQLSchema) -> list[GraphQLObjectType]:
    return [
        type_
        for name, type_ in schema.type_map.items()
        if isinstance(type_, GraphQLObjectType) and not name.startswith("__")
    ]


def fields(schema: GraphQLSchema) -> Iterator[tuple[str, GraphQLField]]:
    for type_ in objects(schema):
        yield from ((f"{type_.name}.{name}", field) for name, field in type_.fields.items())


def shape(type_: Any) -> dict[str, str]:
    return {name: str(field.type) for name, field in type_.fields.items()}


def node_interface(schema: GraphQLSchema) -> GraphQLInterfaceType:
    interface = schema.type_map["Node"]
    assert isinstance(interface, GraphQLInterfaceType)
    return interface


def node_types(schema: GraphQLSchema) -> set[str]:
    return {type_.name for type_ in schema.get_possible_types(node_interface(schema))}


def connections(schema: GraphQLSchema) -> list[GraphQLObjectType]:
    return [type_ for type_ in objects(schema) if type_.name.endswith("Connection")]


# ------------------------------------------------------------------ nodes


def test_types_with_an_id_are_nodes(schema: GraphQLSchema) -> None:
    assert shape(node_interface(schema)) == {"id": "ID!"}
    with_id = {type_.name for type_ in objects(schema) if "id" in type_.fields}
    assert node_types(schema) == with_id


def test_node_takes_an_id_and_is_nullable(schema: GraphQLSchema) -> None:
    assert schema.query_type is not None
    node = schema.query_type.fields["node"]
    assert str(node.type) == "Node"
    assert {name: str(argument.type) for name, argument in node.args.items()} == {"id": "ID!"}


def nodes_in(data: Any) -> set[tuple[str, str]]:
    """The type and the ID of every node in the data of a response."""
    if isinstance(data, list):
        return {node for each in data for node in nodes_in(each)}
    if isinstance(data, dict):
        own = {(data["__typename"], data["id"])} if "id" in data else set()
        return own | {node for each in data.values() for node in nodes_in(each)}
    return set()


def test_every_node_is_found_by_its_id(api: Api, schema: GraphQLSchema, show: Show) -> None:
    buyer = situations.a_user()
    situations.a_booking("A1", "A2", show=show, by=buyer)
    as_buyer = api.logged_in_as(buyer)

    nodes = nodes_in(as_buyer(EVERYTHING).data)

    assert {kind for kind, _ in nodes} == node_types(schema)
    assert len({id_ for _, id_ in nodes}) == len(nodes) == 10
    for kind, id_ in nodes:
        found = as_buyer("query ($id: ID!) { node(id: $id) { __typename id } }", id=id_).data
        assert found == {"node": {"__typename": kind, "id": id_}}


# ------------------------------------------------------------------ connections


def test_a_connection_has_edges_and_page_info(schema: GraphQLSchema) -> None:
    assert {connection.name for connection in connections(schema)} >= {"MovieConnection", "BookingConnection"}
    for connection in connections(schema):
        node = connection.name.removesuffix("Connection")
        assert shape(connection).items() >= {("edges", f"[{node}Edge!]!"), ("pageInfo", "PageInfo!")}
        assert shape(schema.type_map[f"{node}Edge"]) == {"cursor": "String!", "node": f"{node}!"}


def test_only_connections_have_edges_and_page_info(schema: GraphQLSchema) -> None:
    of_connections = {
        f"{connection.name}.{name}" for connection in connections(schema) for name in ("edges", "pageInfo")
    }
    found = {path for path, field in fields(schema) if str(get_named_type(field.type)).endswith(("Edge", "PageInfo"))}
    assert found == of_connections


def test_the_fields_of_page_info(schema: GraphQLSchema) -> None:
    assert shape(schema.type_map["PageInfo"]) == {
        "hasNextPage": "Boolean!",
        "hasPreviousPage": "Boolean!",
        "startCursor": "String",
        "endCursor": "String",
    }


def test_only_connections_take_page_arguments_in_both_directions(schema: GraphQLSchema) -> None:
    paged = {
        path: {name: str(argument.type) for name, argument in field.args.items() if name in PAGING}
        for path, field in fields(schema)
        if PAGING.keys() & field.args.keys()
    }
    of_connections = {path for path, field in fields(schema) if get_named_type(field.type).name.endswith("Connection")}
    assert paged == dict.fromkeys(of_connections, PAGING)
    assert "Movie.shows" in paged

"""Resolves and completes the value of a field. If that fails, a nullable field is null."""

from typing import Any

from graphql import GraphQLInt, GraphQLNonNull, is_leaf_type

from schema.engine.executor.completion import UNCHANGED, Select, completer
from schema.engine.executor.resolvers import Get, getter, resolver
from schema.engine.executor.run import Complete, Field, Place, Resolve, Run, ValueOf

MIN_INT, MAX_INT = -(2**31), 2**31 - 1


def value_of(field: Field, select: Select) -> ValueOf:
    """The function for `field`. It is fastest for leaves that need only the parent object, as most fields do."""
    returns = field.definition.type
    nullable = not isinstance(returns, GraphQLNonNull)
    complete = completer(returns, field, select)
    get = getter(field)
    if get is None:
        return _resolved(field, resolver(field), complete, nullable=nullable)
    leaf = returns.of_type if isinstance(returns, GraphQLNonNull) else returns
    if not is_leaf_type(leaf):
        return _resolved(field, lambda source, _, __: get(source), complete, nullable=nullable)
    if leaf is GraphQLInt:
        return _integer(field, get, complete, nullable=nullable)
    return _leaf(field, get, UNCHANGED.get(leaf), complete, nullable=nullable)


def _resolved(field: Field, resolve: Resolve, complete: Complete, *, nullable: bool) -> ValueOf:
    key, parent, nodes = field.key, field.parent.name, field.nodes

    def value(source: Any, place: Place | None, run: Run) -> Any:
        here = (place, key, parent)
        try:
            return complete(resolve(source, here, run), here, run)
        except Exception as error:  # noqa: BLE001 - any error becomes an error in the response, as in graphql-core
            run.fail(error, nodes, here, nullable=nullable)
            return None

    return value


def _leaf(field: Field, get: Get, unchanged: type | None, complete: Complete, *, nullable: bool) -> ValueOf:
    key, parent, nodes = field.key, field.parent.name, field.nodes

    def value(source: Any, place: Place | None, run: Run) -> Any:
        try:
            found = get(source)
            return found if type(found) is unchanged else complete(found, (place, key, parent), run)
        except Exception as error:  # noqa: BLE001 - as above
            run.fail(error, nodes, (place, key, parent), nullable=nullable)
            return None

    return value


def _integer(field: Field, get: Get, complete: Complete, *, nullable: bool) -> ValueOf:
    key, parent, nodes = field.key, field.parent.name, field.nodes

    def value(source: Any, place: Place | None, run: Run) -> Any:
        try:
            found = get(source)
            if type(found) is int and MIN_INT <= found <= MAX_INT:
                return found
            return complete(found, (place, key, parent), run)
        except Exception as error:  # noqa: BLE001 - as above
            run.fail(error, nodes, (place, key, parent), nullable=nullable)
            return None

    return value

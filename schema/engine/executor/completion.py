"""Completion: converts the value that a resolver returned to the value in the response.

There is one function for each position in a document. It raises the same errors as graphql-core's `complete_value`.
"""

from collections.abc import AsyncIterable, Callable
from types import GeneratorType
from typing import Any, TypeAlias

from graphql import (
    GraphQLAbstractType,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLID,
    GraphQLInterfaceType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLString,
    GraphQLUnionType,
    Undefined,
    default_type_resolver,
)
from graphql.execution.execute import invalid_return_type_error
from graphql.pyutils import inspect, is_iterable
from strawberry.execution import optimized_is_awaitable

from schema.engine.executor.run import Asynchronous, Complete, Field, Place, Run
from schema.engine.executor.selection import Selection

# Returns the fields that are selected of an object type at a position.
Select: TypeAlias = Callable[[GraphQLObjectType], Selection]
Null: TypeAlias = Callable[[], None]
# Values of exactly these classes are not converted.
UNCHANGED: dict[object, type] = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}
# The modules whose `is_type_of` depends only on the class of the value, if `strawberry.cast` is not used.
BY_CLASS = ("strawberry_django.type", "strawberry.schema.schema_converter", "schema.engine.nodes")

# Classes that are neither exceptions nor awaitable.
_ordinary: set[type] = set()


def completer(type_: GraphQLOutputType, field: Field, select: Select) -> Complete:
    """The function that completes values of `type_`."""
    refusal = None
    if isinstance(type_, GraphQLNonNull):
        refusal = f"Cannot return null for non-nullable field {field.parent.name}.{field.name}."
        type_ = type_.of_type

    def null() -> None:
        if refusal is not None:
            raise TypeError(refusal)

    if isinstance(type_, GraphQLList):
        return _list(type_, field, null, completer(type_.of_type, field, select))
    if isinstance(type_, GraphQLObjectType):
        return _object(type_, field, null, select)
    if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
        return _abstract(type_, field, null, select)
    assert isinstance(type_, GraphQLScalarType | GraphQLEnumType)
    return _leaf(type_, null)


def check(value: Any) -> None:
    """Raise `value` if it is an exception, and `Asynchronous` if it must be awaited."""
    if type(value) in _ordinary:
        return
    refuse_awaitable(value)
    if isinstance(value, Exception):
        raise value
    # Only some generators are awaitable.
    if not isinstance(value, GeneratorType):
        _ordinary.add(type(value))


def refuse_awaitable(value: Any) -> None:
    if optimized_is_awaitable(value):
        raise Asynchronous


def _list(type_: GraphQLList[Any], field: Field, null: Null, complete_item: Complete) -> Complete:
    nodes, nullable = field.nodes, not isinstance(type_.of_type, GraphQLNonNull)
    refusal = f"Expected Iterable, but did not find one for field '{field.parent.name}.{field.name}'."

    def complete(value: Any, place: Place, run: Run) -> list[Any] | None:
        if type(value) is not list:
            check(value)
            if value is None or value is Undefined:
                null()
                return None
            if not is_iterable(value):
                if isinstance(value, AsyncIterable):
                    raise Asynchronous
                raise GraphQLError(refusal)
        items: list[Any] = []
        for index, item in enumerate(value):
            here = (place, index, None)
            try:
                items.append(complete_item(item, here, run))
            except Exception as error:  # noqa: BLE001 - any error becomes an error in the response, as in graphql-core
                run.fail(error, nodes, here, nullable=nullable)
                items.append(None)
        return items

    return complete


def _leaf(type_: GraphQLLeafType, null: Null) -> Complete:
    serialize, unchanged = type_.serialize, UNCHANGED.get(type_)
    # The names of enum values, by class and value. Only valid values are added, so there are few.
    names: dict[type, dict[Any, str]] = {}
    if isinstance(type_, GraphQLEnumType):
        names = {str: {}, getattr(type_, "wrapped_cls", str): {}}

    def complete(value: Any, _: Place, __: Run) -> Any:
        kind = type(value)
        if kind is unchanged:
            return value
        known = names.get(kind)
        if known is not None and value in known:
            return known[value]
        check(value)
        if value is None or value is Undefined:
            null()
            return None
        serialized = serialize(value)
        if serialized is Undefined or serialized is None:
            raise TypeError(
                f"Expected `{inspect(type_)}.serialize({inspect(value)})`"
                f" to return non-nullable value, returned: {inspect(serialized)}"
            )
        if known is not None:
            known[value] = serialized
        return serialized

    return complete


def _object(type_: GraphQLObjectType, field: Field, null: Null, select: Select) -> Complete:
    selection, is_type_of = select(type_), type_.is_type_of
    execute = selection.execute
    by_class = is_type_of is None or getattr(is_type_of, "__module__", None) in BY_CLASS
    accepted: set[type] = set()

    def complete(value: Any, place: Place, run: Run) -> dict[str, Any] | None:
        if type(value) in accepted:
            return execute(value, place, run)
        check(value)
        if value is None or value is Undefined:
            null()
            return None
        # Called before the check of the type, because graphql-core reports errors in this order.
        selection.fields()
        if is_type_of is not None:
            is_one = is_type_of(value, run.info(field, place))
            refuse_awaitable(is_one)
            if not is_one:
                raise invalid_return_type_error(type_, value, field.nodes)
        if by_class:
            accepted.add(type(value))
        return execute(value, place, run)

    return complete


def _abstract(type_: GraphQLAbstractType, field: Field, null: Null, select: Select) -> Complete:
    resolve_type = type_.resolve_type or default_type_resolver
    # The completers by the name of the type.
    completers: dict[object, Complete] = {}

    def complete(value: Any, place: Place, run: Run) -> dict[str, Any] | None:
        check(value)
        if value is None or value is Undefined:
            null()
            return None
        info = run.info(field, place)
        name = resolve_type(value, info, type_)
        refuse_awaitable(name)
        runtime_type = run.core.ensure_valid_runtime_type(name, type_, field.nodes, info, value)
        if name not in completers:
            completers[name] = _object(runtime_type, field, null, select)
        completed: dict[str, Any] = completers[name](value, place, run)
        return completed

    return complete

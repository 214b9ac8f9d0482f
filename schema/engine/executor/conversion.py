"""Converts the values of arguments to what resolvers take.

The results equal those of Strawberry's `convert_arguments`, which looks up the names and types again for each value.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias

from strawberry.relay import GlobalID
from strawberry.scalars import is_scalar
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryMaybe, StrawberryOptional, has_object_definition
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.maybe import Some
from strawberry.types.unset import UNSET

Convert: TypeAlias = Callable[[Any], Any]
# Of arguments or of the fields of an input type: the name in GraphQL, the name in Python, and the conversion.
_Named: TypeAlias = list[tuple[str, str, Convert]]


def conversion(declared: StrawberryField, converter: GraphQLCoreConverter) -> Callable[[Mapping[str, Any]], Any]:
    """The function that converts the arguments of a field, by their names in GraphQL, to keyword arguments."""
    names = converter.config.name_converter
    return partial(
        _converted,
        [(names.from_argument(each), each.python_name, _of_type(each.type, converter)) for each in declared.arguments],
    )


def _converted(named: _Named, values: Mapping[str, Any]) -> dict[str, Any]:
    return {python: convert(values[graphql]) for graphql, python, convert in named if graphql in values}


def _of_type(type_: Any, converter: GraphQLCoreConverter) -> Convert:
    if isinstance(type_, StrawberryMaybe):
        return _of_maybe(type_, converter)
    if isinstance(type_, StrawberryOptional):
        return _of_type(type_.of_type, converter)
    if has_object_definition(type_):
        return _of_input(type_, converter)
    is_leaf = isinstance(type_, StrawberryEnumDefinition) or is_scalar(type_, converter.scalar_registry)
    # graphql-core has already parsed values of leaf types.
    if is_leaf and type_ is not GlobalID:
        return lambda value: value
    return _by_strawberry(type_, converter)


def _by_strawberry(type_: Any, converter: GraphQLCoreConverter) -> Convert:
    return lambda value: convert_argument(value, type_, converter.scalar_registry, converter.config)


def _of_maybe(type_: StrawberryMaybe, converter: GraphQLCoreConverter) -> Convert:
    refuse_null = None if isinstance(type_.of_type, StrawberryOptional) else _by_strawberry(type_, converter)
    convert = _of_type(type_.of_type, converter)
    return lambda value: refuse_null(value) if refuse_null and value is None else Some(convert(value))


def _of_input(type_: Any, converter: GraphQLCoreConverter) -> Convert:
    names, definition = converter.config.name_converter, type_.__strawberry_definition__
    named: _Named = []

    def convert(value: Any) -> Any:
        if value is None or value is UNSET:
            return value
        if not named:
            # Not before the first value, because an input type can contain itself.
            types = [(each, each.resolve_type(type_definition=definition)) for each in definition.fields]
            named[:] = [(names.from_field(each), each.python_name, _of_type(of, converter)) for each, of in types]
        return type_(**_converted(named, value))

    return convert

"""The keyword arguments of resolvers."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from graphql import ListValueNode, ObjectValueNode, ValueNode, VariableNode
from graphql.execution.values import get_argument_values
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField
from strawberry.types.unset import UnsetType

from schema.engine.executor.conversion import conversion
from schema.engine.executor.run import Field, Run

IMMUTABLE = (str, int, float, bool, type(None), date, time, timedelta, Decimal, Enum, UUID, UnsetType)


def arguments(
    field: Field, declared: StrawberryField, converter: GraphQLCoreConverter
) -> Callable[[Run], dict[str, Any]]:
    """The function that returns the arguments of a Strawberry resolver. The caller must not change them.

    Constant arguments are converted once for all executions. Arguments with variables are converted once for each
    execution. Mutable values are converted for each call.
    """
    convert = conversion(declared, converter)
    constant = not any(_has_variable(argument.value) for argument in field.nodes[0].arguments)
    kept: dict[str, Any] | None = None

    def of_run(run: Run) -> dict[str, Any]:
        nonlocal kept
        known = kept if constant else run.arguments.get(field)
        if known is not None:
            return known
        converted = convert(get_argument_values(field.definition, field.nodes[0], run.variables))
        if all(isinstance(value, IMMUTABLE) for value in converted.values()):
            if constant:
                kept = converted
            else:
                run.arguments[field] = converted
        return converted

    return of_run


def _has_variable(node: ValueNode) -> bool:
    if isinstance(node, ListValueNode):
        return any(_has_variable(each) for each in node.values)
    if isinstance(node, ObjectValueNode):
        return any(_has_variable(each.value) for each in node.fields)
    return isinstance(node, VariableNode)

"""The plan of an operation. It is made once and executed for every request."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    DirectiveNode,
    ExecutionContext,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    VariableNode,
    default_field_resolver,
    default_type_resolver,
    type_from_ast,
)
from graphql.execution.collect_fields import collect_fields, collect_sub_fields
from graphql.execution.execute import CollectedErrors, get_field_def
from graphql.execution.values import get_variable_values

from schema.engine.executor.completion import UNCHANGED
from schema.engine.executor.fields import value_of
from schema.engine.executor.run import Asynchronous, Field, Run, ValueOf
from schema.engine.executor.selection import Selection

# An operation is planned for each combination of the variables in `@skip` and `@include`. The plans are deleted when
# they have more fields than this. A planned field takes about 3 kB.
MAX_PLANNED_FIELDS = 1_000
# The same number as in graphql-core.
MAX_VARIABLE_ERRORS = 50


class Plan:
    """The plan of an operation in a valid document. Its results equal those of graphql-core."""

    def __init__(
        self, schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
    ) -> None:
        self.schema, self.operation, self.fragments = schema, operation, dict(fragments)
        self._core = ExecutionContext(
            schema=schema,
            fragments=self.fragments,
            root_value=None,
            context_value=None,
            operation=operation,
            variable_values={},
            field_resolver=default_field_resolver,
            type_resolver=default_type_resolver,
            subscribe_field_resolver=default_field_resolver,
            collected_errors=CollectedErrors(),
            middleware_manager=None,
            is_awaitable=None,
        )
        self._conditions = sorted(_variables_of_conditions([operation, *fragments.values()]))
        self._variants: dict[tuple[object, ...], _Planner] = {}
        self._unchanged_types = _unchanged_types(schema, operation)

    def execute(
        self,
        *,
        variables: dict[str, Any] | None = None,
        root_value: object = None,
        context: object = None,
        hide_suggestions: bool = False,
    ) -> ExecutionResult:
        """Execute the operation. Raises `RuntimeError` if a resolver is asynchronous."""
        coerced: Any = self._unchanged(variables or {})
        if coerced is None:
            coerced = get_variable_values(
                self.schema,
                self.operation.variable_definitions or (),
                variables or {},
                max_errors=MAX_VARIABLE_ERRORS,
                hide_suggestions=hide_suggestions,
            )
        if isinstance(coerced, list):
            return ExecutionResult(None, coerced)
        run = Run(self._core, coerced, root_value, context)
        data = None
        try:
            data = self._root(coerced).execute(root_value, None, run)
        except GraphQLError as error:
            run.errors.append(error)
        except Asynchronous:
            raise RuntimeError("GraphQL execution failed to complete synchronously.") from None
        return self._core.build_response(data, run.errors)

    def _unchanged(self, variables: dict[str, Any]) -> dict[str, Any] | None:
        """The values of the variables, if all have values that graphql-core would not change."""
        values = {name: variables.get(name) for name in self._unchanged_types}
        kinds = list(map(type, values.values()))
        return values if kinds == list(self._unchanged_types.values()) else None

    def _root(self, variables: dict[str, Any]) -> Selection:
        """The selection of the root type, for these values of the variables in `@skip` and `@include`."""
        variant = tuple(variables.get(name, _Missing) for name in self._conditions)
        planner = self._variants.get(variant)
        if planner is None:
            if sum(1 + each.planned for each in self._variants.values()) > MAX_PLANNED_FIELDS:
                self._variants.clear()
            conditions = {name: variables[name] for name in self._conditions if name in variables}
            planner = self._variants[variant] = _Planner(self._core, conditions)
        return planner.root


class _Missing:
    """Stands for a variable without a value."""


class _Planner:
    """Plans selections, for one combination of values of the variables in `@skip` and `@include`."""

    def __init__(self, core: ExecutionContext, conditions: dict[str, Any]) -> None:
        self._core = core
        self._conditions = conditions
        # The number of planned fields.
        self.planned = 0
        self.root = self._root()

    def _root(self) -> Selection:
        schema, operation = self._core.schema, self._core.operation
        type_ = schema.get_root_type(operation.operation)
        if type_ is None:
            message = f"Schema is not configured to execute {operation.operation.value} operation."
            raise GraphQLError(message, operation)
        return Selection(
            lambda: self._planned(
                type_, collect_fields(schema, self._core.fragments, self._conditions, type_, operation.selection_set)
            )
        )

    def _below(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> Selection:
        """The selection of `type_` in `nodes`, which together are one field of the response."""
        schema, fragments = self._core.schema, self._core.fragments
        return Selection(
            lambda: self._planned(type_, collect_sub_fields(schema, fragments, self._conditions, type_, nodes))
        )

    def _planned(self, type_: GraphQLObjectType, collected: dict[str, list[FieldNode]]) -> list[tuple[str, ValueOf]]:
        fields = [
            (key, self._value_of(Field(self._core.schema, key, nodes, type_, definition)))
            for key, nodes in collected.items()
            if (definition := get_field_def(self._core.schema, type_, nodes[0]))
        ]
        self.planned += len(fields)
        return fields

    def _value_of(self, field: Field) -> ValueOf:
        return value_of(field, lambda type_: self._below(type_, field.nodes))


def _unchanged_types(schema: GraphQLSchema, operation: OperationDefinitionNode) -> dict[str, type | None]:
    """Of each variable, the class of the values that are not changed. None if its type has no such class."""
    found = {}
    for definition in operation.variable_definitions or ():
        type_ = type_from_ast(schema, definition.type)
        nullable = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        found[definition.variable.name.value] = UNCHANGED.get(nullable)
    return found


def _variables_of_conditions(definitions: list[Any]) -> set[str]:
    """The names of the variables in `@skip` and `@include` anywhere in the document."""
    found = set()
    pending: list[Node] = list(definitions)
    while pending:
        node = pending.pop()
        if isinstance(node, DirectiveNode) and node.name.value in ("skip", "include"):
            found |= {each.value.name.value for each in node.arguments if isinstance(each.value, VariableNode)}
        for key in node.keys:
            child = getattr(node, key, None)
            children = child if isinstance(child, list | tuple) else [child]
            pending += [each for each in children if isinstance(each, Node)]
    return found

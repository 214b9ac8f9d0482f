"""Executes documents with the planned executor and with graphql-core, and compares the results."""

import json
from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    execute,
)
from strawberry.execution import optimized_is_awaitable

from schema.engine.executor.plan import Plan


def plan_of(schema: GraphQLSchema, document: DocumentNode) -> Plan:
    """The plan of the only operation of a document."""
    (operation,) = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    return Plan(schema, operation, fragments)


def by_core(
    schema: GraphQLSchema,
    document: DocumentNode,
    *,
    variables: Mapping[str, Any] | None = None,
    root_value: object = None,
    context: object = None,
    hide_suggestions: bool = True,
) -> ExecutionResult:
    """Execute the document with graphql-core."""
    result = execute(
        schema,
        document,
        root_value=root_value,
        context_value=context,
        variable_values=dict(variables or {}),
        is_awaitable=optimized_is_awaitable,
        hide_suggestions=hide_suggestions,
    )
    assert isinstance(result, ExecutionResult)
    return result


def written(result: ExecutionResult) -> str:
    """All of a result: the JSON of the response, in the order of its keys, and the cause of each error."""
    causes = [_cause(error) for error in result.errors or []]
    return json.dumps({**result.formatted, "causes": causes}, indent=1, default=repr)


def _cause(error: GraphQLError) -> list[object]:
    cause = error.original_error
    nodes = [node.loc and (node.loc.start, node.loc.end) for node in error.nodes or []]
    return [type(cause).__name__, str(cause), error.positions, nodes, getattr(cause, "path", None)]


def assert_same(
    schema: GraphQLSchema,
    document: DocumentNode,
    *,
    variables: Mapping[str, Any] | None = None,
    root_value: object = None,
    plan: Plan | None = None,
) -> ExecutionResult:
    """Execute a document without side effects in both ways, the planned one twice. Returns the result."""
    plan = plan or plan_of(schema, document)
    expected = written(by_core(schema, document, variables=variables, root_value=root_value))
    for _ in range(2):
        result = plan.execute(variables=dict(variables or {}), root_value=root_value, hide_suggestions=True)
        assert written(result) == expected
    return result

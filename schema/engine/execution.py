"""Builds the schema, and executes queries and mutations."""

import time
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from django.conf import settings
from graphql import DocumentNode, ExecutionResult, GraphQLError, OperationDefinitionNode, OperationType
from strawberry.schema.config import StrawberryConfig

from cinema.core.database_errors import is_outage
from cinema.runtime import outages, tracing
from schema.engine import documents, measurement, problems, text_validation
from schema.engine.context import Context
from schema.engine.costs import WHICH_OPERATION
from schema.engine.errors import as_execution_error, as_validation_error, log_server_errors
from schema.engine.http.requests import GraphQLRequest
from schema.engine.limits import MAX_INT
from schema.engine.problems import ProblemHandler
from schema.engine.scalars import SCALARS
from schema.engine.slices import Slice, extend_types, mutation_type, query_type, subscription_type


@dataclass
class NotAllowed(Exception):
    """An operation of this type cannot be executed here."""

    operation_type: OperationType


def problem_handlers(slices: Sequence[Slice]) -> list[ProblemHandler]:
    return [*problems.PROBLEM_HANDLERS, *(handler for each in slices for handler in each.problems)]


def build_schema(slices: Sequence[Slice]) -> strawberry.Schema:
    """Build one schema from the slices.

    Use `execute` for its operations. Strawberry's own methods check no limits, and neither mask errors nor add codes.
    """
    extend_types(slices)
    return strawberry.Schema(
        query=query_type(slices),
        mutation=mutation_type(slices),
        subscription=subscription_type(slices),
        exception_handlers=problem_handlers(slices),
        config=StrawberryConfig(scalar_map=SCALARS),
    )


def execute(
    schema: strawberry.Schema, request: GraphQLRequest, context: Context, *, allowed: Container[OperationType]
) -> ExecutionResult:
    """Execute a request. Errors in the result have codes.

    Raises `NotAllowed` if the type of the operation is not in `allowed`.
    """
    begun_at = time.perf_counter()
    with tracing.span("GraphQL") as span:
        result = _execute(schema, request, context, allowed=allowed)
        outcome = measurement.record(result, context, seconds=time.perf_counter() - begun_at)
        if span is not None:
            measurement.describe(span, context, outcome)
    return result


def _execute(
    schema: strawberry.Schema, request: GraphQLRequest, context: Context, *, allowed: Container[OperationType]
) -> ExecutionResult:
    try:
        document = documents.read(request, schema._schema)  # noqa: SLF001 - Strawberry has no public API for it
        operation = document.operation(request.operation_name)
        operation.check(request.variables or {})
    except documents.Invalid as error:
        return _refused(error, request.operation_name, allowed)
    except Exception as error:  # noqa: BLE001 - internal errors are masked
        return _failed(error, request.operation_name)
    if operation.node.operation not in allowed:
        raise NotAllowed(operation.node.operation)
    context.operation = operation.node
    context.root_field = operation.root_field
    name = operation.node.name.value if operation.node.name else None
    statements = outages.StatementWatch()
    try:
        text_validation.check(request.variables)
        with statements.watching():
            result = _run(operation, request, context)
    except GraphQLError as error:
        return ExecutionResult(None, [as_execution_error(error)])
    except Exception as error:  # noqa: BLE001 - as above
        return _failed(error, name)
    if result.errors:
        log_server_errors(result.errors, name)
        # Without data, such as for a list variable with many invalid items, the first errors are sufficient.
        errors = result.errors[: documents.MAX_ERRORS] if result.data is None else result.errors
        result.errors = [as_execution_error(error) for error in errors]
    else:
        statements.call_succeeded()
    return result


def _run(operation: documents.PreparedOperation, request: GraphQLRequest, context: Context) -> ExecutionResult:
    """The result of the operation. If a replica fails, it is executed again with the primary database."""

    def run() -> ExecutionResult:
        return operation.plan.execute(variables=request.variables, context=context, hide_suggestions=not settings.DEBUG)

    result = run()
    causes = [error.original_error for error in result.errors or []] if context.replica else []
    if any(cause is not None and is_outage(cause) for cause in causes):
        context.give_up_replica()
        return run()
    return result


def is_live(schema: strawberry.Schema, request: GraphQLRequest) -> bool:
    """Whether the operation of a request that was executed selects a live field (see `schema.engine.costs.LIVE`)."""
    try:
        document = documents.read(request, schema._schema)  # noqa: SLF001 - as above
    except GraphQLError:
        # Its text was deleted in the meantime (see `schema.engine.persisted`).
        return True
    return document.operation(request.operation_name).is_live


def cost_extension(schema: strawberry.Schema, request: GraphQLRequest) -> dict[str, Any] | None:
    """The `extensions` of a response with the cost of the operation and its limit. None for an invalid document."""
    try:
        document = documents.read(request, schema._schema)  # noqa: SLF001 - as above
        cost = document.operation(request.operation_name).cost(request.variables or {})
    except (documents.Invalid, GraphQLError):
        return None
    return {"cost": {"cost": min(cost, MAX_INT), "limit": settings.QUERY_LIMITS["cost"]}}


def _refused(error: documents.Invalid, name: str | None, allowed: Container[OperationType]) -> ExecutionResult:
    """The result for a document that is not valid."""
    operation = _named(error.document, name)
    if operation is None:
        return ExecutionResult(None, [GraphQLError(WHICH_OPERATION, extensions={"code": "BAD_USER_INPUT"})])
    if operation.operation not in allowed:
        raise NotAllowed(operation.operation)
    return ExecutionResult(None, [as_validation_error(each) for each in error.errors])


def _named(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    """The operation of this name, or the first one. The document need not be valid."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    return next((each for each in operations if name is None or (each.name and each.name.value == name)), None)


def _failed(error: Exception, name: str | None) -> ExecutionResult:
    """The result without data."""
    failure = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
    log_server_errors([failure], name)
    return ExecutionResult(None, [failure])

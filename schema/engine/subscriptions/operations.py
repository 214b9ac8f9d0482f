"""Runs a subscription: from a request to a stream of JSON texts, independent of the transport."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from typing import Any, cast

import strawberry
from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    OperationType,
    VariableNode,
    create_source_event_stream,
)

from cinema.runtime import metrics
from schema.engine import documents, text_validation
from schema.engine.documents import Document, PreparedOperation
from schema.engine.errors import as_execution_error, as_validation_error, format_error, log_server_errors
from schema.engine.http.requests import GraphQLRequest
from schema.engine.subscriptions import worker_pool
from schema.engine.subscriptions.events import SharedEvent
from schema.engine.subscriptions.execution import Subscription, execute_shared

ONLY_SUBSCRIPTIONS = "Only subscriptions are supported here. Send queries and mutations over HTTP to the same address."
NO_DIRECTIVES = "The field of a subscription cannot have directives."


class SubscriptionFailed(Exception):
    """The subscription has ended with errors. `errors` has them in the format of a response."""

    def __init__(self, errors: Iterable[GraphQLError]) -> None:
        self.errors = [format_error(error) for error in errors]


async def stream(
    schema: strawberry.Schema,
    request: GraphQLRequest,
    context: object,
    *,
    client_key: str,
    result_lock: asyncio.Lock,
) -> AsyncGenerator[str, None]:
    """Yield the result of each event, as JSON. Raises `SubscriptionFailed`.

    The stream holds `result_lock` from before it executes an event until the next result is requested. All streams of a
    connection share one lock, so a client that does not read uses the memory of only one result.
    """
    graphql_schema = schema._schema  # noqa: SLF001 - Strawberry has no public API for it
    metrics.recorder.subscriptions(1)
    try:
        subscription = await worker_pool.run(lambda: prepare(graphql_schema, request), client_key=client_key)
        async with aclosing(await _events(subscription, context)) as events:
            async for event in events:
                async with result_lock:
                    yield await execute_shared(subscription, event, client_key=client_key)
                    metrics.recorder.subscription_result()
                    # Frees the event and its result, because the next event may never arrive.
                    del event
    except SubscriptionFailed:
        raise
    except Exception as error:
        failure = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
        log_server_errors([failure])
        raise SubscriptionFailed([as_execution_error(failure)]) from error
    finally:
        metrics.recorder.subscriptions(-1)


def prepare(schema: GraphQLSchema, request: GraphQLRequest) -> Subscription:
    """Parse and check the subscription in a request.

    Raises `SubscriptionFailed` if the document is not valid, and a `GraphQLError` if the operation is not allowed.
    """
    try:
        document = documents.read(request, schema)
    except documents.Invalid as error:
        raise SubscriptionFailed([as_validation_error(each) for each in error.errors]) from error
    variables = request.variables or {}
    operation = document.operation(request.operation_name)
    _check(operation, variables)
    text_validation.check(variables)
    return Subscription(
        schema, document.node, operation.plan, request, result_key=_result_key(schema, operation, document, request)
    )


def _check(operation: PreparedOperation, variables: dict[str, Any]) -> None:
    """Raise a `GraphQLError` if the operation is not allowed."""
    if operation.node.operation is not OperationType.SUBSCRIPTION:
        raise GraphQLError(ONLY_SUBSCRIPTIONS, extensions={"code": "BAD_USER_INPUT"})
    if any(selection.directives for selection in operation.node.selection_set.selections):
        raise GraphQLError(NO_DIRECTIVES, extensions={"code": "BAD_USER_INPUT"})
    operation.check(variables)


def _result_key(
    schema: GraphQLSchema, operation: PreparedOperation, document: Document, request: GraphQLRequest
) -> object:
    """Everything except the event that the result depends on.

    The arguments of the root field select the events. The result does not depend on them.
    """
    root_arguments = [
        argument
        for field in operation.node.selection_set.selections
        if isinstance(field, FieldNode)
        for argument in field.arguments
    ]
    used = {
        name for definition in document.node.definitions for name in _variables_in(definition, besides=root_arguments)
    }
    variables = {name: value for name, value in (request.variables or {}).items() if name in used}
    return schema, document.text, request.operation_name, json.dumps(variables, sort_keys=True)


def _variables_in(node: Node, *, besides: Iterable[Node]) -> Iterator[str]:
    """The names of the variables that are used below `node`, except in `besides`."""
    skipped = {id(each) for each in besides}
    pending = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, VariableNode):
            yield current.name.value
        elif id(current) not in skipped:
            children = (getattr(current, key) for key in current.keys if key != "variable_definitions")
            for child in children:
                pending += child if isinstance(child, tuple) else [child] if isinstance(child, Node) else []


async def _events(subscription: Subscription, context: object) -> AsyncGenerator[SharedEvent, None]:
    """The events of the subscription. Raises `SubscriptionFailed` for invalid arguments, and any error of the field."""
    source = await create_source_event_stream(
        subscription.schema,
        subscription.document,
        context_value=context,
        variable_values=subscription.request.variables,
        operation_name=subscription.request.operation_name,
    )
    if isinstance(source, ExecutionResult):
        raise SubscriptionFailed([as_execution_error(error) for error in source.errors or []])
    return cast("AsyncGenerator[SharedEvent, None]", source)

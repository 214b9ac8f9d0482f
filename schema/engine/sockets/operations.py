"""A subscription, from its document to the texts that are sent.

What many subscribers are shown alike is worked out once for all of them.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, cast
from weakref import WeakKeyDictionary

from django.conf import settings
from graphql import DocumentNode, ExecutionResult, GraphQLError, OperationType, create_source_event_stream, execute

from cinema.booking.seat_maps import ChangedSeats
from schema.engine import documents, text_validation
from schema.engine.context import SocketContext
from schema.engine.costs import Operation
from schema.engine.errors import coded, formatted, invalid, log_unforeseen
from schema.engine.http.requests import GraphQLRequest
from schema.engine.limits import too_complex
from schema.engine.sockets import worker_pool
from schema.realtime.types import ViewerChanges
from schema.root import schema

BY_HTTP = "Queries and mutations go by HTTP to the same address; a socket is for subscriptions."
UNCONDITIONAL = "What is watched cannot be left out: no directives on it."
SAMPLE = 10
# Of more seats it takes longer than others should wait for.
MOST_AT_ONCE = 200

_graphql = schema._schema  # noqa: SLF001 - Strawberry has no other way to its graphql-core schema


@dataclass
class _Text:
    """Being worked out, or done, for so many who wait for it."""

    task: asyncio.Task[str]
    wanted: int = 0


# As long as anybody is about to be told of them.
_texts: WeakKeyDictionary[ChangedSeats, dict[object, _Text]] = WeakKeyDictionary()


class Failed(Exception):
    """The operation cannot go on; what a client is told of why."""

    def __init__(self, errors: Iterable[GraphQLError]) -> None:
        self.errors = [formatted(error) for error in errors]


@dataclass(frozen=True)
class Subscription:
    """One that is valid and within the limits."""

    request: GraphQLRequest
    document: DocumentNode

    @property
    def form(self) -> object:
        """What decides how it is told of something: also variables that leave fields out, which are booleans."""
        variables = (self.request.variables or {}).items()
        switches = [(name, value) for name, value in variables if isinstance(value, bool | None)]
        return self.request.query, self.request.operation_name, tuple(switches)


async def answers(
    request: GraphQLRequest, context: SocketContext, *, whose: str, turn: asyncio.Lock
) -> AsyncGenerator[str, None]:
    """The payload of each answer, in JSON. Raises `Failed`.

    It has its `turn` from when an answer is worked out until the next one is asked for: of a house they are large, and
    a client may have many subscriptions and not read.
    """
    subscription = await worker_pool.run(lambda: prepared(request), client_key=whose)
    try:
        async with aclosing(await _sights(subscription, context)) as sights:
            async for sight in sights:
                async with turn:
                    yield await _text(sight, subscription, whose=whose)
                    del sight
    except Failed:
        raise
    except Exception as error:
        found = GraphQLError(str(error), original_error=error)
        log_unforeseen([found], None)
        raise Failed([coded(found)]) from error


def prepared(request: GraphQLRequest) -> Subscription:
    """Raises `Failed` for anything but a subscription that may run."""
    try:
        document, errors = documents.read(request.query, _graphql)
        if not errors:
            _check(document, request)
    except GraphQLError as error:
        raise Failed([coded(error)]) from error
    if errors:
        raise Failed([invalid(error) for error in errors])
    return Subscription(request, document)


def _check(document: DocumentNode, request: GraphQLRequest) -> None:
    """Raises a `GraphQLError`."""
    variables = request.variables or {}
    operation = Operation.of(document, _graphql, name=request.operation_name, variables=variables)
    if operation.node.operation is not OperationType.SUBSCRIPTION:
        raise GraphQLError(BY_HTTP, extensions={"code": "BAD_USER_INPUT"})
    if any(selection.directives for selection in operation.node.selection_set.selections):
        raise GraphQLError(UNCONDITIONAL, extensions={"code": "BAD_USER_INPUT"})
    documents.check(operation)
    text_validation.check(variables)


async def _sights(subscription: Subscription, context: SocketContext) -> AsyncGenerator[ViewerChanges, None]:
    """Raises `Failed` when an argument is not of its type."""
    source = await create_source_event_stream(
        _graphql,
        subscription.document,
        context_value=context,
        variable_values=subscription.request.variables,
        operation_name=subscription.request.operation_name,
    )
    if isinstance(source, ExecutionResult):
        raise Failed([coded(error) for error in source.errors or []])
    return cast("AsyncGenerator[ViewerChanges, None]", source)


async def _text(sight: ViewerChanges, subscription: Subscription, *, whose: str) -> str:
    found = _texts.setdefault(sight.changes, {})
    form = sight.viewer, subscription.form
    if form not in found:
        found[form] = _Text(asyncio.ensure_future(_worked_out(sight, subscription, whose=whose)))
    text = found[form]
    text.wanted += 1
    try:
        # Others may wait for it as well.
        return await asyncio.shield(text.task)
    finally:
        text.wanted -= 1
        if not text.wanted and not text.task.done():
            text.task.cancel()
            del found[form]


async def _worked_out(sight: ViewerChanges, subscription: Subscription, *, whose: str) -> str:
    if len(sight.changes.seats) > MOST_AT_ONCE:
        return await worker_pool.run(lambda: _executed(sight, subscription), client_key=whose)
    return _executed(sight, subscription)


def _executed(sight: ViewerChanges, subscription: Subscription) -> str:
    """Raises `Failed` when the answer is larger than any may be."""
    seats = sight.changes.seats
    if len(seats) > MOST_AT_ONCE:
        # By a few of them: to work all of it out may take more memory than there is.
        few = ViewerChanges(ChangedSeats(sight.changes.read_at, seats[:SAMPLE]), sight.viewer)
        _check_size(len(_json(few, subscription)) * len(seats) // SAMPLE // 2)
    text = _json(sight, subscription)
    _check_size(len(text))
    return text


def _check_size(size: int) -> None:
    if size > settings.MAX_ANSWER_BYTES:
        raise Failed([too_complex("answerBytes", limit=settings.MAX_ANSWER_BYTES, actual=size)])


def _json(sight: ViewerChanges, subscription: Subscription) -> str:
    result = execute(
        _graphql,
        subscription.document,
        root_value=sight.to_graphql(),
        variable_values=subscription.request.variables,
        operation_name=subscription.request.operation_name,
    )
    assert isinstance(result, ExecutionResult)
    payload: dict[str, Any] = {"data": result.data}
    if result.errors:
        log_unforeseen(result.errors, None)
        payload["errors"] = [formatted(coded(error)) for error in result.errors]
    return json.dumps(payload, separators=(",", ":"))

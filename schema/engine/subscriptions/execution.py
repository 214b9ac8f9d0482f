"""Executes a subscription for one event. Subscribers that get the same result share one execution."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from graphql import DocumentNode, GraphQLSchema

from schema.engine.errors import as_execution_error, format_error, log_server_errors
from schema.engine.executor.plan import Plan
from schema.engine.http.requests import GraphQLRequest
from schema.engine.limits import too_complex
from schema.engine.subscriptions import worker_pool
from schema.engine.subscriptions.events import SharedEvent

# Events with more items are executed in a thread, because they would block the event loop for too long.
MAX_ITEMS_IN_LOOP = 200
# The number of items that are executed first, to estimate the size of the result.
SAMPLE_ITEMS = 10


@dataclass(frozen=True)
class Subscription:
    """A valid subscription within the limits."""

    schema: GraphQLSchema
    document: DocumentNode
    plan: Plan
    request: GraphQLRequest
    # Subscriptions with the same key have the same result for the same value of their field.
    result_key: object


@dataclass
class _SharedResult:
    task: asyncio.Task[str]
    waiting: int = 0


# The results by the key of the event.
_results: WeakKeyDictionary[object, dict[object, _SharedResult]] = WeakKeyDictionary()


async def execute_shared(subscription: Subscription, event: SharedEvent, *, client_key: str) -> str:
    """The payload of a `next` message, as JSON. Raises a `GraphQLError` if it is too large.

    An execution is cancelled when no subscriber waits for it any longer.
    """
    results = _results.setdefault(event.key, {})
    result_key = event.viewer_key, subscription.result_key
    if result_key not in results:
        task = asyncio.ensure_future(_execute(subscription, event, client_key=client_key))
        results[result_key] = _SharedResult(task)
    result = results[result_key]
    result.waiting += 1
    try:
        # Other subscribers may wait for the same task.
        return await asyncio.shield(result.task)
    finally:
        result.waiting -= 1
        if not result.waiting and not result.task.done():
            result.task.cancel()
            del results[result_key]


async def _execute(subscription: Subscription, event: SharedEvent, *, client_key: str) -> str:
    if event.uses_database:
        return await worker_pool.run_with_database(lambda: execute(subscription, event), client_key=client_key)
    if event.weight > MAX_ITEMS_IN_LOOP:
        return await worker_pool.run(lambda: execute(subscription, event), client_key=client_key)
    return execute(subscription, event)


def execute(subscription: Subscription, event: SharedEvent) -> str:
    if event.weight > MAX_ITEMS_IN_LOOP:
        return execute_large(subscription, event)
    return _checked(_json(subscription, event))


def execute_large(subscription: Subscription, event: SharedEvent) -> str:
    """Execute a large event. A result that is too large is not computed completely: it may not fit into memory."""
    sample = _json(subscription, event, max_items=SAMPLE_ITEMS)
    # Items differ, so a result is refused only when the estimate is twice the maximum.
    _check_size(len(sample) * event.weight // SAMPLE_ITEMS // 2)
    return _checked(_json(subscription, event))


def _checked(text: str) -> str:
    _check_size(len(text))
    return text


def _check_size(size: int) -> None:
    if size > settings.MAX_ANSWER_BYTES:
        raise too_complex("answerBytes", limit=settings.MAX_ANSWER_BYTES, actual=size)


def _json(subscription: Subscription, event: SharedEvent, *, max_items: int | None = None) -> str:
    result = subscription.plan.execute(
        variables=subscription.request.variables, root_value=event.render(max_items), context=event.context
    )
    if event.uses_database and result.data is None and result.errors:
        # For example, the database cannot be reached. The next event would not repeat what this one contains, so the
        # client must subscribe again, with its last cursor.
        raise result.errors[0]
    payload: dict[str, Any] = {"data": result.data}
    if result.errors:
        log_server_errors(result.errors)
        payload["errors"] = [format_error(as_execution_error(error)) for error in result.errors]
    return json.dumps(payload, separators=(",", ":"))

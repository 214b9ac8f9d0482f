"""Measures executed operations, by root field and outcome, and describes them in traces."""

from typing import TYPE_CHECKING

from graphql import ExecutionResult

from cinema.runtime import metrics
from schema.engine.context import Context

if TYPE_CHECKING:
    from opentelemetry.trace import Span

MAX_NAME_LENGTH = 100
INTERNAL = "INTERNAL_SERVER_ERROR"
UNAVAILABLE = "SERVICE_UNAVAILABLE"


def record(result: ExecutionResult, context: Context, *, seconds: float) -> str:
    """Record an operation that took this long. Returns its outcome."""
    codes = [(error.extensions or {}).get("code", INTERNAL) for error in result.errors or []]
    for code in codes:
        metrics.recorder.graphql_error(code)
    outcome = _outcome(codes, context)
    metrics.recorder.operation(context.root_field, outcome, seconds)
    return outcome


def describe(span: "Span", context: Context, outcome: str) -> None:
    """Name the span of an operation. Its variables may contain data about a person, so they are not in it."""
    if context.operation is not None:
        kind = context.operation.operation.value
        span.update_name(f"{kind} {context.root_field}")
        span.set_attribute("graphql.operation.type", kind)
        if context.operation.name:
            span.set_attribute("graphql.operation.name", context.operation.name.value[:MAX_NAME_LENGTH])
    span.set_attribute("cinema.outcome", outcome)


def _outcome(codes: list[str], context: Context) -> str:
    if not codes:
        return "refused" if context.refused else "success"
    if INTERNAL in codes:
        return "internal error"
    return "unavailable" if UNAVAILABLE in codes else "client error"

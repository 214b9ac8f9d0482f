"""Measures executed operations, by root field and outcome."""

from graphql import ExecutionResult

from cinema.runtime import metrics
from schema.engine.context import Context

INTERNAL = "INTERNAL_SERVER_ERROR"
UNAVAILABLE = "SERVICE_UNAVAILABLE"


def record(result: ExecutionResult, context: Context, *, seconds: float) -> None:
    """Record an operation that took this long."""
    codes = [(error.extensions or {}).get("code", INTERNAL) for error in result.errors or []]
    for code in codes:
        metrics.recorder.graphql_error(code)
    metrics.recorder.operation(context.root_field, _outcome(codes, context), seconds)


def _outcome(codes: list[str], context: Context) -> str:
    if not codes:
        return "refused" if context.refused else "success"
    if INTERNAL in codes:
        return "internal error"
    return "unavailable" if UNAVAILABLE in codes else "client error"

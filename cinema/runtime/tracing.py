"""Traces for OpenTelemetry: a span for each request, operation, background task and database statement.

Nothing is traced, and OpenTelemetry is not imported, until `start` is called. Spans contain neither variables nor
parameters of statements nor the messages of exceptions, because these may contain data about persons.
"""

import functools
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from django.db.backends.signals import connection_created

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

SERVICE_NAME = "movie-ticket-booking"

_NOTHING = nullcontext()

_tracer: "Tracer | None" = None


def start() -> None:
    """Send the spans of this process as the variables of OpenTelemetry say. Call it in a process that does not fork."""
    global _tracer  # noqa: PLW0603 - the one tracer of the process
    if _tracer is not None:
        return
    from opentelemetry import trace  # noqa: PLC0415 - imported only if it is used
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - as above
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - as above
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - as above

    os.environ.setdefault("OTEL_SERVICE_NAME", SERVICE_NAME)
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    _tracer = provider.get_tracer(SERVICE_NAME)
    connection_created.connect(_trace_connection)


def span(name: str) -> "AbstractContextManager[Span | None]":
    """A span around the block, or nothing if tracing is off. An exception sets its status."""
    return _span(_tracer, name) if _tracer else _NOTHING


def request_span(environ: Mapping[str, Any], name: str) -> "AbstractContextManager[Span | None]":
    """A span for a request, which continues the trace in its headers `traceparent` and `tracestate`."""
    if _tracer is None:
        return _NOTHING
    from opentelemetry.trace import SpanKind  # noqa: PLC0415 - imported only if it is used
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415 - as above

    headers = {each: environ.get(f"HTTP_{each.upper()}", "") for each in ("traceparent", "tracestate")}
    parent = TraceContextTextMapPropagator().extract(headers)
    return _span(_tracer, name, context=parent, kind=SpanKind.SERVER)


@contextmanager
def _span(tracer: "Tracer", name: str, **options: Any) -> Iterator["Span"]:
    from opentelemetry.trace import StatusCode  # noqa: PLC0415 - imported only if it is used

    # By default, OpenTelemetry adds the message of an exception.
    with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False, **options) as span:
        try:
            yield span
        except BaseException as error:
            span.set_status(StatusCode.ERROR, type(error).__name__)
            raise


def _trace_connection(*, connection: Any, **_: object) -> None:
    if _trace_statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_trace_statement)


def _trace_statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001 - Django decides the signature
    from opentelemetry.trace import SpanKind, get_current_span  # noqa: PLC0415 - imported only if it is used

    # Loops that poll would send a trace for each statement.
    if _tracer is None or not get_current_span().is_recording():
        return execute(sql, params, many, context)
    attributes = {"db.system.name": context["connection"].vendor, "db.query.text": sql}
    with _span(_tracer, _operation_of(sql), kind=SpanKind.CLIENT, attributes=attributes):
        return execute(sql, params, many, context)


@functools.lru_cache(maxsize=1024)
def _operation_of(sql: str) -> str:
    """The first word of a statement, such as SELECT."""
    return (sql.split(maxsplit=1) or ["statement"])[0].upper()

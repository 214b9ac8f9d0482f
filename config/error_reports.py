"""Reports of errors to Sentry, if SENTRY_DSN is set. They contain nothing about a person, and no secrets.

Sentry's integration for Django would send requests and the values of variables. Instead, records of level ERROR are
sent, and of them only what is listed here.
"""

import logging
from typing import TYPE_CHECKING, Any

from config.logs import first_line, masked

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

# The message of a database error goes on with the values of a row.
_DATABASE_MODULES = ("django.db", "psycopg", "sqlite3")
_KEPT = ("event_id", "timestamp", "platform", "level", "logger", "release", "environment", "server_name", "sdk")


def handler(dsn: str) -> logging.Handler:
    """Start Sentry in this process, and return the handler that sends records to it."""
    import sentry_sdk  # noqa: PLC0415 - imported only if it is used
    from sentry_sdk.integrations.atexit import AtexitIntegration  # noqa: PLC0415 - as above
    from sentry_sdk.integrations.dedupe import DedupeIntegration  # noqa: PLC0415 - as above
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration  # noqa: PLC0415 - as above
    from sentry_sdk.integrations.logging import EventHandler  # noqa: PLC0415 - as above

    sentry_sdk.init(
        dsn,
        default_integrations=False,
        integrations=[
            ExcepthookIntegration(),
            DedupeIntegration(),
            # Events are sent before the process ends, without a message.
            AtexitIntegration(callback=lambda *_: None),
        ],
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=_scrubbed,
    )
    return EventHandler(level=logging.ERROR)


def _scrubbed(event: "Event", hint: "Hint") -> "Event":
    source: dict[str, Any] = {**event}
    kept: dict[str, Any] = {name: source[name] for name in _KEPT if name in source}
    if template := source.get("logentry", {}).get("message"):
        # Without the arguments.
        kept["logentry"] = {"message": masked(template)}
    values = source.get("exception", {}).get("values", [])
    if values:
        kept["exception"] = {"values": [_exception(each) for each in values]}
    request_id = getattr(hint.get("log_record"), "correlation_id", None)
    if request_id:
        kept["tags"] = {"request_id": request_id}
    return kept  # type: ignore[return-value]  # built from an event


def _exception(value: dict[str, Any]) -> dict[str, Any]:
    text = str(value.get("value") or "")
    if str(value.get("module")).startswith(_DATABASE_MODULES):
        text = first_line(text, with_values=value.get("type") != "DataError")
    names = ("type", "module", "mechanism", "stacktrace")
    return {name: value[name] for name in names if name in value} | {"value": masked(text)}

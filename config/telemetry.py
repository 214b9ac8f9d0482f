"""Settings of metrics, traces, reports of errors and the log."""

import re
import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.debug import DEBUG
from config.environment import BASE_DIR, env, optional_package, secret_key, whole_number

# ---------------------------------------------------------------------- metrics

# The port on which a process of `serve` responds to Prometheus.
METRICS_PORT = whole_number("METRICS_PORT", None, at_least=1, at_most=65535)
METRICS_HOST = env.str("METRICS_HOST", "127.0.0.1")
# With it, the server responds at /metrics too.
METRICS_TOKEN = secret_key("METRICS_TOKEN") if env.str("METRICS_TOKEN", None) else None
METRICS = METRICS_PORT is not None or METRICS_TOKEN is not None
# Where the processes of one server record their metrics.
METRICS_DIR = env.path("METRICS_DIR", BASE_DIR / "var" / "metrics")

# ---------------------------------------------------------------------- traces and reports of errors

# OpenTelemetry reads its variables itself.
_COLLECTOR = optional_package("OTEL_EXPORTER_OTLP_ENDPOINT", "opentelemetry.exporter.otlp.proto.http")
if _COLLECTOR and not _COLLECTOR.startswith(("http://", "https://")):
    raise ImproperlyConfigured("OTEL_EXPORTER_OTLP_ENDPOINT must be a URL such as http://127.0.0.1:4318.")
TRACING = _COLLECTOR is not None
SENTRY_DSN = optional_package("SENTRY_DSN", "sentry_sdk")
if SENTRY_DSN and not re.fullmatch(r"https?://[^@/\s]+@[^@/\s]+(/[^/\s]+)*/[0-9]+", SENTRY_DSN):
    # Without the value, because it contains a key.
    raise ImproperlyConfigured("SENTRY_DSN must be a URL such as https://key@sentry.example/1.")

# ---------------------------------------------------------------------- the log

LOG_FORMAT = env.str("LOG_FORMAT", "text" if DEBUG or sys.stderr.isatty() else "json")
if LOG_FORMAT not in {"text", "json"}:
    raise ImproperlyConfigured("LOG_FORMAT must be text or json.")
LOG_LEVEL = env.str("LOG_LEVEL", "WARNING").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
    raise ImproperlyConfigured("LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
# A line for each request. The addresses of clients are personal data.
ACCESS_LOG = env.bool("ACCESS_LOG", not DEBUG)
LOG_CLIENT_ADDRESSES = env.bool("LOG_CLIENT_ADDRESSES", False)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "django_guid.log_filters.CorrelationId"},
        "client_mistakes": {"()": "config.logs.ClientMistakes"},
        "no_refusals": {"()": "config.logs.NoRefusals"},
    },
    "formatters": {
        "text": {
            "()": "config.logs.TextFormatter",
            "format": "{asctime} {levelname} {name} [{correlation_id}] {message}",
            "style": "{",
        },
        "json": {"()": "config.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id", "client_mistakes"],
            "formatter": LOG_FORMAT,
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Without this, Django's handlers would write its records a second time, without the request ID.
        "django": {"handlers": [], "level": "NOTSET"},
        # It logs a traceback each second while Redis is unavailable. `cinema.realtime.broadcast` logs the outage once.
        "channels_redis.pubsub": {"level": "CRITICAL"},
    },
}

if SENTRY_DSN:
    LOGGING["handlers"] |= {
        "sentry": {
            "()": "config.error_reports.handler",
            "dsn": SENTRY_DSN,
            "level": "ERROR",
            "filters": ["request_id", "no_refusals"],
        }
    }
    LOGGING["root"]["handlers"].append("sentry")

"""Settings of the project. The environment is read once, only in this module and the modules that it imports.

The defaults are safe for production. On a development machine, set `DEBUG=true` in `.env`, which `make run` creates.
The server refuses to start with missing or unsafe settings.
"""

import sys
from datetime import timedelta
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from cinema.booking.rules import BookingRules
from cinema.catalog.rules import MINUTES_BEFORE_START, CatalogRules
from cinema.core.money import is_currency
from cinema.core.rules import CoreRules
from cinema.realtime.rules import RealtimeRules

# All names in these modules are settings.
from config.accounts import *  # noqa: F403
from config.browsers import *  # noqa: F403
from config.database import *  # noqa: F403
from config.environment import BASE_DIR, env, optional_package, secret_key
from config.trusted_documents import trusted_documents

DEBUG = env.bool("DEBUG", False)

# ---------------------------------------------------------------------- hosts and proxies

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
# The number of trusted proxies in front of the server. Only the addresses they add to X-Forwarded-For are used.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
if TRUSTED_PROXIES < 0:
    raise ImproperlyConfigured("TRUSTED_PROXIES must be at least 0.")

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

# ---------------------------------------------------------------------- apps and middleware

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "django_guid",
    # Our model of refresh tokens extends its abstract model. The table of its own model stays empty, but Django queries
    # it when a user is deleted.
    "graphql_jwt.refresh_token",
    "strawberry_django",
    "cinema",
    "web.explorer",
    "web.front",
]


class _NoGdal:
    """The path of a library that is not used. strawberry_django handles the error, as on a machine without GDAL."""

    def __fspath__(self) -> str:
        raise ImproperlyConfigured("This project does not use GeoDjango.")


# strawberry_django imports GeoDjango. Without this, each process would search the machine for GDAL for half a second.
GDAL_LIBRARY_PATH = _NoGdal()

MIDDLEWARE = [
    "config.middleware.request_ids",
    # Before all middleware that may refuse a request, so that refusals have these headers too.
    "config.middleware.security_headers",
    "corsheaders.middleware.CorsMiddleware",
    "config.api.api_errors",
    # Redirects to HTTPS.
    "django.middleware.security.SecurityMiddleware",
    "config.api.api",
    # For pages only: `config.api.api` has handled the requests to the API.
    "config.middleware.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# ---------------------------------------------------------------------- live seat maps

# Notifies other processes and machines of changed seats.
REDIS_URL = env.str("REDIS_URL", None)
CHANNEL_LAYERS = (
    {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            # Idle connections are checked regularly.
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_connect_timeout": 5, "health_check_interval": 10}]},
        }
    }
    if REDIS_URL
    else {}
)
# Limits of each process, and the maximum age of a WebSocket.
SOCKETS = env.int("SOCKETS", 5_000)
SOCKETS_PER_ADDRESS = env.int("SOCKETS_PER_ADDRESS", 20)
SOCKET_SECONDS = env.float("SOCKET_SECONDS", 3600)
SUBSCRIPTIONS_PER_SOCKET = env.int("SUBSCRIPTIONS_PER_SOCKET", 10)
if min(SOCKETS, SOCKETS_PER_ADDRESS, SOCKET_SECONDS, SUBSCRIPTIONS_PER_SOCKET) <= 0:
    raise ImproperlyConfigured(
        "SOCKETS, SOCKETS_PER_ADDRESS, SOCKET_SECONDS and SUBSCRIPTIONS_PER_SOCKET must be greater than 0."
    )

# ---------------------------------------------------------------------- limits of the API

# The number of requests that a process handles at a time, and the time that a client has to send one.
THREADS = env.int("THREADS", 4)
SECONDS_TO_SEND_A_REQUEST = env.float("SECONDS_TO_SEND_A_REQUEST", 10)
# The time that a request waits for a free thread.
QUEUE_TIMEOUT_SECONDS = env.float("QUEUE_TIMEOUT_SECONDS", 5)
if THREADS < 1 or min(SECONDS_TO_SEND_A_REQUEST, QUEUE_TIMEOUT_SECONDS) <= 0:
    raise ImproperlyConfigured(
        "THREADS must be at least 1. SECONDS_TO_SEND_A_REQUEST and QUEUE_TIMEOUT_SECONDS must be greater than 0."
    )
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("MAX_REQUEST_BYTES", 1_000_000)
MAX_ANSWER_BYTES = env.int("MAX_ANSWER_BYTES", 5_000_000)
INTROSPECTION = env.bool("INTROSPECTION", True)
# By identifier. If it is not None, other documents are refused.
TRUSTED_DOCUMENTS = trusted_documents(env.str("TRUSTED_DOCUMENTS", None))
# The explorer sends other documents.
EXPLORER = env.bool("EXPLORER", True) and TRUSTED_DOCUMENTS is None
# How many tokens of valid documents each process caches. With its plans, a document takes up to 2.5 kB for each token.
DOCUMENT_CACHE_TOKENS = env.int("DOCUMENT_CACHE_TOKENS", 20_000)
# How many bytes of documents each process stores for automatic persisted queries.
PERSISTED_QUERY_CACHE_BYTES = env.int("PERSISTED_QUERY_CACHE_BYTES", 5_000_000)
# How long caches may use the response to a GET of public data without asking the server.
PUBLIC_CACHE_SECONDS = env.int("PUBLIC_CACHE_SECONDS", 10)
QUERY_LIMITS = {
    "characters": env.int("QUERY_MAX_CHARACTERS", 50_000),
    "tokens": env.int("QUERY_MAX_TOKENS", 2_000),
    # The depth of brackets, and of selections with fragments expanded.
    "depth": env.int("QUERY_MAX_DEPTH", 25),
    # Counted with fragments expanded, like the next two.
    "fields": env.int("QUERY_MAX_FIELDS", 500),
    "aliases": env.int("QUERY_MAX_ALIASES", 50),
    "directives": env.int("QUERY_MAX_DIRECTIVES", 50),
    # An estimate of how many fields are resolved.
    "cost": env.int("QUERY_MAX_COST", 20_000),
    # Mutations that check a credential: one in each request, so that guesses can be counted.
    "credentialMutations": 1,
}
if min(DATA_UPLOAD_MAX_MEMORY_SIZE, MAX_ANSWER_BYTES, *QUERY_LIMITS.values()) < 1:
    raise ImproperlyConfigured("MAX_REQUEST_BYTES, MAX_ANSWER_BYTES and each QUERY_MAX_ limit must be at least 1.")
if min(DOCUMENT_CACHE_TOKENS, PERSISTED_QUERY_CACHE_BYTES, PUBLIC_CACHE_SECONDS) < 0:
    raise ImproperlyConfigured(
        "DOCUMENT_CACHE_TOKENS, PERSISTED_QUERY_CACHE_BYTES and PUBLIC_CACHE_SECONDS must be at least 0."
    )

# ---------------------------------------------------------------------- the cinema's rules

CATALOG_RULES = CatalogRules(
    cleaning_time=timedelta(minutes=env.int("CLEANING_MINUTES", 15)),
    currency=env.str("CURRENCY", "USD").strip().upper(),
)
BOOKING_RULES = BookingRules(
    seats_per_user_and_show=env.int("SEATS_PER_USER_AND_SHOW", 10),
    open_holds_per_user=env.int("OPEN_HOLDS_PER_USER", 5),
    hold_lifetime=timedelta(minutes=env.float("HOLD_MINUTES", 8)),
    hold_lifetime_at_most=timedelta(minutes=env.float("HOLD_MINUTES_AT_MOST", 20)),
    booking_closes_before_start=timedelta(minutes=env.int("BOOKING_CLOSES_MINUTES_BEFORE_START", 0)),
    cancelling_closes_before_start=timedelta(minutes=env.int("CANCELLING_CLOSES_MINUTES_BEFORE_START", 60)),
)
for _closing in (BOOKING_RULES.booking_closes_before_start, BOOKING_RULES.cancelling_closes_before_start):
    if _closing // timedelta(minutes=1) not in MINUTES_BEFORE_START:
        raise ImproperlyConfigured(
            "BOOKING_CLOSES_MINUTES_BEFORE_START and CANCELLING_CLOSES_MINUTES_BEFORE_START must be between "
            f"{MINUTES_BEFORE_START[0]} (after the start of a show) and {MINUTES_BEFORE_START[-1]}."
        )
if not is_currency(CATALOG_RULES.currency):
    raise ImproperlyConfigured("CURRENCY must be the ISO 4217 code of a currency, such as EUR.")
if not timedelta() < BOOKING_RULES.hold_lifetime <= BOOKING_RULES.hold_lifetime_at_most:
    raise ImproperlyConfigured("HOLD_MINUTES must be greater than 0 and at most HOLD_MINUTES_AT_MOST.")
CORE_RULES = CoreRules(idempotency_key_lifetime=timedelta(hours=env.float("IDEMPOTENCY_KEY_HOURS", 24)))
if timedelta() >= CORE_RULES.idempotency_key_lifetime:
    raise ImproperlyConfigured("IDEMPOTENCY_KEY_HOURS must be greater than 0.")
# Without Redis, polling finds all changes that other processes make.
REALTIME_RULES = RealtimeRules(poll_interval_seconds=2.0 if REDIS_URL else 0.5)

# ---------------------------------------------------------------------- language, time, static files

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
# For times on admin pages that do not belong to a theater: the time zone is part of them.
DATETIME_FORMAT = "N j, Y, H:i e"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# In development, files are found without `collectstatic`.
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.static_files.StaticFiles"
    },
}

# ---------------------------------------------------------------------- transport

if not DEBUG:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", True)
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ---------------------------------------------------------------------- metrics

# The port on which a process of `serve` responds to Prometheus.
METRICS_PORT = env.int("METRICS_PORT", None)
METRICS_HOST = env.str("METRICS_HOST", "127.0.0.1")
# With it, the server responds at /metrics too.
METRICS_TOKEN = secret_key("METRICS_TOKEN") if env.str("METRICS_TOKEN", None) else None
METRICS = METRICS_PORT is not None or METRICS_TOKEN is not None
# Where the processes of one server record their metrics.
METRICS_DIR = env.path("METRICS_DIR", BASE_DIR / "var" / "metrics")

# ---------------------------------------------------------------------- traces and reports of errors

# OpenTelemetry reads its variables itself.
TRACING = optional_package("OTEL_EXPORTER_OTLP_ENDPOINT", "opentelemetry.exporter.otlp.proto.http") is not None
SENTRY_DSN = optional_package("SENTRY_DSN", "sentry_sdk")

# ---------------------------------------------------------------------- logging

LOG_FORMAT = env.str("LOG_FORMAT", "text" if DEBUG or sys.stderr.isatty() else "json")
if LOG_FORMAT not in {"text", "json"}:
    raise ImproperlyConfigured("LOG_FORMAT must be text or json.")
# A line for each request. The addresses of clients are personal data.
ACCESS_LOG = env.bool("ACCESS_LOG", not DEBUG)
LOG_CLIENT_ADDRESSES = env.bool("LOG_CLIENT_ADDRESSES", False)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "django_guid.log_filters.CorrelationId"},
        "client_mistakes": {"()": "config.logs.ClientMistakes"},
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
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING").upper()},
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
            "filters": ["request_id"],
        }
    }
    LOGGING["root"]["handlers"].append("sentry")

UNFOLD = {
    "SITE_TITLE": "Cinema",
    "SITE_HEADER": "Cinema",
    "SHOW_VIEW_ON_SITE": False,
    "SITE_URL": "/",
    "SITE_SYMBOL": "theaters",
    "SIDEBAR": {"navigation": "cinema.admin.navigation.sidebar"},
}

# The names of all variables that were read, set or not.
ENVIRONMENT_VARIABLES = frozenset(env.dump())
env.seal()

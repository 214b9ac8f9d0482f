"""Settings of the project. The environment is read once, only in this module and the modules that it imports.

The defaults are safe for production. On a development machine, set `DEBUG=true` in `.env`, which `make run` creates.
The server refuses to start with missing or unsafe settings.
"""

import re

from django.core.exceptions import ImproperlyConfigured

# All names in these modules are settings.
from config.accounts import *  # noqa: F403
from config.browsers import *  # noqa: F403
from config.database import *  # noqa: F403
from config.debug import DEBUG
from config.environment import BASE_DIR, env, items, whole_number
from config.limits import *  # noqa: F403
from config.rules import *  # noqa: F403
from config.rules import REDIS_URL
from config.telemetry import *  # noqa: F403

# ---------------------------------------------------------------------- hosts and proxies

ALLOWED_HOSTS = items("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
# Django compares them with host names, so others would never match.
if not all(re.fullmatch(r"\*|\.?[\w-]+(\.[\w-]+)*|\[[0-9a-fA-F:.]+\]", host, re.ASCII) for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must be host names such as cinema.example, without https:// and port.")
CSRF_TRUSTED_ORIGINS = items("CSRF_TRUSTED_ORIGINS")
# The number of trusted proxies in front of the server. Only the addresses they add to X-Forwarded-For are used.
TRUSTED_PROXIES = whole_number("TRUSTED_PROXIES", 0, at_least=0)

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
    "config.api.api",
    # For pages only: `config.api.api` has handled the requests to the API.
    "config.middleware.request_ids",
    "config.middleware.ends_of_outages",
    # Before all middleware that may refuse a request, so that refusals have these headers too.
    "config.middleware.security_headers",
    # Redirects to HTTPS.
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

CSRF_FAILURE_VIEW = "config.refused_forms.csrf_failure"

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

# ---------------------------------------------------------------------- uploaded pictures

# The body of a request with an upload. It must be a little larger than the largest picture.
MAX_UPLOAD_BYTES = env.int("MAX_UPLOAD_BYTES", 11_000_000)
# The time that staff have to send one: enough for the largest picture at half a megabit per second.
SECONDS_TO_SEND_AN_UPLOAD = env.float("SECONDS_TO_SEND_AN_UPLOAD", 180)
if MAX_UPLOAD_BYTES < 1 or SECONDS_TO_SEND_AN_UPLOAD <= 0:
    raise ImproperlyConfigured(
        "MAX_UPLOAD_BYTES must be at least 1, and SECONDS_TO_SEND_AN_UPLOAD must be greater than 0."
    )

# After a logout at `/admin/`. Nothing else logs out with a page of Django.
LOGOUT_REDIRECT_URL = "admin:login"

# ---------------------------------------------------------------------- language, time, static files

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
# Django uses the formats of the language, also without translations.
FORMAT_MODULE_PATH = "config.formats"

STATIC_URL = "static/"
# They replace files of apps: Alpine of Unfold.
STATICFILES_DIRS = [BASE_DIR / "cinema" / "admin" / "static"]
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
    SECURE_HSTS_SECONDS = whole_number("SECURE_HSTS_SECONDS", 31_536_000, at_least=0)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", True)
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

UNFOLD = {
    "SITE_TITLE": "Cinema",
    "SITE_HEADER": "Cinema",
    "SHOW_VIEW_ON_SITE": False,
    "SITE_URL": "/",
    "SITE_SYMBOL": "theaters",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "cinema.admin.assets.icon"}],
    "SIDEBAR": {"navigation": "cinema.admin.navigation.sidebar"},
    "DASHBOARD_CALLBACK": "cinema.admin.today.dashboard",
    "SCRIPTS": [
        "cinema.admin.navigation.expressions",
        "cinema.admin.assets.select2",
        "cinema.admin.assets.forms",
        "cinema.admin.assets.entries",
        "cinema.admin.assets.keyboard",
    ],
    "STYLES": ["cinema.admin.assets.corrections"],
}

# The names of all variables that were read, set or not.
ENVIRONMENT_VARIABLES = frozenset(env.dump())
env.seal()

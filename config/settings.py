"""Settings of the project. The environment is read here, once, and nowhere else.

The defaults are safe for production; a development machine says `DEBUG=true` in its `.env`
(`make run` writes one). What is missing or unsafe is an error at start, not a surprise later.
"""

import re
from datetime import timedelta
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env
from limits import RateLimitItem, parse_many

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)

DEBUG = env.bool("DEBUG", False)


SHORTEST_KEY = 32


def _key(name: str, default: str | None = None) -> str:
    """The secret in variable `name`; refuses one that could be guessed."""
    key = env.str(name, default)
    if not key:
        raise ImproperlyConfigured(
            f"{name} is not set. `make run` writes a .env with one for development; in production set it "
            "in the environment: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    if len(key.encode()) < SHORTEST_KEY:
        raise ImproperlyConfigured(f"{name} is shorter than {SHORTEST_KEY} bytes, so it could be guessed.")
    return str(key)


SECRET_KEY = _key("SECRET_KEY")
JWT_SECRET_KEY = _key("JWT_SECRET_KEY", SECRET_KEY)

# ---------------------------------------------------------------------- where it answers

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
# How many proxies of ours stand before the server; only what they wrote into X-Forwarded-For is believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

# ---------------------------------------------------------------------- what it is made of

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
    # Its abstract model is what ours extends. Its own model has a table that stays empty: whoever deletes a user
    # makes Django look there.
    "graphql_jwt.refresh_token",
    "strawberry_django",
    "cinema",
]

MIDDLEWARE = [
    "django_guid.middleware.guid_middleware",
    # Outside of whatever may refuse, so that refusals have these headers too.
    "config.middleware.security_headers",
    "config.middleware.ContentSecurityPolicy",
    "corsheaders.middleware.CorsMiddleware",
    "config.middleware.api_errors",
    "config.middleware.api_without_cookies",
    "django.middleware.security.SecurityMiddleware",
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

# ---------------------------------------------------------------------- database

_SQLITE = {
    # A writer takes the lock when its transaction begins, so that none fails halfway when it wants to upgrade.
    "transaction_mode": "IMMEDIATE",
    # Seconds to wait for another writer.
    "timeout": 5,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
_POSTGRESQL = {
    # Nothing hangs: a lock not had in 5 seconds, or a statement of 15, ends with an error that is handled.
    "options": "-c lock_timeout=5000 -c statement_timeout=15000 -c idle_in_transaction_session_timeout=30000",
}

DATABASES = {
    "default": dj_database_url.parse(
        env.str("DATABASE_URL", f"sqlite:///{BASE_DIR / 'var' / 'cinema.sqlite3'}"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    _SQLITE if "sqlite" in DATABASES["default"]["ENGINE"] else _POSTGRESQL
)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---------------------------------------------------------------------- accounts

AUTH_USER_MODEL = "cinema.User"
LOGIN_REDIRECT_URL = "admin:index"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": name}
    for name in (
        "cinema.accounts.passwords.MaximumLengthValidator",
        "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "django.contrib.auth.password_validation.MinimumLengthValidator",
        "django.contrib.auth.password_validation.CommonPasswordValidator",
        "django.contrib.auth.password_validation.NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

ACCESS_TOKEN_LIFETIME = timedelta(minutes=env.int("ACCESS_TOKEN_MINUTES", 15))
REFRESH_TOKEN_LIFETIME = timedelta(days=env.int("REFRESH_TOKEN_DAYS", 30))
GRAPHQL_JWT = {
    "JWT_SECRET_KEY": JWT_SECRET_KEY,
    "JWT_ALGORITHM": "HS256",
    "JWT_VERIFY": True,
    "JWT_VERIFY_EXPIRATION": True,
    "JWT_EXPIRATION_DELTA": ACCESS_TOKEN_LIFETIME,
    "JWT_REFRESH_EXPIRATION_DELTA": REFRESH_TOKEN_LIFETIME,
    "JWT_REFRESH_TOKEN_N_BYTES": 32,
    "JWT_LONG_RUNNING_REFRESH_TOKEN": True,
    "JWT_REFRESH_TOKEN_MODEL": "cinema.RefreshToken",
    "JWT_ISSUER": env.str("JWT_ISSUER", "movie-ticket-booking"),
    "JWT_AUDIENCE": env.str("JWT_AUDIENCE", "movie-ticket-booking"),
    "JWT_AUTH_HEADER_PREFIX": "Bearer",
    "JWT_ALLOW_ARGUMENT": False,
    "JWT_DECODE_HANDLER": "cinema.accounts.tokens.decode",
}


def _rate(name: str, default: str) -> RateLimitItem:
    """So many in such a time, as in 10/15 minutes."""
    text = env.str(name, default)
    try:
        (rate,) = parse_many(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not a rate such as 10/15 minutes: {text}") from error
    if not rate.amount:
        raise ImproperlyConfigured(f"{name} is not a rate such as 10/15 minutes: {text}")
    return rate


# How often what is tried, see `cinema.accounts.throttling`. Of `login` and `change_password` only failures count.
RATES = {
    "login": {
        "account_and_address": _rate("LOGIN_FAILURES_PER_ACCOUNT_AND_ADDRESS", "10/15 minutes"),
        # Higher, so that a stranger cannot easily lock somebody out.
        "account": _rate("LOGIN_FAILURES_PER_ACCOUNT", "100/15 minutes"),
        "address": _rate("LOGIN_FAILURES_PER_ADDRESS", "200/15 minutes"),
    },
    "change_password": {
        "account": _rate("PASSWORD_CHANGE_FAILURES_PER_ACCOUNT", "10/15 minutes"),
        "address": _rate("PASSWORD_CHANGE_FAILURES_PER_ADDRESS", "200/15 minutes"),
    },
    # Generous to addresses: a university's is that of thousands.
    "signup": {
        "account": _rate("SIGNUPS_PER_EMAIL_ADDRESS", "20/hour"),
        "address": _rate("SIGNUPS_PER_ADDRESS", "1000/hour"),
    },
    "refresh": {
        "account": _rate("REFRESHES_PER_ACCOUNT", "600/hour"),
        "address": _rate("REFRESHES_PER_ADDRESS", "6000/hour"),
    },
    "mail": {
        "account": _rate("MAILS_PER_EMAIL_ADDRESS", "5/hour"),
        "address": _rate("MAILS_PER_ADDRESS", "500/hour"),
    },
    # By no account, or a stranger could keep somebody from using theirs.
    "link": {"address": _rate("LINKS_PER_ADDRESS", "500/hour")},
}

# ---------------------------------------------------------------------- what the API takes

# How many requests each process works on at a time, and how long a client may take to send one.
THREADS = env.int("THREADS", 4)
SECONDS_TO_SEND_A_REQUEST = env.float("SECONDS_TO_SEND_A_REQUEST", 10)
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("MAX_REQUEST_BYTES", 1_000_000)
INTROSPECTION = env.bool("INTROSPECTION", True)
EXPLORER = env.bool("EXPLORER", True)
# Documents that were parsed and found valid, in each process; a large one takes 0.8 MB.
DOCUMENT_CACHE_SIZE = env.int("DOCUMENT_CACHE_SIZE", 128)
QUERY_LIMITS = {
    "characters": env.int("QUERY_MAX_CHARACTERS", 50_000),
    "tokens": env.int("QUERY_MAX_TOKENS", 2_000),
    # Brackets within brackets, and selections within selections with fragments expanded.
    "depth": env.int("QUERY_MAX_DEPTH", 25),
    # With fragments expanded, as the next two.
    "fields": env.int("QUERY_MAX_FIELDS", 500),
    "aliases": env.int("QUERY_MAX_ALIASES", 50),
    "directives": env.int("QUERY_MAX_DIRECTIVES", 50),
    # About how many fields are resolved, lists counted by their length.
    "cost": env.int("QUERY_MAX_COST", 20_000),
    # Signing up, in, and all else that may be a guess: one for each request, so that guesses can be counted.
    "credentialMutations": 1,
}
if min(DATA_UPLOAD_MAX_MEMORY_SIZE, *QUERY_LIMITS.values()) < 1 or DOCUMENT_CACHE_SIZE < 0:
    raise ImproperlyConfigured(
        "MAX_REQUEST_BYTES and each QUERY_MAX_ limit is 1 or more, DOCUMENT_CACHE_SIZE 0 or more."
    )

# ---------------------------------------------------------------------- mails, and where their links lead


def _front_end_url() -> str:
    """Where the front end is. The links in mails lead there, and nowhere that a request could name."""
    url: str = env.str("FRONT_END_URL", "http://localhost:3000").rstrip("/")
    if not re.fullmatch(r"https?://[\w.-]+(:[0-9]{1,5})?(/[\w./~-]*)?", url, re.ASCII):
        raise ImproperlyConfigured("FRONT_END_URL is an address such as https://cinema.example, without ? or #.")
    return url


FRONT_END_URL = _front_end_url()
# The name is Django's, but it is how long any link in a mail is good.
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=env.float("LINK_HOURS", 3)).total_seconds())
if PASSWORD_RESET_TIMEOUT < 1:
    raise ImproperlyConfigured("LINK_HOURS is more than 0.")

EMAIL_HOST = env.str("EMAIL_HOST", "")
# Without a mail server the mails are written where the server's output goes.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env.int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 10)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Cinema <no-reply@localhost>")

# ---------------------------------------------------------------------- the cinema's rules

CURRENCY = env.str("CURRENCY", "USD")
CLEANING_TIME = timedelta(minutes=env.int("CLEANING_MINUTES", 15))
BOOKING_CLOSES_BEFORE_START = timedelta(minutes=env.int("BOOKING_CLOSES_MINUTES_BEFORE_START", 0))
CANCELLING_CLOSES_BEFORE_START = timedelta(minutes=env.int("CANCELLING_CLOSES_MINUTES_BEFORE_START", 60))
SEATS_PER_USER_AND_SHOW = env.int("SEATS_PER_USER_AND_SHOW", 10)
OPEN_HOLDS_PER_USER = env.int("OPEN_HOLDS_PER_USER", 5)
HOLD_LIFETIME = timedelta(minutes=env.float("HOLD_MINUTES", 8))
# From when it was made, however often it is extended.
HOLD_LIFETIME_AT_MOST = timedelta(minutes=env.float("HOLD_MINUTES_AT_MOST", 20))
if not timedelta() < HOLD_LIFETIME <= HOLD_LIFETIME_AT_MOST:
    raise ImproperlyConfigured("HOLD_MINUTES is more than 0, and not more than HOLD_MINUTES_AT_MOST.")

# ---------------------------------------------------------------------- language, time, static files

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# Without `collectstatic` in development; in production the files are collected once.
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# ---------------------------------------------------------------------- transport

if not DEBUG:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ---------------------------------------------------------------------- what browsers may do with an answer

# And whatever is asked for below it.
API_PATH = r"(?s)/graphql(/.*)?"

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_NO_FRAMES = {"base-uri": ["'none'"], "frame-ancestors": ["'none'"]}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"default-src": ["'none'"], "form-action": ["'none'"], **_NO_FRAMES}}
POLICY_OF_STAFF_PAGES = {
    "default-src": ["'none'"],
    # The pages' own expressions are evaluated by Alpine; no script is written into a page.
    "script-src": ["'self'", "'unsafe-eval'"],
    # The theme's colors, and how far from the left a show stands, are written into the pages.
    "style-src": ["'self'", "'unsafe-inline'"],
    "font-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    **_NO_FRAMES,
}
# Strawberry's page loads GraphiQL from there, and starts it with a script written into the page.
_GRAPHIQL = "https://unpkg.com"
POLICY_OF_EXPLORER = {
    "default-src": ["'none'"],
    "script-src": [_GRAPHIQL, "'unsafe-inline'"],
    "style-src": [_GRAPHIQL, "'unsafe-inline'"],
    "font-src": ["data:"],
    "img-src": ["data:"],
    "connect-src": ["'self'"],
    "form-action": ["'none'"],
    **_NO_FRAMES,
}


def _origins(name: str) -> list[str]:
    """The origins in variable `name`; refuses what no browser sends, and what would let in everybody."""
    origins: list[str] = env.list(name, [])
    for origin in origins:
        if not re.fullmatch(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]+)?", origin):
            raise ImproperlyConfigured(f"{name}: {origin!r} is no origin; one is written like https://tickets.example.")
    return origins


# Front ends elsewhere. They sign in with a header, so there are no credentials that a browser would add.
CORS_ALLOWED_ORIGINS = _origins("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = rf"{API_PATH}\Z"
CORS_ALLOW_METHODS = ["GET", "OPTIONS", "POST"]
CORS_ALLOW_HEADERS = ["authorization", "content-type", "x-request-id"]
CORS_EXPOSE_HEADERS = ["Retry-After", "X-Request-ID"]
CORS_PREFLIGHT_MAX_AGE = 24 * 60 * 60
# Not for static files either, which WhiteNoise would give to any origin.
WHITENOISE_ALLOW_ALL_ORIGINS = False

# ---------------------------------------------------------------------- logging

DJANGO_GUID = {
    "GUID_HEADER_NAME": "X-Request-ID",
    "VALIDATE_GUID": True,
    "RETURN_HEADER": True,
    # Only to whom CORS lets read an answer: CORS_EXPOSE_HEADERS.
    "EXPOSE_HEADER": False,
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "django_guid.log_filters.CorrelationId"},
        "client_mistakes": {"()": "config.logs.ClientMistakes"},
    },
    "formatters": {"line": {"format": "{asctime} {levelname} {name} [{correlation_id}] {message}", "style": "{"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id", "client_mistakes"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING").upper()},
    # Django would write its own a second time, without the id.
    "loggers": {"django": {"handlers": [], "level": "NOTSET"}},
}

UNFOLD = {
    "SITE_TITLE": "Cinema",
    "SITE_HEADER": "Cinema",
    "SHOW_VIEW_ON_SITE": False,
    # There is no page at / to go to.
    "SITE_URL": None,
    "SITE_SYMBOL": "theaters",
    "SIDEBAR": {"navigation": "cinema.admin.navigation.sidebar"},
}

env.seal()

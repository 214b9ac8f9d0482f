"""Settings of accounts: passwords, tokens, rate limits and emails."""

import re
from datetime import timedelta
from email.utils import parseaddr

from django.core.exceptions import ImproperlyConfigured
from limits import RateLimitItem, parse_many

from cinema.accounts.rules import AccountRules
from config.debug import DEBUG
from config.environment import earlier_keys, env, items, secret_key, whole_number

SECRET_KEY = secret_key("SECRET_KEY")
JWT_SECRET_KEY = secret_key("JWT_SECRET_KEY", SECRET_KEY)
# What was signed with these earlier keys is still valid. Everything new is signed with the keys above.
SECRET_KEY_FALLBACKS = earlier_keys("SECRET_KEY_FALLBACKS")
_EARLIER_JWT_KEYS = earlier_keys("JWT_SECRET_KEY_FALLBACKS", SECRET_KEY_FALLBACKS)

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
    "cinema.accounts.hashing.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

_REFRESH_TOKEN_RETENTION = timedelta(days=env.int("REFRESH_TOKEN_RETENTION_DAYS", 30))
if timedelta() > _REFRESH_TOKEN_RETENTION:
    raise ImproperlyConfigured("REFRESH_TOKEN_RETENTION_DAYS must be at least 0.")
_REFRESH_REPEAT_PERIOD = timedelta(seconds=env.float("REFRESH_REPEAT_SECONDS", 10))
if not timedelta() <= _REFRESH_REPEAT_PERIOD <= timedelta(minutes=1):
    raise ImproperlyConfigured("REFRESH_REPEAT_SECONDS must be between 0 and 60.")
# Only the settings that `cinema.accounts.tokens` reads. It verifies tokens itself.
GRAPHQL_JWT = {
    "JWT_SECRET_KEY": JWT_SECRET_KEY,
    "JWT_ALGORITHM": "HS256",
    "JWT_EXPIRATION_DELTA": timedelta(minutes=whole_number("ACCESS_TOKEN_MINUTES", 15, at_least=1)),
    "JWT_REFRESH_EXPIRATION_DELTA": timedelta(days=whole_number("REFRESH_TOKEN_DAYS", 30, at_least=1)),
    "JWT_REFRESH_TOKEN_N_BYTES": 32,
    "JWT_ISSUER": env.str("JWT_ISSUER", "movie-ticket-booking"),
    "JWT_AUDIENCE": env.str("JWT_AUDIENCE", "movie-ticket-booking"),
}


def _rate(name: str, default: str) -> RateLimitItem:
    """Read a rate: a number of attempts per period, such as 10/15 minutes."""
    text = env.str(name, default)
    try:
        (rate,) = parse_many(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a rate such as 10/15 minutes: {text}") from error
    if not rate.amount:
        raise ImproperlyConfigured(f"{name} must be a rate such as 10/15 minutes: {text}")
    return rate


# Limits by operation and scope (`cinema.accounts.throttling`). For `login` and `change_password` only failures count.
_RATES = {
    "login": {
        "account_and_address": _rate("LOGIN_FAILURES_PER_ACCOUNT_AND_ADDRESS", "10/15 minutes"),
        # Higher, so that an attacker cannot easily lock a user out.
        "account": _rate("LOGIN_FAILURES_PER_ACCOUNT", "100/15 minutes"),
        "address": _rate("LOGIN_FAILURES_PER_ADDRESS", "200/15 minutes"),
    },
    "change_password": {
        "account": _rate("PASSWORD_CHANGE_FAILURES_PER_ACCOUNT", "10/15 minutes"),
        "address": _rate("PASSWORD_CHANGE_FAILURES_PER_ADDRESS", "200/15 minutes"),
    },
    # The limit per address is high, because many users can share one address, for example at a university.
    "signup": {
        "account": _rate("SIGNUPS_PER_EMAIL_ADDRESS", "20/hour"),
        "address": _rate("SIGNUPS_PER_ADDRESS", "1000/hour" if DEBUG else "100/hour"),
    },
    "refresh": {
        "account": _rate("REFRESHES_PER_ACCOUNT", "600/hour"),
        "address": _rate("REFRESHES_PER_ADDRESS", "6000/hour"),
    },
    "mail": {
        "account": _rate("MAILS_PER_EMAIL_ADDRESS", "5/hour"),
        "address": _rate("MAILS_PER_ADDRESS", "500/hour"),
    },
    # Not per account, so that an attacker cannot prevent a user from using a link.
    "link": {"address": _rate("LINKS_PER_ADDRESS", "500/hour")},
}

# ---------------------------------------------------------------------- emails and their links


def _front_end_url() -> str:
    """The address of the front end, for the links in emails. It never comes from a request."""
    url: str = env.str("FRONT_END_URL", _own_address()).rstrip("/")
    if not re.fullmatch(r"https?://[\w.-]+(:[0-9]{1,5})?(/[\w./~-]*)?", url, re.ASCII):
        raise ImproperlyConfigured("FRONT_END_URL must be an address such as https://cinema.example, without ? or #.")
    return url


def _own_address() -> str:
    """The public address of this server, whose front page has the pages of the links in emails."""
    names = [host for host in items("ALLOWED_HOSTS") if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", host)]
    public = [name for name in names if name not in {"localhost", "127.0.0.1"}]
    return f"https://{public[0]}" if public and not DEBUG else "http://localhost:8000"


_LINK_LIFETIME = timedelta(hours=env.float("LINK_HOURS", 3))
if timedelta(seconds=1) > _LINK_LIFETIME:
    raise ImproperlyConfigured("LINK_HOURS must be greater than 0.")
# Django's name for the lifetime of every token it signs for a link.
PASSWORD_RESET_TIMEOUT = int(_LINK_LIFETIME.total_seconds())

ACCOUNT_RULES = AccountRules(
    rates=_RATES,
    front_end_url=_front_end_url(),
    link_lifetime=_LINK_LIFETIME,
    refresh_token_retention=_REFRESH_TOKEN_RETENTION,
    refresh_repeat_period=_REFRESH_REPEAT_PERIOD,
    secret_key=SECRET_KEY,
    earlier_secret_keys=SECRET_KEY_FALLBACKS,
    earlier_jwt_keys=_EARLIER_JWT_KEYS,
)

EMAIL_HOST = env.str("EMAIL_HOST", "")
# Without a mail server, emails are written to the server's output.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = whole_number("EMAIL_PORT", 587, at_least=1, at_most=65535)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = whole_number("EMAIL_TIMEOUT", 10, at_least=1)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Cinema <no-reply@localhost>")
if "@" not in parseaddr(DEFAULT_FROM_EMAIL)[1]:
    raise ImproperlyConfigured("DEFAULT_FROM_EMAIL must be an address such as Cinema <no-reply@cinema.example>.")

"""Settings of the database: SQLite by default, or the PostgreSQL in `DATABASE_URL`."""

from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from config.environment import BASE_DIR, env, items

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Set this for a pooler that assigns a connection to another client after each transaction. Then no state can be kept on
# a connection: no prepared statements, no server-side cursors, and no session settings.
TRANSACTION_POOLER = env.bool("TRANSACTION_POOLER", False)

_SQLITE: dict[str, Any] = {
    # A transaction takes the write lock when it begins. Otherwise it could fail when it upgrades its lock later.
    "transaction_mode": "IMMEDIATE",
    # Seconds to wait for another writer.
    "timeout": 5,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}
# In milliseconds. Every wait has a limit.
_LIMITS = "-c lock_timeout=5000 -c statement_timeout=15000 -c idle_in_transaction_session_timeout=30000"
# How long a server or a network that does not respond is waited for. Options in DATABASE_URL take precedence.
_NETWORK: dict[str, Any] = {
    "connect_timeout": 3,
    # In milliseconds.
    "tcp_user_timeout": 8000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
_SESSION: dict[str, Any] = (
    {}
    if TRANSACTION_POOLER
    else {
        # A statement is prepared when a connection executes it for the sixth time, because planning takes longer than
        # executing. Only statements whose parameters are sent separately can be prepared.
        "server_side_binding": True,
        "prepare_threshold": 5,
    }
)


_ENGINES = {"django.db.backends.postgresql", "django.db.backends.sqlite3"}


def _connection(variable: str, url: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = dict(
            dj_database_url.parse(
                url, conn_max_age=60, conn_health_checks=True, disable_server_side_cursors=TRANSACTION_POOLER
            )
        )
    except ValueError:
        found = {}
    if found.get("ENGINE") not in _ENGINES:
        # Without the value or the cause, because they can contain a password.
        raise ImproperlyConfigured(
            f"{variable} must be a URL such as postgres://user:password@host:5432/name or sqlite:////path/to/file. "
            "Special characters of the password are percent-encoded."
        ) from None
    if found["ENGINE"] == "django.db.backends.postgresql":
        found["ENGINE"] = "cinema.runtime.postgresql"
        options = {**_NETWORK, **found.get("OPTIONS", {}), **_SESSION}
        if not TRANSACTION_POOLER:
            options["options"] = f"{_LIMITS} {options.get('options', '')}".rstrip()
        found["OPTIONS"] = options
    else:
        found.setdefault("OPTIONS", {}).update(_SQLITE)
        Path(found["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    return found


_DEFAULT = f"sqlite:///{BASE_DIR / 'var' / 'cinema.sqlite3'}"
DATABASES = {"default": _connection("DATABASE_URL", env.str("DATABASE_URL", _DEFAULT))}
# Read replicas of the same PostgreSQL, for catalog data that may be a few seconds old: see `cinema.runtime.replicas`.
_REPLICA_URLS = items("DATABASE_REPLICA_URLS")
if _REPLICA_URLS and not DATABASES["default"]["ENGINE"].endswith("postgresql"):
    raise ImproperlyConfigured("DATABASE_REPLICA_URLS needs a PostgreSQL database in DATABASE_URL.")
for _number, _url in enumerate(_REPLICA_URLS, start=1):
    DATABASES[f"replica {_number}"] = _connection("DATABASE_REPLICA_URLS", _url)

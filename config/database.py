"""Settings of the database: SQLite by default, or the PostgreSQL in `DATABASE_URL`."""

from pathlib import Path
from typing import Any

import dj_database_url

from config.environment import BASE_DIR, env

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

_database = dj_database_url.parse(
    env.str("DATABASE_URL", f"sqlite:///{BASE_DIR / 'var' / 'cinema.sqlite3'}"),
    conn_max_age=60,
    conn_health_checks=True,
    disable_server_side_cursors=TRANSACTION_POOLER,
)
if _database["ENGINE"] == "django.db.backends.postgresql":
    _database["ENGINE"] = "cinema.runtime.postgresql"
    _options = {**_NETWORK, **_database.get("OPTIONS", {}), **_SESSION}
    if not TRANSACTION_POOLER:
        _options["options"] = f"{_LIMITS} {_options.get('options', '')}".rstrip()
    _database["OPTIONS"] = _options
else:
    _database.setdefault("OPTIONS", {}).update(_SQLITE)
    Path(_database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
DATABASES = {"default": _database}

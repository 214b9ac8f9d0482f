"""Whether this process can handle requests: its database, its migrations, its static files and Redis."""

import os
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import Error, close_old_connections, connection
from django.db.migrations.executor import MigrationExecutor
from redis import Redis, RedisError

from cinema.booking.seat_maps import MAX_COMMIT_SECONDS

# The settings of PostgreSQL that limit waiting, and why they must not be 0, which means no limit.
LIMITS = {
    "lock_timeout": "A call could wait for a lock without a limit.",
    "statement_timeout": "A statement could run without a limit.",
    "idle_in_transaction_session_timeout": "A crashed client could hold locks without a limit.",
}
# Redis is on the same network, and the check must end before that of the load balancer.
REDIS_TIMEOUT_SECONDS = 1


class NotReady(Exception):
    """The message says why, for operators. It contains no secrets, because anyone can read it."""


def problems() -> dict[str, str]:
    """The parts that this process needs and that do not work, each with the reason. Empty if it is ready."""
    close_old_connections()
    found: dict[str, str] = {}
    for name, check in _CHECKS.items():
        try:
            check()
        except NotReady as problem:
            found[name] = str(problem)
    close_old_connections()
    return found


def components() -> list[str]:
    """The names of the parts that `problems` checks."""
    return list(_CHECKS)


def check_database() -> None:
    try:
        if connection.vendor == "postgresql":
            _check_postgresql()
        else:
            _check_sqlite()
    except Error as error:
        raise NotReady("The database cannot be reached.") from error


def check_migrations() -> None:
    try:
        if not _is_migrated():
            raise NotReady("Migrations are missing: run `manage.py migrate`.")
    except Error as error:
        raise NotReady("The database cannot be reached.") from error


def check_limits() -> None:
    """The server sets the limits when it connects. A pooler that assigns connections by transaction drops them."""
    if connection.vendor != "postgresql":
        return
    try:
        milliseconds = _limits()
    except Error as error:
        raise NotReady("The database cannot be reached.") from error
    missing = [name for name in LIMITS if not milliseconds[name]]
    if missing:
        names = ", ".join(missing)
        raise NotReady(f"The database has no limit for {names}. Set them for the role with ALTER ROLE, and reconnect.")
    commit = milliseconds["statement_timeout"] + milliseconds["idle_in_transaction_session_timeout"]
    if commit > 1000 * MAX_COMMIT_SECONDS:
        raise NotReady(
            f"statement_timeout and idle_in_transaction_session_timeout must be at most {MAX_COMMIT_SECONDS} seconds "
            "together. Otherwise, seatChanges can miss a change."
        )


def _limits() -> dict[str, int]:
    """The limits in milliseconds. 0 means no limit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting::bigint FROM pg_settings WHERE name = ANY(%s)", [list(LIMITS)])
        return dict(cursor.fetchall())


def setting(name: str) -> str:
    """The value of a setting of PostgreSQL for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        ((value,),) = cursor.fetchall()
    return str(value)


def check_static_files() -> None:
    # In production, the file that `collectstatic` writes is read when the process starts.
    if not settings.DEBUG and getattr(staticfiles_storage, "hashed_files", None) == {}:
        raise NotReady("Static files are missing: run `manage.py collectstatic`, and restart.")


def check_redis() -> None:
    if not settings.REDIS_URL:
        return
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=REDIS_TIMEOUT_SECONDS, socket_connect_timeout=REDIS_TIMEOUT_SECONDS
        ) as redis:
            redis.ping()
    except RedisError as error:
        raise NotReady("Redis cannot be reached.") from error


_CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "migrations": check_migrations,
    "limits": check_limits,
    "static files": check_static_files,
    "redis": check_redis,
}


def _check_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_read_only')")
        if cursor.fetchone() != ("off",):
            raise NotReady("The database accepts no writes.")


def _check_sqlite() -> None:
    connection.ensure_connection()
    if not os.access(connection.settings_dict["NAME"], os.W_OK):
        raise NotReady("The database accepts no writes.")


def _is_migrated() -> bool:
    """Whether all migrations were applied. Once they were, the database is not asked again."""
    try:
        return _find_migrated()
    except _NotMigrated:
        return False


class _NotMigrated(Exception):
    pass


# An exception is not cached.
@cache
def _find_migrated() -> bool:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _NotMigrated
    return True

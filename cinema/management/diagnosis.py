"""What `manage.py doctor` checks: each part of an installation that can be wrong, and what to do about it."""

import os
import re
import smtplib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from pathlib import Path

from django.conf import settings
from django.core import checks, mail
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections

from cinema.accounts.models import User
from cinema.catalog import queries, time_zones
from cinema.core import clock
from cinema.core.text import on_one_line
from cinema.management import readiness
from cinema.management.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from cinema.management.readiness import NotReady

MAX_CLOCK_SKEW_SECONDS = 2.0


class Level(Enum):
    OK = "ok"
    WARNING = "warning"
    FAILURE = "FAILURE"


@dataclass(frozen=True)
class Finding:
    subject: str
    level: Level
    text: str
    hint: str = ""


def findings() -> Iterator[Finding]:
    """The result of every check. A check that needs the database is skipped if it cannot be reached."""
    database = _result("database", readiness.check_database, "reachable, and accepts writes")
    yield database
    if database.level is Level.OK:
        migrations = _result("migrations", readiness.check_migrations, "applied")
        yield migrations
        if migrations.level is Level.OK:
            yield _time_zones()
        yield _clock()
        yield from _limits()
        yield from _connections()
        if migrations.level is Level.OK and not settings.DEBUG:
            yield from _demo_accounts()
    yield from _replicas()
    yield _result("static files", readiness.check_static_files, "collected, or not needed with DEBUG")
    yield _folder("media", settings.MEDIA_ROOT, "Create MEDIA_ROOT for the user of the server, for posters.")
    if settings.METRICS:
        yield _folder("metrics", settings.METRICS_DIR, "Create METRICS_DIR for the user of the server.")
    if settings.REDIS_URL:
        yield _result("Redis", readiness.check_redis, "reachable")
    yield from _email()
    yield from _variables()
    yield from _settings()


def _result(subject: str, check: Callable[[], None], text: str) -> Finding:
    try:
        check()
    except NotReady as problem:
        cause = f" ({on_one_line(problem.__cause__)})" if problem.__cause__ else ""
        return Finding(subject, Level.FAILURE, f"{problem}{cause}")
    return Finding(subject, Level.OK, text)


def _time_zones() -> Finding:
    """Earlier releases accepted names that only the machine of the server knows."""
    unknown = [theater for theater in queries.theaters() if theater.time_zone not in time_zones.names()]
    if not unknown:
        return Finding("time zones", Level.OK, "All theaters have an IANA time zone.")
    text = "; ".join(f"{theater} has the time zone {theater.time_zone}" for theater in unknown)
    hint = "It is not an IANA time zone, so UTC is used instead. Set another one in the admin or with updateTheater."
    return Finding("time zones", Level.WARNING, f"{text}.", hint)


def _demo_accounts() -> Iterator[Finding]:
    for account in DEMO_ACCOUNTS:
        user = User.objects.known_as(account.username).first()
        if user is not None and user.is_active and user.check_password(DEMO_PASSWORD):
            text = f"{user.username} has the password of the demo data, which is public."
            yield Finding("accounts", Level.FAILURE, text, f"manage.py changepassword {user.username}")


def _replicas() -> Iterator[Finding]:
    """The server also works without them, so they are no failures."""
    for alias in connections:
        if alias == DEFAULT_DB_ALIAS:
            continue
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT pg_is_in_recovery()")
                ((is_standby,),) = cursor.fetchall()
        except DatabaseError as error:
            text = f"It cannot be reached, so it is not used. ({on_one_line(error)})"
            yield Finding(alias, Level.WARNING, text, "Check DATABASE_REPLICA_URLS.")
            continue
        if is_standby:
            yield Finding(alias, Level.OK, "reachable, and a standby")
        else:
            hint = "Set DATABASE_REPLICA_URLS to standbys of DATABASE_URL."
            yield Finding(alias, Level.WARNING, "It is not a standby, so it is not used.", hint)


def _folder(subject: str, folder: Path, hint: str) -> Finding:
    """Whether the server can write to a folder, which may not exist yet."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if existing.is_dir() and os.access(existing, os.W_OK | os.X_OK):
        return Finding(subject, Level.OK, f"{folder} can be written")
    return Finding(subject, Level.FAILURE, f"{folder} cannot be written.", hint)


def _clock() -> Finding:
    before = time.time()
    theirs = clock.now().timestamp()
    after = time.time()
    skew = theirs - (before + after) / 2
    text = f"The database's clock differs from this machine's by {skew:+.1f} s."
    if abs(skew) <= MAX_CLOCK_SKEW_SECONDS + (after - before):
        return Finding("clock", Level.OK, text)
    return Finding("clock", Level.WARNING, text, "Deadlines use the database's clock. Let both use NTP.")


def _limits() -> Iterator[Finding]:
    if connection.vendor != "postgresql":
        return
    for name, consequence in readiness.LIMITS.items():
        value = readiness.setting(name)
        if value != "0":
            yield Finding(name, Level.OK, value)
            continue
        user = connection.settings_dict["USER"] or "the user of DATABASE_URL"
        hint = f"Behind a pooler, set it for the role: ALTER ROLE {user} SET {name} = '...'; see docs/operations.md."
        yield Finding(name, Level.FAILURE, f"not in force. {consequence}", hint)
    yield _result("limits", readiness.check_limits, "complete, and short enough")


def _connections() -> Iterator[Finding]:
    if connection.vendor == "postgresql" and not settings.TRANSACTION_POOLER:
        # See "Connections" in docs/operations.md.
        needed = (
            settings.THREADS
            + 3
            + sum([not settings.TRACING, settings.METRICS_TOKEN is not None, len(settings.DATABASES) > 1])
        )
        allowed = readiness.setting("max_connections")
        text = f"The server allows {allowed}. Each `serve` needs {needed} for each worker process, and 3 more."
        yield Finding("connections", Level.OK, text)


def _email() -> Iterator[Finding]:
    if not settings.EMAIL_HOST:
        return
    try:
        with mail.get_connection():
            yield Finding("email", Level.OK, f"{settings.EMAIL_HOST} accepts the connection and the login")
    except (OSError, smtplib.SMTPException) as error:
        hint = "Check EMAIL_HOST, EMAIL_PORT, EMAIL_USE_TLS, EMAIL_HOST_USER and EMAIL_HOST_PASSWORD."
        yield Finding("email", Level.FAILURE, f"{settings.EMAIL_HOST}: {on_one_line(error)}", hint)


def _variables() -> Iterator[Finding]:
    known: frozenset[str] = settings.ENVIRONMENT_VARIABLES
    for name in sorted(set(os.environ) - known):
        likely = re.sub("^(DJANGO|CINEMA)_", "", name.upper())
        similar = get_close_matches(likely, known, n=1, cutoff=0.85)
        if similar:
            yield Finding("environment", Level.WARNING, f"{name} is not a setting. Did you mean {similar[0]}?")


def _settings() -> Iterator[Finding]:
    levels = {True: Level.FAILURE, False: Level.WARNING}
    for message in checks.run_checks(include_deployment_checks=not settings.DEBUG):
        level = levels[message.level >= checks.ERROR]
        yield Finding(f"settings ({message.id})", level, on_one_line(message.msg), on_one_line(message.hint or ""))
    if settings.DEBUG:
        yield Finding("settings", Level.WARNING, "DEBUG is on: not for a server that others can reach.")
    elif not settings.TRUSTED_PROXIES and settings.SECURE_SSL_REDIRECT:
        text = "TRUSTED_PROXIES is 0, so all clients of a proxy share its limits, and HTTPS is not recognized."
        yield Finding("proxy", Level.WARNING, text, "Set it to the number of your proxies in front of the server.")
    if not settings.DEBUG and set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]"}:
        yield Finding("hosts", Level.WARNING, "ALLOWED_HOSTS has only this machine.", "Add the name of your site.")

"""What `manage.py doctor` checks: each part of an installation that can be wrong, and what to do about it."""

import os
import smtplib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from django.conf import settings
from django.core import checks, mail
from django.db import connection

from cinema.core import clock
from cinema.core.text import on_one_line
from cinema.management import readiness
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
        yield _result("migrations", readiness.check_migrations, "applied")
        yield _clock()
        yield from _limits()
        yield from _connections()
    yield _result("static files", readiness.check_static_files, "collected, or not needed with DEBUG")
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


def _connections() -> Iterator[Finding]:
    if connection.vendor == "postgresql" and not settings.TRANSACTION_POOLER:
        needed = settings.THREADS + 2
        text = f"The server allows {readiness.setting('max_connections')}. Each worker process needs {needed}."
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
        similar = get_close_matches(name, known, n=1, cutoff=0.85)
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

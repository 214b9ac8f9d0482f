"""Warnings of `check --deploy`. They do not prevent a start: a demo needs no mail server and no PostgreSQL."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 - Django's name for it

from cinema.accounts.rules import rules

NO_MAIL_SERVER = Warning(
    "EMAIL_HOST is not set, so emails are not sent but written to the server's output. Anyone with access to the "
    "output can set the password of any account.",
    hint="Set EMAIL_HOST to the name of a mail server.",
    id="cinema.W001",
)
PLAIN_LINKS = Warning(
    "FRONT_END_URL does not use https, so the links in emails can be intercepted and used to set passwords.",
    hint="Set FRONT_END_URL to the https address of the front end, such as https://cinema.example.",
    id="cinema.W002",
)
UNENCRYPTED_EMAIL = Warning(
    "EMAIL_USE_TLS is off, so emails and the password of the mail server are sent unencrypted.",
    hint="Set EMAIL_USE_TLS to true, unless the mail server runs on this machine.",
    id="cinema.W003",
)
SQLITE = Warning(
    "The database is SQLite. It has one writer at a time, so it is slow when many users book. It is a file on one "
    "machine, so there can be no second server and no standby.",
    hint="Set DATABASE_URL to a PostgreSQL database, such as postgresql://cinema@db.example/cinema.",
    id="cinema.W004",
)


@register(Tags.security, deploy=True)
def email_settings_are_safe(app_configs: Any, **_: Any) -> list[CheckMessage]:  # noqa: ARG001 - the signature Django calls
    found: list[CheckMessage] = []
    if settings.EMAIL_BACKEND.endswith(".console.EmailBackend"):
        found.append(NO_MAIL_SERVER)
    elif not settings.EMAIL_USE_TLS:
        found.append(UNENCRYPTED_EMAIL)
    if not rules().front_end_url.startswith("https://"):
        found.append(PLAIN_LINKS)
    return found


@register(Tags.security, deploy=True)
def database_is_for_production(app_configs: Any, **_: Any) -> list[CheckMessage]:  # noqa: ARG001 - as above
    return [SQLITE] if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else []

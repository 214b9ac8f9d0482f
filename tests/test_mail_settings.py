"""Settings of emails and their links, and the warnings of `check --deploy` about them."""

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import Tags, run_checks

from cinema.management import checks
from tests.environments import KEY, home, refusal_in, settings_in
from tests.rules import ChangeRules

__all__ = ["home"]

REFUSAL = (
    "django.core.exceptions.ImproperlyConfigured: "
    "FRONT_END_URL must be an address such as https://cinema.example, without ? or #."
)


def test_by_default_emails_are_written_to_the_output(home: Path) -> None:
    found = settings_in(home, SECRET_KEY=KEY)
    assert found["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend"
    assert found["PASSWORD_RESET_TIMEOUT"] == 3 * 60 * 60


def test_by_default_the_mail_server_is_used_with_tls(home: Path) -> None:
    found = settings_in(home, SECRET_KEY=KEY, EMAIL_HOST="mail.example.com")
    wanted = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "mail.example.com",
        "EMAIL_PORT": 587,
        "EMAIL_HOST_USER": "",
        "EMAIL_HOST_PASSWORD": "",
        "EMAIL_USE_TLS": True,
        "EMAIL_TIMEOUT": 10,
    }
    assert {name: found[name] for name in wanted} == wanted


def test_all_email_settings_are_configurable(home: Path) -> None:
    environment = {
        "EMAIL_HOST": "mail.example.com",
        "EMAIL_PORT": "25",
        "EMAIL_HOST_USER": "cinema",
        "EMAIL_HOST_PASSWORD": "swordfish",
        "EMAIL_USE_TLS": "false",
        "EMAIL_TIMEOUT": "5",
        "DEFAULT_FROM_EMAIL": "Box office <tickets@cinema.example>",
        "LINK_HOURS": "0.5",
    }
    found = settings_in(home, SECRET_KEY=KEY, **environment)
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_TIMEOUT"]) == (25, False, 5)
    for name in ("EMAIL_HOST", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "DEFAULT_FROM_EMAIL"):
        assert found[name] == environment[name]
    assert found["PASSWORD_RESET_TIMEOUT"] == 30 * 60


@pytest.mark.parametrize(
    ("url", "stored"),
    [
        ("https://cinema.example", "https://cinema.example"),
        ("https://cinema.example/", "https://cinema.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://example.com/cinema/app/", "https://example.com/cinema/app"),
    ],
)
def test_the_front_end_url_is_configurable(home: Path, url: str, stored: str) -> None:
    assert settings_in(home, SECRET_KEY=KEY, FRONT_END_URL=url)["ACCOUNT_RULES"]["front_end_url"] == stored


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({}, "http://localhost:8000"),
        ({"ALLOWED_HOSTS": "localhost,.example.com,*,cinema.example,www.cinema.example"}, "https://cinema.example"),
        ({"ALLOWED_HOSTS": "cinema.example", "DEBUG": "true"}, "http://localhost:8000"),
        ({"ALLOWED_HOSTS": "*"}, "http://localhost:8000"),
    ],
)
def test_by_default_links_lead_to_this_server(home: Path, environment: dict[str, str], url: str) -> None:
    assert settings_in(home, SECRET_KEY=KEY, **environment)["ACCOUNT_RULES"]["front_end_url"] == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "cinema.example",
        "//cinema.example",
        "ftp://cinema.example",
        "javascript://cinema.example",
        "https://",
        "https:///path",
        "https://cinema.example?next=",
        "https://cinema.example/#",
        "https://cinema.example@evil.example",
        "https://cinema.example:port",
        "https://cinema example",
        "https://cinema.example\nhttps://evil.example",
    ],
)
def test_the_server_refuses_an_invalid_front_end_url(home: Path, url: str) -> None:
    assert refusal_in(home, SECRET_KEY=KEY, FRONT_END_URL=url) == REFUSAL


@pytest.mark.parametrize("hours", ["0", "-1", "0.0001", "nan", "inf", "three", ""])
def test_the_server_refuses_an_invalid_lifetime_of_links(home: Path, hours: str) -> None:
    assert refusal_in(home, SECRET_KEY=KEY, LINK_HOURS=hours)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, [checks.NO_MAIL_SERVER]),
        ({"EMAIL_USE_TLS": False}, [checks.UNENCRYPTED_EMAIL]),
        ({"front_end_url": "http://cinema.example"}, [checks.PLAIN_LINKS]),
        (
            {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend", "front_end_url": "http://x.example"},
            [checks.NO_MAIL_SERVER, checks.PLAIN_LINKS],
        ),
    ],
    ids=str,
)
def test_deployments_that_expose_links_get_a_warning(
    settings: Any, change_rules: ChangeRules, changes: dict[str, Any], expected: list[Any]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS = True
    change_rules(front_end_url=changes.get("front_end_url", "https://cinema.example"))
    for name in changes.keys() - {"front_end_url"}:
        setattr(settings, name, changes[name])
    found = run_checks(tags=[Tags.security], include_deployment_checks=True)
    # The tests also run on SQLite.
    of_emails = [each for each in found if str(each.id).startswith("cinema.") and each != checks.SQLITE]
    assert of_emails == expected

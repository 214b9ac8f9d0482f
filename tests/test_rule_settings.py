"""The rules of the cinema and the limits of the API in the environment."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.environments import KEY, home, refusal_in, settings_in

__all__ = ["home"]


def lifetimes(found: dict[str, Any]) -> tuple[str, str]:
    return found["BOOKING_RULES"]["hold_lifetime"], found["BOOKING_RULES"]["hold_lifetime_at_most"]


def test_the_lifetimes_of_holds_are_configurable(home: Path) -> None:
    found = settings_in(home, SECRET_KEY=KEY)
    assert lifetimes(found) == ("0:08:00", "0:20:00")
    changed = settings_in(home, SECRET_KEY=KEY, HOLD_MINUTES="0.5", HOLD_MINUTES_AT_MOST="0.5")
    assert lifetimes(changed) == ("0:00:30", "0:00:30")


@pytest.mark.parametrize(
    "environment",
    [
        {"HOLD_MINUTES": "0"},
        {"HOLD_MINUTES": "-1"},
        {"HOLD_MINUTES": "20.1"},
        {"HOLD_MINUTES_AT_MOST": "7.9"},
        {"HOLD_MINUTES_AT_MOST": "0"},
        {"HOLD_MINUTES": "-2", "HOLD_MINUTES_AT_MOST": "-1"},
    ],
    ids=str,
)
def test_the_server_refuses_invalid_lifetimes_of_holds(home: Path, environment: dict[str, str]) -> None:
    assert refusal_in(home, SECRET_KEY=KEY, **environment) == (
        "django.core.exceptions.ImproperlyConfigured: "
        "HOLD_MINUTES must be greater than 0 and at most HOLD_MINUTES_AT_MOST."
    )


def test_the_lifetime_of_idempotency_keys_is_configurable(home: Path) -> None:
    assert settings_in(home, SECRET_KEY=KEY)["CORE_RULES"]["idempotency_key_lifetime"] == "1 day, 0:00:00"
    changed = settings_in(home, SECRET_KEY=KEY, IDEMPOTENCY_KEY_HOURS="0.5")
    assert changed["CORE_RULES"]["idempotency_key_lifetime"] == "0:30:00"


@pytest.mark.parametrize("name", ["HOLD_MINUTES", "HOLD_MINUTES_AT_MOST"])
@pytest.mark.parametrize("minutes", ["eight", "", "nan", "inf"])
def test_the_server_refuses_lifetimes_that_are_not_numbers(home: Path, name: str, minutes: str) -> None:
    assert refusal_in(home, SECRET_KEY=KEY, **{name: minutes})


@pytest.mark.parametrize(
    "name",
    [
        "MAX_REQUEST_BYTES",
        "MAX_ANSWER_BYTES",
        "MAX_UPLOAD_BYTES",
        *(f"QUERY_MAX_{name.upper()}" for name in settings.QUERY_LIMITS if name.islower()),
    ],
)
def test_a_limit_of_zero_is_refused(home: Path, name: str) -> None:
    settings_in(home, SECRET_KEY=KEY, **{name: "1"})
    assert "must be at least 1" in refusal_in(home, SECRET_KEY=KEY, **{name: "0"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("THREADS", "0"),
        ("QUEUE_TIMEOUT_SECONDS", "0"),
        ("SECONDS_TO_SEND_A_REQUEST", "-1"),
        ("SECONDS_TO_SEND_AN_UPLOAD", "0"),
        ("TRUSTED_PROXIES", "-1"),
        ("IDEMPOTENCY_KEY_HOURS", "0"),
        ("BOOKING_CLOSES_MINUTES_BEFORE_START", "-241"),
        ("CANCELLING_CLOSES_MINUTES_BEFORE_START", "43201"),
        ("CURRENCY", "XAU"),
        ("HOLD_RELEASES_PER_SEAT", "0"),
        ("ACCESS_TOKEN_MINUTES", "0"),
        ("REFRESH_TOKEN_DAYS", "-1"),
        ("CLEANING_MINUTES", "-5"),
        ("SEATS_PER_USER_AND_SHOW", "0"),
        ("OPEN_HOLDS_PER_USER", "-1"),
        ("HELD_SEATS_PER_ADDRESS", "-1"),
        ("EMAIL_PORT", "65536"),
        ("EMAIL_TIMEOUT", "0"),
        ("METRICS_PORT", "0"),
        ("SECURE_HSTS_SECONDS", "-1"),
    ],
)
def test_values_out_of_range_are_refused(home: Path, name: str, value: str) -> None:
    refusal = refusal_in(home, SECRET_KEY=KEY, **{name: value})
    assert refusal.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert name in refusal


def test_limits_of_unverified_users_depend_on_the_mail_server(home: Path) -> None:
    names = ("open_holds_per_unverified_user", "held_seats_per_unverified_user")

    def limits(**variables: str) -> list[int | None]:
        rules = settings_in(home, SECRET_KEY=KEY, **variables)["BOOKING_RULES"]
        return [rules[name] for name in names]

    assert limits() == [None, None]
    assert limits(EMAIL_HOST="mail.example") == [2, 10]
    assert limits(OPEN_HOLDS_PER_UNVERIFIED_USER="1", HELD_SEATS_PER_UNVERIFIED_USER="4") == [1, 4]


def test_introspection_and_explorer_can_be_disabled(home: Path) -> None:
    found = settings_in(home, SECRET_KEY=KEY)
    assert (found["INTROSPECTION"], found["EXPLORER"]) == (True, True)
    changed = settings_in(home, SECRET_KEY=KEY, INTROSPECTION="false", EXPLORER="false")
    assert (changed["INTROSPECTION"], changed["EXPLORER"]) == (False, False)


def test_the_rates_of_attempts_are_configurable(home: Path) -> None:
    assert settings_in(home, SECRET_KEY=KEY)["ACCOUNT_RULES"]["rates"] == {
        "login": {
            "account_and_address": "10 per 15 minute",
            "account": "100 per 15 minute",
            "address": "200 per 15 minute",
        },
        "change_password": {"account": "10 per 15 minute", "address": "200 per 15 minute"},
        "signup": {"account": "20 per 1 hour", "address": "100 per 1 hour"},
        "refresh": {"account": "600 per 1 hour", "address": "6000 per 1 hour"},
        "mail": {"account": "5 per 1 hour", "address": "500 per 1 hour"},
        "link": {"address": "500 per 1 hour"},
    }
    changed = settings_in(home, SECRET_KEY=KEY, LOGIN_FAILURES_PER_ACCOUNT_AND_ADDRESS="3 per minute")["ACCOUNT_RULES"][
        "rates"
    ]
    assert changed["login"]["account_and_address"] == "3 per 1 minute"


@pytest.mark.parametrize("rate", ["", "10", "ten/minute", "10/fortnight", "10/minute; 20/hour", "0/minute"])
def test_the_server_refuses_an_invalid_rate(home: Path, rate: str) -> None:
    assert refusal_in(home, SECRET_KEY=KEY, SIGNUPS_PER_ADDRESS=rate) == (
        "django.core.exceptions.ImproperlyConfigured: "
        f"SIGNUPS_PER_ADDRESS must be a rate such as 10/15 minutes: {rate}".rstrip()
    )

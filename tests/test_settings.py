"""The settings that result from an environment, and the environments with which the server refuses to start."""

import importlib
import json
import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.migrations.loader import MigrationLoader
from environs import EnvError

KEY = "a key that is long enough, and cannot be guessed"
OTHER_KEY = "another key that is long enough, and cannot be guessed"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of the configuration, so that the .env file of the project is not read."""
    shutil.copytree(settings.BASE_DIR / "config", tmp_path / "config")
    return tmp_path


def start(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a new process."""
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=home,
        # `config` is imported from `home`, and all other packages from the project.
        env={"PYTHONPATH": str(settings.BASE_DIR), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def settings_in(home: Path, **environment: str) -> dict[str, Any]:
    """The settings in this environment, as JSON. In this process, because most tests need no other."""
    with importing_from(home), patch.dict(os.environ, environment, clear=True):
        module = importlib.import_module("config.settings")
    values = {name: getattr(module, name) for name in dir(module) if name.isupper()}
    found: dict[str, Any] = json.loads(json.dumps(values, default=encode))
    return found


def refusal_in(home: Path, **environment: str) -> str:
    """Assert that the settings are refused, and return the last line that a process with this environment prints."""
    with pytest.raises((ImproperlyConfigured, EnvError)) as refused:
        settings_in(home, **environment)
    return traceback.format_exception_only(refused.value)[-1].strip().splitlines()[-1]


@contextmanager
def importing_from(home: Path) -> Iterator[None]:
    """Import `config` from `home`. Afterwards, it is the one of the project again."""
    of_the_project = remove_config()
    try:
        with patch.object(sys, "path", [str(home), *sys.path]):
            yield
    finally:
        remove_config()
        sys.modules.update(of_the_project)


def remove_config() -> dict[str, ModuleType]:
    """Remove the modules of `config` from the imported modules, and return them."""
    return {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "config"}


def encode(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


@pytest.mark.parametrize("environment", [{}, {"SECRET_KEY": ""}, {"SECRET_KEY": "", "JWT_SECRET_KEY": KEY}])
def test_the_server_refuses_to_start_without_a_secret_key(home: Path, environment: dict[str, str]) -> None:
    started = start(home, **environment)
    assert started.returncode != 0
    refusal = started.stderr.strip().splitlines()[-1]
    assert refusal.startswith("django.core.exceptions.ImproperlyConfigured: SECRET_KEY is not set.")
    assert "secrets.token_urlsafe" in refusal
    assert refusal == refusal_in(home, **environment)


def test_the_server_refuses_a_short_secret_key(home: Path) -> None:
    assert refusal_in(home, SECRET_KEY="x" * 31) == (
        "django.core.exceptions.ImproperlyConfigured: SECRET_KEY must have at least 32 bytes."
    )


def test_the_server_refuses_a_short_jwt_key(home: Path) -> None:
    assert refusal_in(home, SECRET_KEY=KEY, JWT_SECRET_KEY="x" * 31) == (
        "django.core.exceptions.ImproperlyConfigured: JWT_SECRET_KEY must have at least 32 bytes."
    )


@pytest.mark.parametrize("name", ["SENTRY_DSN", "OTEL_EXPORTER_OTLP_ENDPOINT"])
def test_telemetry_needs_its_packages(home: Path, name: str) -> None:
    with patch("importlib.util.find_spec", return_value=None):
        refusal = refusal_in(home, SECRET_KEY=KEY, **{name: "http://key@127.0.0.1/1"})
    assert f"{name} is set, but" in refusal
    assert refusal.endswith("To install it: pip install --require-hashes -r requirements-telemetry.txt")


def test_a_refused_key_is_not_printed(home: Path) -> None:
    assert "swordfish" not in start(home, SECRET_KEY="swordfish").stderr


def test_debug_does_not_replace_a_missing_secret_key(home: Path) -> None:
    assert "SECRET_KEY is not set" in refusal_in(home, DEBUG="true")


def test_an_invalid_boolean_is_refused(home: Path) -> None:
    assert "DEBUG" in refusal_in(home, SECRET_KEY=KEY, DEBUG="perhaps")


def test_by_default_tokens_are_signed_with_the_secret_key(home: Path) -> None:
    assert settings_in(home, SECRET_KEY=KEY)["GRAPHQL_JWT"]["JWT_SECRET_KEY"] == KEY
    changed = settings_in(home, SECRET_KEY=KEY, JWT_SECRET_KEY=OTHER_KEY)
    assert (changed["SECRET_KEY"], changed["GRAPHQL_JWT"]["JWT_SECRET_KEY"]) == (KEY, OTHER_KEY)


def test_the_defaults_are_for_production(home: Path) -> None:
    found = settings_in(home, SECRET_KEY=KEY)
    wanted = {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
        "CSRF_TRUSTED_ORIGINS": [],
        "TRUSTED_PROXIES": 0,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 365 * 24 * 60 * 60,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_HSTS_PRELOAD": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "WHITENOISE_USE_FINDERS": False,
    }
    assert {name: found[name] for name in wanted} == wanted
    assert "SECURE_PROXY_SSL_HEADER" not in found


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
        ("TRUSTED_PROXIES", "-1"),
        ("IDEMPOTENCY_KEY_HOURS", "0"),
        ("BOOKING_CLOSES_MINUTES_BEFORE_START", "-241"),
        ("CANCELLING_CLOSES_MINUTES_BEFORE_START", "43201"),
        ("CURRENCY", "XAU"),
    ],
)
def test_values_out_of_range_are_refused(home: Path, name: str, value: str) -> None:
    refusal = refusal_in(home, SECRET_KEY=KEY, **{name: value})
    assert refusal.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert name in refusal


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
        "signup": {"account": "20 per 1 hour", "address": "1000 per 1 hour"},
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


def test_debug_disables_the_requirement_of_tls(home: Path) -> None:
    found = settings_in(home, SECRET_KEY=KEY, DEBUG="true")
    assert found["DEBUG"] is True
    for name in ("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        assert not found.get(name)


def test_the_forwarded_protocol_is_trusted_only_behind_a_proxy(home: Path) -> None:
    found = settings_in(home, SECRET_KEY=KEY, TRUSTED_PROXIES="1")
    assert found["TRUSTED_PROXIES"] == 1
    assert found["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_allowed_origins_are_configurable(home: Path) -> None:
    assert settings_in(home, SECRET_KEY=KEY)["CORS_ALLOWED_ORIGINS"] == []
    origins = ["https://tickets.example", "http://localhost:3000", "http://[::1]:3000"]
    assert settings_in(home, SECRET_KEY=KEY, CORS_ALLOWED_ORIGINS=",".join(origins))["CORS_ALLOWED_ORIGINS"] == origins


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "file://",
        "tickets.example",
        "https://",
        "https://*.tickets.example",
        "https://tickets.example/",
        "https://Tickets.example",
        "https://alice@tickets.example",
        "ftp://tickets.example",
        "https://tickets.example\n",
    ],
)
def test_the_server_refuses_invalid_origins_and_wildcards(home: Path, origin: str) -> None:
    assert refusal_in(home, SECRET_KEY=KEY, CORS_ALLOWED_ORIGINS=f"https://tickets.example,{origin}") == (
        f"django.core.exceptions.ImproperlyConfigured: CORS_ALLOWED_ORIGINS: {origin!r} is not an origin "
        "such as https://tickets.example."
    )


def test_the_default_database_is_a_file(home: Path) -> None:
    database = settings_in(home, SECRET_KEY=KEY)["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"] == str(home / "var" / "cinema.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert (home / "var").is_dir()


def test_a_database_url_selects_postgresql(home: Path) -> None:
    url = "postgres://teller:popcorn@db.example.com:5433/cinema?sslmode=require"
    database = settings_in(home, SECRET_KEY=KEY, DATABASE_URL=url)["DATABASES"]["default"]
    assert database["ENGINE"] == "cinema.runtime.postgresql"
    assert (database["USER"], database["PASSWORD"]) == ("teller", "popcorn")
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example.com", 5433, "cinema")
    assert database["OPTIONS"]["sslmode"] == "require"
    assert "-c lock_timeout=5000" in database["OPTIONS"]["options"]
    assert (database["OPTIONS"]["server_side_binding"], database["OPTIONS"]["prepare_threshold"]) == (True, 5)
    assert not (home / "var").exists()


def test_options_in_the_database_url_are_added_to_the_defaults(home: Path) -> None:
    url = "postgres://db.example.com/cinema?connect_timeout=9&options=-c%20lock_timeout%3D100%20-c%20work_mem%3D8MB"
    options = settings_in(home, SECRET_KEY=KEY, DATABASE_URL=url)["DATABASES"]["default"]["OPTIONS"]
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == (9, 8000)
    # PostgreSQL uses the last value of a setting.
    assert options["options"].startswith("-c lock_timeout=5000 -c statement_timeout=15000")
    assert options["options"].endswith(" -c lock_timeout=100 -c work_mem=8MB")


def test_a_transaction_pooler_has_connections_without_state(home: Path) -> None:
    url = "postgres://teller:popcorn@db.example.com:5433/cinema?sslmode=require"
    variables = {"SECRET_KEY": KEY, "DATABASE_URL": url, "TRANSACTION_POOLER": "true"}
    database = settings_in(home, **variables)["DATABASES"]["default"]
    assert database["OPTIONS"]["sslmode"] == "require"
    # Options that a pooler refuses or ignores, because another client may get the connection.
    assert not {"options", "prepare_threshold", "server_side_binding"} & set(database["OPTIONS"])
    assert database["DISABLE_SERVER_SIDE_CURSORS"] is True


def test_the_environment_takes_precedence_over_an_env_file(home: Path) -> None:
    (home / ".env").write_text(f"DEBUG=true\nSECRET_KEY={KEY}\nCURRENCY=EUR\n")
    assert settings_in(home)["SECRET_KEY"] == KEY
    found = settings_in(home, DEBUG="false", SECRET_KEY=OTHER_KEY)
    assert (found["DEBUG"], found["SECRET_KEY"], found["CATALOG_RULES"]["currency"]) == (False, OTHER_KEY, "EUR")


def test_an_env_file_does_not_replace_an_empty_key_in_the_environment(home: Path) -> None:
    (home / ".env").write_text(f"SECRET_KEY={KEY}\n")
    assert "SECRET_KEY is not set" in refusal_in(home, SECRET_KEY="")


def test_every_model_has_a_migration() -> None:
    # Deleting a user reads the tables of all models with a reference to users, including those of libraries.
    without_migrations = MigrationLoader(None).unmigrated_apps
    assert [model._meta.label for model in apps.get_models() if model._meta.app_label in without_migrations] == []


def test_trusted_documents_are_read_from_a_file(home: Path) -> None:
    path = home / "documents.json"
    manifest = {"format": "apollo-persisted-query-manifest", "version": 1}
    for content in (
        {"a": "{ me { id } }", "sha256:b": "{ __typename }"},
        manifest | {"operations": [{"id": "a", "body": "{ me { id } }"}, {"id": "b", "body": "{ __typename }"}]},
    ):
        path.write_text(json.dumps(content))
        found = settings_in(home, SECRET_KEY=KEY, TRUSTED_DOCUMENTS=str(path))
        assert found["TRUSTED_DOCUMENTS"] == {"a": "{ me { id } }", "b": "{ __typename }"}
        assert found["EXPLORER"] is False
    assert settings_in(home, SECRET_KEY=KEY)["TRUSTED_DOCUMENTS"] is None


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"a": 5}', '{"format": "apollo-persisted-query-manifest"}'])
def test_the_server_refuses_a_bad_file_of_trusted_documents(home: Path, content: str) -> None:
    path = home / "documents.json"
    path.write_text(content)
    assert f"TRUSTED_DOCUMENTS: {path}" in refusal_in(home, SECRET_KEY=KEY, TRUSTED_DOCUMENTS=str(path))


def test_the_server_refuses_a_missing_file_of_trusted_documents(home: Path) -> None:
    assert "cannot be read as JSON" in refusal_in(home, SECRET_KEY=KEY, TRUSTED_DOCUMENTS=str(home / "nothing.json"))


def test_more_request_headers_can_be_allowed(home: Path) -> None:
    found = settings_in(home, SECRET_KEY=KEY, CORS_ALLOWED_HEADERS="X-Tenant,x-other")
    assert found["CORS_ALLOW_HEADERS"][-2:] == ["x-tenant", "x-other"]
    assert "'*' is not the name of a header" in refusal_in(home, SECRET_KEY=KEY, CORS_ALLOWED_HEADERS="x-a,*")

"""The settings that result from an environment, and the environments with which the server refuses to start."""

import json
from pathlib import Path
from unittest.mock import patch

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from tests.environments import KEY, home, refusal_in, settings_in

__all__ = ["home"]


@pytest.mark.parametrize("name", ["SENTRY_DSN", "OTEL_EXPORTER_OTLP_ENDPOINT"])
def test_telemetry_needs_its_packages(home: Path, name: str) -> None:
    with patch("importlib.util.find_spec", return_value=None):
        refusal = refusal_in(home, SECRET_KEY=KEY, **{name: "http://key@127.0.0.1/1"})
    assert f"{name} is set, but" in refusal
    assert refusal.endswith("To install it: pip install --require-hashes -r requirements-telemetry.txt")


def test_an_invalid_boolean_is_refused(home: Path) -> None:
    assert "DEBUG" in refusal_in(home, SECRET_KEY=KEY, DEBUG="perhaps")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "mysql://cinema:sesame@db.example/cinema"),
        ("DATABASE_URL", "postgres://cinema:sesame@db.example:port/cinema"),
        ("DATABASE_REPLICA_URLS", "http://cinema:sesame@db.example/cinema"),
        ("REDIS_URL", "localhost:6379"),
        ("LOG_LEVEL", "verbose"),
        ("ALLOWED_HOSTS", "cinema.example,https://www.cinema.example"),
        ("ALLOWED_HOSTS", "cinema.example:443"),
        ("MEDIA_ORIGIN", "https://cinema.example,https://www.cinema.example"),
        ("DEFAULT_FROM_EMAIL", "Cinema"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "127.0.0.1:4318"),
        ("SENTRY_DSN", "sesame@sentry.example/1"),
        ("SENTRY_DSN", "https://sesame@sentry.example"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(home: Path, name: str, value: str) -> None:
    database = {"DATABASE_URL": "postgres://cinema@db.example/cinema"}
    refusal = refusal_in(home, SECRET_KEY=KEY, **database | {name: value})
    assert refusal.startswith(f"django.core.exceptions.ImproperlyConfigured: {name} must be ")
    assert "sesame" not in refusal


def test_spaces_in_lists_are_ignored(home: Path) -> None:
    names = {"ALLOWED_HOSTS": "cinema.example, www.cinema.example ,", "SECRET_KEY_FALLBACKS": f" {'k' * 32} "}
    found = settings_in(home, SECRET_KEY=KEY, **names)
    assert found["ALLOWED_HOSTS"] == ["cinema.example", "www.cinema.example"]
    assert found["SECRET_KEY_FALLBACKS"] == ["k" * 32]


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

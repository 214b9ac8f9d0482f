"""Secret keys in the environment and in a file `.env`."""

from pathlib import Path

import pytest

from tests.environments import KEY, OTHER_KEY, home, refusal_in, settings_in, start

__all__ = ["home"]


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


def test_a_refused_key_is_not_printed(home: Path) -> None:
    assert "swordfish" not in start(home, SECRET_KEY="swordfish").stderr


def test_debug_does_not_replace_a_missing_secret_key(home: Path) -> None:
    assert "SECRET_KEY is not set" in refusal_in(home, DEBUG="true")


def test_by_default_tokens_are_signed_with_the_secret_key(home: Path) -> None:
    assert settings_in(home, SECRET_KEY=KEY)["GRAPHQL_JWT"]["JWT_SECRET_KEY"] == KEY
    changed = settings_in(home, SECRET_KEY=KEY, JWT_SECRET_KEY=OTHER_KEY)
    assert (changed["SECRET_KEY"], changed["GRAPHQL_JWT"]["JWT_SECRET_KEY"]) == (KEY, OTHER_KEY)


def test_the_environment_takes_precedence_over_an_env_file(home: Path) -> None:
    (home / ".env").write_text(f"DEBUG=true\nSECRET_KEY={KEY}\nCURRENCY=EUR\n")
    assert settings_in(home)["SECRET_KEY"] == KEY
    found = settings_in(home, DEBUG="false", SECRET_KEY=OTHER_KEY)
    assert (found["DEBUG"], found["SECRET_KEY"], found["CATALOG_RULES"]["currency"]) == (False, OTHER_KEY, "EUR")


def test_an_env_file_does_not_replace_an_empty_key_in_the_environment(home: Path) -> None:
    (home / ".env").write_text(f"SECRET_KEY={KEY}\n")
    assert "SECRET_KEY is not set" in refusal_in(home, SECRET_KEY="")

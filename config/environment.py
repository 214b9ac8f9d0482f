"""The environment variables for the settings. A file `.env` can set variables that are not set otherwise."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured
from environs import Env

D = TypeVar("D", bound=int | None)

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)

SHORTEST_KEY = 32


def items(name: str, default: Sequence[str] = ()) -> list[str]:
    """The values in the variable `name`, separated by commas, without the spaces around them."""
    values: list[str] = env.list(name, list(default))
    return [value.strip(" ") for value in values if value.strip(" ")]


def whole_number(name: str, default: D, *, at_least: int, at_most: int | None = None) -> int | D:
    """The number in the variable `name`. Raises `ImproperlyConfigured` if it is out of range."""
    number: int | D = env.int(name, default)  # type: ignore[arg-type, assignment]  # its overloads are for None or int
    if number is None or (number >= at_least and (at_most is None or number <= at_most)):
        return number
    needed = f"at least {at_least}" if at_most is None else f"between {at_least} and {at_most}"
    raise ImproperlyConfigured(f"{name} must be {needed}.")


def secret_key(name: str, default: str | None = None) -> str:
    """The secret in the variable `name`. Raises `ImproperlyConfigured` if it is missing or too short."""
    key = env.str(name, default)
    if not key:
        raise ImproperlyConfigured(
            f"{name} is not set. For development, `make run` creates a .env with one. For production, set it in the "
            "environment. To create one: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    _check_length(name, key)
    return str(key)


def earlier_keys(name: str, default: Sequence[str] = ()) -> list[str]:
    """The secrets in the variable `name`, separated by commas. Raises `ImproperlyConfigured` if one is too short."""
    keys = items(name, default)
    for key in keys:
        _check_length(name, key)
    return keys


def optional_package(name: str, package: str) -> str | None:
    """The variable `name`, which needs a package that is installed separately. Raises `ImproperlyConfigured`."""
    value: str | None = env.str(name, None) or None
    if value is not None and not _is_installed(package):
        raise ImproperlyConfigured(
            f"{name} is set, but {package} is not installed. To install it: "
            "pip install --require-hashes -r requirements-telemetry.txt"
        )
    return value


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:
        # A part of its name.
        return False


def _check_length(name: str, key: str) -> None:
    if len(key.encode()) < SHORTEST_KEY:
        raise ImproperlyConfigured(f"{name} must have at least {SHORTEST_KEY} bytes.")

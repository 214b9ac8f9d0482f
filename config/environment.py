"""The environment, which the settings are read from: the variables, and a file `.env` that they win over."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)

SHORTEST_KEY = 32


def secret_key(name: str, default: str | None = None) -> str:
    """The secret in variable `name`; refuses one that could be guessed."""
    key = env.str(name, default)
    if not key:
        raise ImproperlyConfigured(
            f"{name} is not set. `make run` writes a .env with one for development; in production set it "
            "in the environment: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    if len(key.encode()) < SHORTEST_KEY:
        raise ImproperlyConfigured(f"{name} is shorter than {SHORTEST_KEY} bytes, so it could be guessed.")
    return str(key)

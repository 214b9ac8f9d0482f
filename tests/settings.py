"""The project's settings with an environment of their own, so that no .env and no shell decides about a test."""

import os

os.environ.update(
    {
        "SECRET_KEY": "only-for-tests-and-long-enough-to-be-accepted",
        "JWT_SECRET_KEY": "another-one-only-for-tests-and-long-enough",
        "DEBUG": "false",
        "SECURE_SSL_REDIRECT": "false",
        "ALLOWED_HOSTS": "*",
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", "sqlite:///var/test.sqlite3"),
    }
)

from config.environment import BASE_DIR
from config.settings import *  # noqa: F403 - the environment first
from config.settings import DATABASES

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # In a file, as it runs for real: in memory, connections share a cache and lock each other out differently.
    DATABASES["default"]["TEST"] = {"NAME": str(BASE_DIR / "var" / "test.sqlite3")}

# Hashing slowly is what argon2 is for, and nothing that most tests are about.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Static files as in development: found where they are, not collected.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True

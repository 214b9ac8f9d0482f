"""The project's settings with an environment of their own, so that no .env and no shell decides about a test."""

import os

os.environ.update(
    {
        "SECRET_KEY": "only-for-tests-and-long-enough-to-be-accepted",
        "DEBUG": "false",
        "SECURE_SSL_REDIRECT": "false",
        "ALLOWED_HOSTS": "*",
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", "sqlite:///var/test.sqlite3"),
    }
)

from config.settings import *  # noqa: E402, F403 - the environment first

# Hashing slowly is what argon2 is for, and nothing that most tests are about.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

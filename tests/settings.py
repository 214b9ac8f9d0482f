"""The project's settings with a fixed environment, independent of .env files and the shell."""

import os

os.environ.update(
    {
        "SECRET_KEY": "only-for-tests-and-long-enough-to-be-accepted",
        "JWT_SECRET_KEY": "another-key-only-for-tests-and-long-enough",
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
    # In a file, as in production. In-memory databases share a cache between connections and lock differently.
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    DATABASES["default"]["TEST"] = {"NAME": str(BASE_DIR / "var" / "test.sqlite3")}

# argon2 is intentionally slow, and most tests do not depend on the hasher.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Static files are found without `collectstatic`, as in development.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True

"""The folder of the database, which is kept between runs, and the settings of the servers."""

import os

from config.environment import BASE_DIR

# Git ignores var/.
FOLDER = BASE_DIR / "var" / "bench"
# The database that the servers use. It is a copy of the full one, so that every run starts with the same rows.
RUN = "run"
WORKERS = 2
THREADS = 4
ADDRESS = "127.0.0.1"
# Not secret: the server only runs during a benchmark and listens on this machine. The stored sessions depend on it.
SECRET_KEY = "only-for-benchmarks-and-long-enough-to-be-accepted"


def database_url(name: str) -> str:
    """The URL of a database in the benchmark's PostgreSQL."""
    return f"postgresql://postgres:@/{name}?host={FOLDER}"


def environment(database: str) -> dict[str, str]:
    """The environment variables of a server in production. Only PATH comes from this process.

    Each request has the header of a proxy with its client's address, so that the fair queue sees many clients. A buyer
    can make many holds, and no hold expires during a run.
    """
    return {
        "PATH": os.environ["PATH"],
        "PYTHONUNBUFFERED": "1",
        "DEBUG": "false",
        "SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": database_url(database),
        "ALLOWED_HOSTS": ADDRESS,
        "SECURE_SSL_REDIRECT": "false",
        "TRUSTED_PROXIES": "1",
        "THREADS": str(THREADS),
        "ACCESS_TOKEN_MINUTES": "240",
        "OPEN_HOLDS_PER_USER": "1000",
        "HELD_SEATS_PER_ADDRESS": "1000000",
        "HOLD_MINUTES": "240",
        "HOLD_MINUTES_AT_MOST": "240",
    }

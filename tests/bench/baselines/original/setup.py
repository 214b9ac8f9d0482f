"""The database of the original design."""

import subprocess
import sys

from config.environment import BASE_DIR
from tests.bench import database
from tests.bench.buyers import COUNT
from tests.bench.environment import environment

NAME = "original"
CAPACITY = 10_000


def create() -> None:
    """Create the database, with a user for each buyer."""
    database.recreate(NAME)
    settings = f"--settings={__package__}.settings"
    subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0", settings],
        cwd=BASE_DIR,
        env=environment(NAME),
        check=True,
    )
    with database.connect(NAME) as connection:
        connection.execute(
            "INSERT INTO auth_user"
            " (id, password, username, first_name, last_name, email, is_superuser, is_staff, is_active, date_joined)"
            " SELECT n, '!', 'buyer' || n, '', '', 'buyer' || n || '@example.com', false, false, true, now()"
            " FROM generate_series(1, %s) AS n",
            [COUNT],
        )


def add_show() -> int:
    """Add a show without sold seats. Returns its key."""
    with database.connect(NAME) as connection:
        row = connection.execute(
            "INSERT INTO original_show (title, starts_at, capacity) VALUES ('A show', now() + interval '30 days', %s)"
            " RETURNING id",
            [CAPACITY],
        ).fetchone()
    assert row is not None
    return int(row[0])


def sold(show: int) -> int:
    with database.connect(NAME) as connection:
        row = connection.execute("SELECT count(*) FROM original_booking WHERE show_id = %s", [show]).fetchone()
    assert row is not None
    return int(row[0])

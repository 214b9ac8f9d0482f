"""`manage.py doctor` explains what is wrong with an installation."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import Settings

from cinema.core import clock
from cinema.management import diagnosis
from cinema.management.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from cinema.management.diagnosis import Finding, Level
from cinema.models import Theater
from config.environment import BASE_DIR
from tests import situations
from tests.connections import connecting_with
from tests.databases import empty_database, migrated_database
from tests.proof.server import free_port

KEY = "a key that is long enough, and cannot be guessed"


def doctor(**environment: str) -> subprocess.CompletedProcess[str]:
    return manage("doctor", **environment)


def manage(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "manage.py", command],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    with migrated_database() as url:
        yield url


def test_a_working_installation(database_url: str) -> None:
    found = doctor(SECRET_KEY=KEY, DEBUG="true", DATABASE_URL=database_url)
    assert (found.returncode, found.stderr) == (0, "")
    assert "ok       migrations: applied" in found.stdout
    assert "FAILURE" not in found.stdout


@pytest.mark.deep
@pytest.mark.once
def test_an_installation_with_many_problems() -> None:
    with empty_database() as url:
        is_postgresql = url.startswith("postgres")
        replicas = {"DATABASE_REPLICA_URLS": f"postgresql://127.0.0.1:{free_port()}/x,{url}"} if is_postgresql else {}
        found = doctor(
            SECRET_KEY=KEY,
            DATABASE_URL=url,
            REDIS_URL=f"redis://127.0.0.1:{free_port()}",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=str(free_port()),
            ALOWED_HOSTS="cinema.example",
            DJANGO_CURRENCY="EUR",
            METRICS_PORT=str(free_port()),
            METRICS_DIR="/dev/null/metrics",
            **replicas,
        )
    assert found.returncode == 1
    assert "checks failed" in found.stderr
    assert "FAILURE  migrations: Migrations are missing: run `manage.py migrate`." in found.stdout
    assert "FAILURE  Redis: Redis cannot be reached. (" in found.stdout
    assert "FAILURE  email: 127.0.0.1: " in found.stdout
    assert "warning  environment: ALOWED_HOSTS is not a setting. Did you mean ALLOWED_HOSTS?" in found.stdout
    assert "warning  environment: DJANGO_CURRENCY is not a setting. Did you mean CURRENCY?" in found.stdout
    assert "FAILURE  metrics: /dev/null/metrics cannot be written." in found.stdout
    if is_postgresql:
        assert "warning  replica 1: It cannot be reached, so it is not used. (" in found.stdout
        assert "warning  replica 2: It is not a standby, so it is not used." in found.stdout
    assert "warning  proxy: TRUSTED_PROXIES is 0" in found.stdout
    assert "warning  hosts: ALLOWED_HOSTS has only this machine." in found.stdout
    assert "warning  settings (cinema.W002): FRONT_END_URL does not use https" in found.stdout


@pytest.mark.deep
@pytest.mark.once
def test_a_database_that_cannot_be_reached() -> None:
    found = doctor(SECRET_KEY=KEY, DEBUG="true", DATABASE_URL=f"postgresql://127.0.0.1:{free_port()}/cinema")
    assert found.returncode == 1
    assert found.stdout.startswith("FAILURE  database: The database cannot be reached. (")
    assert "migrations" not in found.stdout


@pytest.mark.deep
@pytest.mark.once
@pytest.mark.parametrize("command", ["migrate", "verify_bookings", "clearsessions"])
def test_a_command_without_a_database_has_no_traceback(command: str) -> None:
    found = manage(command, SECRET_KEY=KEY, DATABASE_URL=f"postgresql://127.0.0.1:{free_port()}/cinema")
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith("CommandError: The ")
    assert len(found.stderr.splitlines()) <= 2
    assert "Traceback" not in found.stderr


@pytest.mark.once
@pytest.mark.parametrize("key", ["", "short"])
def test_settings_that_are_not_valid_are_one_line(key: str) -> None:
    found = doctor(SECRET_KEY=key)
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith("The settings are not valid: SECRET_KEY")
    assert len(found.stderr.splitlines()) == 1


def by_subject(subject: str) -> Finding:
    (found,) = (finding for finding in diagnosis.findings() if finding.subject == subject)
    return found


@pytest.mark.django_db(transaction=True)
def test_a_wrong_clock(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    assert by_subject("clock").level is Level.OK
    now = clock.now()
    monkeypatch.setattr("cinema.core.clock.now", lambda: now.replace(year=now.year + 1))
    found = by_subject("clock")
    assert found.level is Level.WARNING
    assert " by +315" in found.text


@pytest.mark.django_db
def test_time_zones_that_are_not_accepted_any_more() -> None:
    theater = situations.a_theater("Europe/Lisbon", name="Olympia", city="Porto")
    situations.a_theater("Asia/Tokyo")
    assert by_subject("time zones").level is Level.OK
    for name in ("localtime", "Factory"):
        Theater.objects.filter(pk=theater.pk).update(time_zone=name)
        found = by_subject("time zones")
        assert (found.level, found.text) == (Level.WARNING, f"Olympia, Porto has the time zone {name}.")
        assert "updateTheater" in found.hint


@pytest.mark.postgresql("SQLite has no such limits")
@pytest.mark.django_db(transaction=True)
def test_a_limit_that_is_not_in_force() -> None:
    assert by_subject("lock_timeout") == Finding("lock_timeout", Level.OK, "5s")
    # A pooler ignores the options that the server sends when it connects.
    options = {name: value for name, value in connection.settings_dict["OPTIONS"].items() if name != "options"}
    with connecting_with(OPTIONS=options):
        found = by_subject("lock_timeout")
    assert found.level is Level.FAILURE
    assert "ALTER ROLE" in found.hint


@pytest.mark.postgresql("SQLite has no such limits")
@pytest.mark.django_db(transaction=True)
def test_limits_that_are_longer_than_seat_maps_assume() -> None:
    assert by_subject("limits").level is Level.OK
    options = f"{connection.settings_dict['OPTIONS']['options']} -c statement_timeout=21000"
    with connecting_with(OPTIONS={**connection.settings_dict["OPTIONS"], "options": options}):
        assert by_subject("statement_timeout") == Finding("statement_timeout", Level.OK, "21s")
        assert by_subject("limits").level is Level.FAILURE


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "debug", "levels"),
    [(DEMO_PASSWORD, False, [Level.FAILURE]), (DEMO_PASSWORD, True, []), ("another pass phrase", False, [])],
)
def test_demo_accounts(settings: Settings, password: str, levels: list[Level], *, debug: bool) -> None:
    settings.DEBUG = debug
    user = situations.a_user(DEMO_ACCOUNTS[0].username)
    user.set_password(password)
    user.save()
    assert [finding.level for finding in diagnosis.findings() if finding.subject == "accounts"] == levels

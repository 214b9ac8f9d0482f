"""The probes of load balancers, on the real server."""

import json
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from pytest_django import Settings

from cinema.management import readiness
from tests.databases import empty_database
from tests.proof.server import free_port
from tests.serving import Server, new_environment, started
from tests.waiting import wait_until

pytestmark = pytest.mark.xdist_group("server")


def probe(server: Server, path: str, host: str = "evil.example") -> tuple[int, Any]:
    request = urllib.request.Request(f"{server.address}{path}", headers={"Host": host})  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - as above
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def is_alive(server: Server) -> bool:
    try:
        return probe(server, "/healthz") == (200, {"status": "ok"})
    except urllib.error.URLError:
        return False


def test_a_running_server_is_alive_and_ready(server: Server) -> None:
    assert probe(server, "/healthz") == (200, {"status": "ok"})
    assert probe(server, "/readyz") == (200, {"status": "ok"})


@pytest.mark.deep
def test_a_server_without_its_redis_is_not_ready(environment: dict[str, str], tmp_path: Path) -> None:
    no_redis = environment | {"REDIS_URL": f"redis://127.0.0.1:{free_port()}"}
    with started(no_redis, log=tmp_path / "log") as server:
        wait_until(lambda: is_alive(server), what=f"the server, see {tmp_path / 'log'}")
        assert probe(server, "/readyz") == (
            503,
            {"status": "not ready", "problems": {"redis": "Redis cannot be reached."}},
        )


@pytest.mark.deep
def test_a_server_without_tables_refuses_to_start(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with empty_database() as url, started(new_environment(url), log=log) as server:
        assert server.process.wait(60) == 1
    assert log.read_text() == "CommandError: Migrations are missing: run `manage.py migrate`.\n"


@pytest.mark.deep
@pytest.mark.postgresql("only PostgreSQL has standbys")
def test_a_server_whose_database_accepts_no_writes_is_not_ready(environment: dict[str, str], tmp_path: Path) -> None:
    url = environment["DATABASE_URL"]
    database = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as administrator:
        administrator.execute(f'ALTER DATABASE "{database}" SET default_transaction_read_only = on')
        try:
            with started(environment, log=tmp_path / "log") as server:
                wait_until(lambda: is_alive(server), what=f"the server, see {tmp_path / 'log'}")
                status, body = probe(server, "/readyz")
        finally:
            administrator.execute(f'ALTER DATABASE "{database}" RESET default_transaction_read_only')
    assert (status, body["problems"]) == (503, {"database": "The database accepts no writes."})


@pytest.mark.django_db
@pytest.mark.postgresql
def test_the_database_must_have_limits() -> None:
    readiness.check_limits()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")
    with pytest.raises(readiness.NotReady, match="no limit for lock_timeout"):
        readiness.check_limits()


def test_static_files_must_have_been_collected(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    readiness.check_static_files()
    monkeypatch.setattr(staticfiles_storage, "hashed_files", {}, raising=False)
    with pytest.raises(readiness.NotReady):
        readiness.check_static_files()
    settings.DEBUG = True
    readiness.check_static_files()

"""A rolling restart under load, with real nginx and the files of `deploy/`."""

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import psycopg
import pytest

from config.environment import BASE_DIR
from tests.deploy import load
from tests.deploy.conftest import Site
from tests.proof import fixtures
from tests.waiting import wait_until

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("deploy")]

SCRIPT = BASE_DIR / "deploy" / "rolling-restart.sh"
# Enough for a busy machine, on which the restarts take two minutes.
ROWS = ["S" * 40] * 80
TICKETS = "SELECT count(*) FROM cinema_ticket WHERE show_id = %s"


def rolling_restart(ports: Iterable[int], variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    instances = [f"cinema@{port}=127.0.0.1:{port}" for port in ports]
    return subprocess.run(  # noqa: S603 - our own program
        [str(SCRIPT), *instances],
        env={**os.environ, **variables},
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def old_release_restored(site: Site) -> Iterator[None]:
    yield
    site.switch_to("old")
    site.services.run("restart", f"cinema@{site.ports[0]}")
    site.services.wait_until_ready(site.ports)


@pytest.mark.postgresql("reads the tickets with psycopg")
def test_an_upgrade_under_load_fails_no_request(site: Site, old_release_restored: None) -> None:
    """Afterwards, both instances run the newer release. Acknowledged bookings are stored, and watchers saw them."""
    site.switch_to("new")
    variables = {
        "UPSTREAM": str(site.nginx.upstream),
        "RELOAD": " ".join([*site.nginx.command, "-s", "reload"]),
        "RESTART": " ".join(site.services.command("restart")),
    }
    created = fixtures.create(site.services.environment, users=4, shows=1, rows=ROWS)
    (show,) = created.shows
    with load.running(site.nginx, created) as clients:
        wait_until(lambda: len(clients.booked) > 10, what="bookings before the restart")
        done = rolling_restart(site.ports, variables)
        answered = clients.answered
        wait_until(lambda: clients.answered > answered + 50, what="requests after the restart")
        wait_until(lambda: all(seen.issuperset(clients.booked[:-50]) for seen in clients.seen), what="the watchers")

    print(f"{clients.answered} answers, {len(clients.booked)} bookings, sockets back after {sorted(clients.gaps)}")  # noqa: T201
    assert done.returncode == 0, done.stderr
    assert clients.failed == [], (site.nginx.directory / "error.log").read_text()[-5000:]
    # Each of the instances had watchers.
    assert len(clients.gaps) >= len(clients.seen)
    with psycopg.connect(site.services.environment["DATABASE_URL"]) as connection:
        assert connection.execute(TICKETS, [show.id]).fetchone() == (len(clients.booked),)
    assert " down;" not in site.nginx.upstream.read_text()


def restart_recording(directory: Path, upstream: str) -> dict[str, str]:
    """Variables with which the script records the file of the upstream at each restart, in `seen`."""
    file, record = directory / "upstream.conf", directory / "restart"
    file.write_text(upstream)
    record.write_text(f"#!/bin/sh\ncat {file} >>{directory / 'seen'}\n")
    record.chmod(0o755)
    return {
        "UPSTREAM": str(file),
        "RELOAD": "true",
        "RESTART": str(record),
        "PROBE": "true",
        "SECONDS_TO_DRAIN": "0",
    }


def test_an_instance_that_an_earlier_restart_left_marked_as_down_gets_requests_again(tmp_path: Path) -> None:
    first, second = "    server 127.0.0.1:8001 max_fails=1", "    server 127.0.0.1:8002 max_fails=1"
    variables = restart_recording(tmp_path, f"{first} down;\n{second};\n")
    done = rolling_restart([8001, 8002], variables)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "seen").read_text() == f"{first} down;\n{second};\n{first};\n{second} down;\n"
    assert (tmp_path / "upstream.conf").read_text() == f"{first};\n{second};\n"


def test_the_only_instance_that_gets_requests_is_not_restarted(tmp_path: Path) -> None:
    upstream = "    server 127.0.0.1:8001 max_fails=1 down;\n    server 127.0.0.1:8002 max_fails=1;\n"
    done = rolling_restart([8002], restart_recording(tmp_path, upstream))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{tmp_path / 'upstream.conf'} has no other server that gets requests.\n"
    assert (tmp_path / "upstream.conf").read_text() == upstream
    assert not (tmp_path / "seen").exists()


def test_nothing_is_restarted_if_an_instance_is_not_ready(tmp_path: Path) -> None:
    upstream = tmp_path / "upstream.conf"
    upstream.write_text("server 127.0.0.1:8001 max_fails=1;\nserver 127.0.0.1:8002 max_fails=1;\n")
    before = upstream.read_text()
    variables = {"UPSTREAM": str(upstream), "RELOAD": "false", "RESTART": "false", "PROBE": "false"}
    done = rolling_restart([8001, 8002], variables)
    message = "cinema@8001 is not ready. Nothing was restarted. http://127.0.0.1:8001/readyz has the reason.\n"
    assert (done.returncode, done.stderr) == (1, message)
    assert upstream.read_text() == before

import subprocess
import sys
import uuid
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest

from config.environment import BASE_DIR
from tests.hostile import wire
from tests.hostile.others import THREADS, TYPENAME
from tests.proof import fixtures
from tests.proof.fixtures import ShowFixture
from tests.proof.server import Server, free_port, manage
from tests.serving import new_database
from tests.waiting import wait_until

BASE = {
    "SECURE_SSL_REDIRECT": "false",
    "PYTHONUNBUFFERED": "1",
    "THREADS": str(THREADS),
    # So that tests need not wait for long.
    "SECONDS_TO_SEND_A_REQUEST": "2",
    # So that one may have a house.
    "SEATS_PER_USER_AND_SHOW": "300",
}


@pytest.fixture(autouse=True)
def _one_host(settings: Any) -> None:
    """Tests elsewhere are answered whatever host they ask for."""
    settings.ALLOWED_HOSTS = ["testserver"]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """As in production, with a database of its own."""
    with new_database(tmp_path_factory.mktemp("hostile")) as url:
        made = {**BASE, "PATH": "/usr/bin:/bin", "SECRET_KEY": uuid.uuid4().hex, "DATABASE_URL": url}
        manage("migrate", "--verbosity", "0", environment=made)
        yield made


@pytest.fixture(scope="session")
def show_fixture(environment: dict[str, str]) -> ShowFixture:
    """Of 300 seats."""
    (show,) = fixtures.create(environment, users=0, shows=1, rows=["SSSSS_SSSSS_SSSSS"] * 20).shows
    return show


@pytest.fixture(scope="session")
def port(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Of a real server: one process of four threads, so that who is held up is seen."""
    server = Server(environment, log=tmp_path_factory.mktemp("hostile") / "server.log", workers=1)
    server.start()
    try:
        yield server.port
    finally:
        server.kill()


@pytest.fixture(scope="session")
def stock_port(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Of the same, with the stock view instead of ours."""
    stock = {**environment, "DJANGO_SETTINGS_MODULE": "tests.hostile.stock_settings"}
    server = Server(stock, log=tmp_path_factory.mktemp("hostile") / "stock.log", workers=1)
    server.start()
    try:
        yield server.port
    finally:
        server.kill()


@pytest.fixture(scope="session")
def blocking_port(environment: dict[str, str]) -> Iterator[int]:
    """Of a server of which each thread reads a request and answers it, as WSGI servers do."""
    port = free_port()
    options = [
        "--interface",
        "wsgi",
        "--blocking-threads",
        str(THREADS),
        "--port",
        str(port),
        "config.wsgi:application",
    ]
    process = subprocess.Popen([sys.executable, "-m", "granian", *options], cwd=BASE_DIR, env=environment)  # noqa: S603
    try:
        wait_until(lambda: answers(port), what="a server of blocking threads")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def answers(port: int) -> bool:
    try:
        return wire.exchange(port, wire.as_bytes(TYPENAME)).status == HTTPStatus.OK
    except ConnectionError:
        return False

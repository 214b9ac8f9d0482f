import subprocess
import sys
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from config.environment import BASE_DIR
from tests.databases import migrated_database
from tests.hostile.other_clients import THREADS, responds
from tests.proof import fixtures
from tests.proof.fixtures import ShowFixture
from tests.proof.server import Server, free_port
from tests.waiting import wait_until

BASE = {
    "SECURE_SSL_REDIRECT": "false",
    "PYTHONUNBUFFERED": "1",
    "THREADS": str(THREADS),
    # On a busy machine, no request is refused because others take long.
    "QUEUE_TIMEOUT_SECONDS": "120",
    # Keeps the tests of slow clients short.
    "SECONDS_TO_SEND_A_REQUEST": "2",
    # One user can hold every seat of a show, repeatedly.
    "SEATS_PER_USER_AND_SHOW": "300",
    "HELD_SEATS_PER_ADDRESS": "300",
    "HOLD_RELEASES_PER_SEAT": "1000",
}


@pytest.fixture(autouse=True)
def _one_host(settings: Any) -> None:
    """Allow only one host. The other tests allow any host."""
    settings.ALLOWED_HOSTS = ["testserver"]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Production settings, with a separate database."""
    with migrated_database() as url:
        environment = {**BASE, "PATH": "/usr/bin:/bin", "SECRET_KEY": uuid.uuid4().hex, "DATABASE_URL": url}
        yield environment


@pytest.fixture(scope="session")
def show_fixture(environment: dict[str, str]) -> ShowFixture:
    """A show with 300 seats."""
    (show,) = fixtures.create(environment, users=0, shows=1, rows=["SSSSS_SSSSS_SSSSS"] * 20).shows
    return show


@pytest.fixture(scope="session")
def port(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a real server. It has one process with few threads, so a blocked thread delays other requests."""
    server = Server(environment, log=tmp_path_factory.mktemp("hostile") / "server.log", workers=1)
    server.start()
    try:
        yield server.port
    finally:
        server.kill()


@pytest.fixture
def stock_port(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of the same server with Strawberry's view instead of the project's view."""
    stock = {
        **environment,
        "DJANGO_SETTINGS_MODULE": "tests.hostile.stock_settings",
        # The first requests of an attack slow down the event loop, so it needs longer to read the others.
        "SECONDS_TO_SEND_A_REQUEST": "60",
    }
    server = Server(stock, log=tmp_path_factory.mktemp("hostile") / "stock.log", workers=1)
    server.start()
    try:
        yield server.port
    finally:
        server.kill()


@pytest.fixture(scope="session")
def blocking_port(environment: dict[str, str]) -> Iterator[int]:
    """The port of a WSGI server. Each of its threads reads a request and responds to it."""
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
        wait_until(lambda: responds(port), what="the WSGI server to respond")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)

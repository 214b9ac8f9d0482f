"""The real server: separate processes, a separate database, real HTTP."""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config.environment import BASE_DIR
from tests.databases import demo_database
from tests.proof.server import free_port
from tests.waiting import TIMEOUT_SECONDS, wait_until


@dataclass
class Server:
    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def post(self, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{self.address}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})},
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310 - as above
            body: dict[str, Any] = json.load(response)
        return body


def new_environment(database_url: str) -> dict[str, str]:
    """The environment of a development server. On a busy machine, it refuses no request because others take long."""
    return {
        "PATH": os.environ["PATH"],
        "DEBUG": "true",
        "QUEUE_TIMEOUT_SECONDS": "600",
        "SECRET_KEY": uuid.uuid4().hex,
        "DATABASE_URL": database_url,
        "PYTHONUNBUFFERED": "1",
        "MEDIA_ROOT": str(BASE_DIR / "var" / "test-media"),
    }


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    with demo_database() as url:
        yield url


@pytest.fixture(scope="session")
def environment(database_url: str) -> dict[str, str]:
    return new_environment(database_url)


@pytest.fixture(scope="session")
def server(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two processes with the demo data, as `make run` starts them."""
    with serving(environment, log=tmp_path_factory.mktemp("log") / "server.log") as started:
        yield started


SERVE = ("manage.py", "serve", "--workers", "2")


@contextmanager
def serving(
    environment: dict[str, str], *, log: Path, program: Sequence[str] = SERVE, prefix: Sequence[str] = ()
) -> Iterator[Server]:
    """A running server that responds to requests."""
    with started(environment, log=log, program=program, prefix=prefix) as server:
        wait_until(lambda: responds(server, log), what=f"the server, see {log}")
        yield server


@contextmanager
def started(
    environment: dict[str, str], *, log: Path, program: Sequence[str] = SERVE, prefix: Sequence[str] = ()
) -> Iterator[Server]:
    """A server that has been started, and is stopped at the end. `program` gets the argument `--port`.

    `prefix` is a command that runs the command in its arguments.
    """
    port = free_port()
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*prefix, sys.executable, *program, "--port", str(port)],
            cwd=BASE_DIR,
            # Tests use the CPUs too, so the kernel must be able to move the workers.
            env={"PIN_WORKERS": "false", **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Server(f"http://127.0.0.1:{port}", process, log)
        finally:
            process.terminate()
            process.wait(timeout=30)


def responds(server: Server, log: Path) -> bool:
    try:
        server.post("{ __typename }")
    except (urllib.error.URLError, ConnectionError):
        assert server.process.poll() is None, log.read_text()
        return False
    return True


def mailed_token(log: Path, to: str, page: str) -> str:
    """Wait for an email to `to` with a link to this page of the front end, and return the token of the last link."""
    link = re.compile(rf"^http://localhost:[0-9]+/{page}\?token=([0-9a-z.-]+)$", re.MULTILINE)
    links: list[str] = []

    def found() -> bool:
        emails = [email for email in log.read_text().split("\nSubject: ") if f"\nTo: {to}\n" in email]
        links[:] = [token for email in emails for token in link.findall(email)]
        return bool(links)

    wait_until(found, what=f"the email, see {log}")
    return links[-1]

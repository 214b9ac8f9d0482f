"""The real server: processes of its own, a database of its own, real HTTP."""

import json
import os
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
from urllib.parse import urlsplit

import psycopg
import pytest

from config.environment import BASE_DIR
from tests.proof.server import free_port, manage
from tests.waiting import wait_until


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
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - as above
            answer: dict[str, Any] = json.load(response)
        return answer


@contextmanager
def new_database(folder: Path) -> Iterator[str]:
    """The address of a new, empty database, of the kind the suite runs on."""
    url = os.environ.get("TEST_DATABASE_URL")
    if url is None:
        yield f"sqlite:///{folder / 'cinema.sqlite3'}"
        return
    name = f"server_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def new_environment(database_url: str) -> dict[str, str]:
    """What a server is started with for development."""
    return {
        "PATH": os.environ["PATH"],
        "DEBUG": "true",
        "SECRET_KEY": uuid.uuid4().hex,
        "DATABASE_URL": database_url,
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with new_database(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(scope="session")
def environment(database_url: str) -> dict[str, str]:
    return new_environment(database_url)


@pytest.fixture(scope="session")
def server(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two processes on the demo program, as `make run` starts them."""
    manage("migrate", "--verbosity", "0", environment=environment)
    manage("load_demo", "--if-empty", environment=environment)
    with serving(environment, log=tmp_path_factory.mktemp("log") / "server.log") as started:
        yield started


OURS = ("manage.py", "serve", "--workers", "2")


@contextmanager
def serving(
    environment: dict[str, str], *, log: Path, program: Sequence[str] = OURS, prefix: Sequence[str] = ()
) -> Iterator[Server]:
    """A server that answers."""
    with started(environment, log=log, program=program, prefix=prefix) as server:
        wait_until(lambda: answers(server, log), what=f"the server, see {log}")
        yield server


@contextmanager
def started(
    environment: dict[str, str], *, log: Path, program: Sequence[str] = OURS, prefix: Sequence[str] = ()
) -> Iterator[Server]:
    """A server that has been started; ended, if it has not ended itself. `program` is called with its port.

    `prefix` is a command that runs the server with what it is given as arguments.
    """
    port = free_port()
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*prefix, sys.executable, *program, "--port", str(port)],
            cwd=BASE_DIR,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Server(f"http://127.0.0.1:{port}", process, log)
        finally:
            process.terminate()
            process.wait(timeout=30)


def answers(server: Server, log: Path) -> bool:
    try:
        server.post("{ __typename }")
    except (urllib.error.URLError, ConnectionError):
        assert server.process.poll() is None, log.read_text()
        return False
    return True

"""Tests of clients and tools that generate code from the schema. They are large, so all of them are `deep`."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from cinema.management.demo.accounts import DEMO_PASSWORD
from tests import javascript, machine
from tests.serving import Server

HERE = Path(__file__).parent
LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { ... on Session { accessToken } } }"
SHOWS = "{ shows(last: 3, filter: { bookable: true }) { nodes { id } } }"


@pytest.fixture(scope="session", autouse=True)
def node() -> None:
    """The tests run JavaScript programs. Without Node they are skipped, except in CI."""
    machine.needs(javascript.missing() or javascript.missing(HERE / "node_modules" / ".package-lock.json"))


@dataclass(frozen=True)
class Buyer:
    """The arguments of the programs that book the two best seats of a show."""

    url: str
    token: str
    show: str


@pytest.fixture(scope="module")
def buyer(server: Server) -> Buyer:
    token = server.post(LOGIN, input={"username": "alice", "password": DEMO_PASSWORD})["data"]["login"]["accessToken"]
    show = server.post(SHOWS)["data"]["shows"]["nodes"][0]["id"]
    return Buyer(f"{server.address}/graphql", token, show)


def run(*command: str | Path, cwd: Path = HERE) -> str:
    """The output of a command, which must succeed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603 - our own command
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def tool(name: str) -> Path:
    """The path of a program of an npm package."""
    return HERE / "node_modules" / ".bin" / name

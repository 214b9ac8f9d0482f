"""JavaScript clients keep their caches correct without other requests, refresh tokens and wait for a busy server."""

from pathlib import Path

import pytest

from cinema.management.demo.accounts import DEMO_PASSWORD
from tests import javascript
from tests.serving import Server

pytestmark = pytest.mark.xdist_group("server")


@pytest.mark.deep
def test_clients_buy_tickets(server: Server, environment: dict[str, str]) -> None:
    program = Path(__file__).parent / "main.mjs"
    done = javascript.run(program, f"{server.address}/graphql", DEMO_PASSWORD, environment["SECRET_KEY"])

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["Apollo Client 4", "Apollo Client 3", "urql"]

"""The server passes the audits of graphql-http, which test the GraphQL over HTTP specification."""

import json
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from tests import javascript
from tests.serving import Server

# The tests share a server with tests/server.
pytestmark = pytest.mark.xdist_group("server")

AUDITS = 61

# The audits that fail if every response has status 200 and type application/json.
RESPONSE_TYPE_AUDITS = {
    "22EB",  # accept application/graphql-response+json
    "865D",  # 4xx or 5xx if a document cannot be parsed
    "556A",  # status 400
    "D586",  # without data
    "51FE",  # 4xx or 5xx if a document is not valid
    "74FF",  # status 400
    "5E5B",  # without data
    "86EE",  # 400 for variables of the wrong type
}


def run_audits(url: str) -> dict[str, str]:
    """The result of every audit, by its id and name: "ok", or the reason of the failure."""
    audit = javascript.run(Path(__file__).parent / "audit.mjs", url)
    assert audit.returncode == 0, audit.stderr
    outcomes = json.loads(audit.stdout)
    return {f"{it['id']} {it['name']}": it.get("reason", it["status"]) for it in outcomes}


def failures(outcomes: dict[str, str]) -> list[str]:
    return [f"{audit}: {outcome}" for audit, outcome in outcomes.items() if outcome != "ok"]


def test_server_passes_every_audit(server: Server) -> None:
    outcomes = run_audits(f"{server.address}/graphql")

    assert failures(outcomes) == []
    assert len(outcomes) == AUDITS


@pytest.mark.deep
@pytest.mark.urls("tests.conformance.stock")
def test_stock_view_fails_the_audits_of_the_response_type(live_server: LiveServer) -> None:
    """The control: the audits can fail."""
    outcomes = run_audits(f"{live_server.url}/stock")

    assert {failure.split()[0] for failure in failures(outcomes)} == RESPONSE_TYPE_AUDITS
    assert len(outcomes) == AUDITS

"""The specification of GraphQL over HTTP, by the audits of graphql-http, the GraphQL Foundation's own."""

import json
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from tests import javascript
from tests.serving import Server

# They share a server with tests/server.
pytestmark = pytest.mark.xdist_group("server")

AUDITS = 61

# What a server fails that answers with application/json and status 200 whatever it was asked for.
ABOUT_THE_RESPONSE_TYPE = {
    "22EB",  # accept application/graphql-response+json
    "865D",  # 4xx or 5xx for what cannot be parsed
    "556A",  # to be precise, 400
    "D586",  # and no data
    "51FE",  # 4xx or 5xx for what is not valid
    "74FF",  # to be precise, 400
    "5E5B",  # and no data
    "86EE",  # 400 for variables of the wrong type
}


def audited(url: str) -> dict[str, str]:
    """What came of every audit, by its id and name: "ok", or why not."""
    audit = javascript.run(Path(__file__).parent / "audit.mjs", url)
    assert audit.returncode == 0, audit.stderr
    outcomes = json.loads(audit.stdout)
    return {f"{it['id']} {it['name']}": it.get("reason", it["status"]) for it in outcomes}


def failures(outcomes: dict[str, str]) -> list[str]:
    return [f"{audit}: {outcome}" for audit, outcome in outcomes.items() if outcome != "ok"]


def test_the_server_passes_every_audit(server: Server) -> None:
    outcomes = audited(f"{server.address}/graphql")

    assert failures(outcomes) == []
    assert len(outcomes) == AUDITS


@pytest.mark.deep
@pytest.mark.urls("tests.conformance.stock")
def test_the_audits_find_fault_with_a_server_that_knows_no_response_type(live_server: LiveServer) -> None:
    """The control: Strawberry as it comes, and the same audits."""
    outcomes = audited(f"{live_server.url}/graphql")

    assert {failure.split()[0] for failure in failures(outcomes)} == ABOUT_THE_RESPONSE_TYPE
    assert len(outcomes) == AUDITS

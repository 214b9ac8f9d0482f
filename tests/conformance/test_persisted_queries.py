"""Apollo Client and urql send automatic persisted queries, with POST and with GET."""

import json
from pathlib import Path

import pytest

from tests import javascript
from tests.serving import Server

pytestmark = pytest.mark.xdist_group("server")


def test_apollo_and_urql_get_data_with_automatic_persisted_queries(server: Server) -> None:
    done = javascript.run(Path(__file__).parent / "persisted.mjs", f"{server.address}/graphql")
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)

    assert set(results) == {"apollo POST", "apollo GET", "urql POST", "urql GET"}
    for name, result in results.items():
        first, second = result["data"]
        assert first["movies"]["totalCount"] > 0
        assert second == first
        # Apollo sends the text with POST, because it may be too long for a URL.
        method = "GET" if name.endswith("GET") else "POST"
        with_text = "POST" if name.startswith("apollo") else method
        assert result["requests"][:3] == [[method, True, False], [with_text, True, True], [method, True, False]]

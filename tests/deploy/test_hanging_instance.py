"""nginx in front of an instance that accepts connections and does not respond."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.deploy import nginx
from tests.deploy.conftest import Site
from tests.deploy.nginx import Nginx
from tests.proof import fixtures
from tests.waiting import wait_until

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("deploy")]

QUERY = "/graphql?query=%7B__typename%7D"
BOOK = "mutation ($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"
READ_TIMEOUT_SECONDS = 3
REQUESTS = 8


@pytest.fixture
def impatient(site: Site) -> Iterator[Nginx]:
    """Another nginx in front of the instances, which waits less long, so that the test takes less long."""
    directory = site.services.directory / "impatient"
    with nginx.running(directory, site.ports, read_timeout=f"{READ_TIMEOUT_SECONDS}s") as proxy:
        yield proxy


def get(proxy: Nginx) -> int:
    with proxy.client() as client:
        client.request("GET", QUERY)
        with client.getresponse() as response:
            return response.status


def book(proxy: Nginx, token: str, show: str, seat: str) -> int:
    body = json.dumps({"query": BOOK, "variables": {"input": {"showId": show, "seat": seat}}})
    with proxy.client() as client:
        client.request(
            "POST", "/graphql", body, {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        )
        with client.getresponse() as response:
            return response.status


def instances(proxy: Nginx, method: str) -> list[int]:
    """For each request with this method, how many instances it was sent to."""
    lines = [json.loads(line) for line in (proxy.directory / "access.log").read_text().splitlines()]
    return [len(line["instance"].split(", ")) for line in lines if line["method"] == method]


def test_queries_are_repeated_and_mutations_are_not(site: Site, impatient: Nginx) -> None:
    created = fixtures.create(site.services.environment, users=1, shows=1)
    (buyer,), (show,) = created.users, created.shows
    seats = [f"A{number}" for number in range(1, REQUESTS + 1)]

    with site.services.suspended(f"cinema@{site.ports[0]}"), ThreadPoolExecutor(2 * REQUESTS) as threads:
        mutations = threads.map(partial(book, impatient, buyer.token, show.global_id), seats)
        queries = threads.map(lambda _: get(impatient), range(REQUESTS))
        assert set(queries) == {200}
        # Half of them were sent to the instance that hangs.
        assert set(mutations) == {200, 503}
        # Now, nginx sends requests to the other instance only.
        begun_at = time.monotonic()
        assert {get(impatient) for _ in range(REQUESTS)} == {200}
        assert time.monotonic() - begun_at < READ_TIMEOUT_SECONDS

    wait_until(lambda: len(instances(impatient, "GET")) == 2 * REQUESTS, what="the lines of the requests")
    assert set(instances(impatient, "GET")) == {1, 2}
    assert instances(impatient, "POST") == [1] * REQUESTS

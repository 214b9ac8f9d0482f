"""A real server whose metrics are on, and what Prometheus would scrape from it."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.proof.server import free_port
from tests.serving import Server, serving
from tests.waiting import wait_until

TOKEN = "a token that is long enough for Prometheus"

BOOKABLE = (
    "{ shows(first: 1, filter: { bookable: true }) { nodes { id seatMap { rows { seats { label status } } } } } }"
)
SIGNUP = """
mutation ($input: SignupInput!) { signup(input: $input) { ... on Session { accessToken } ... on Problem { message } } }
"""
BOOK = "mutation ($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"
HOLD = "mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { __typename } }"


def get(url: str, token: str = "") -> tuple[int, str]:
    """The status and the content of the response."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - as above
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@dataclass
class Measured:
    server: Server
    port: int
    token: str
    show: str
    free_seats: list[str]
    directory: Path

    def scrape(self) -> str:
        status, text = get(f"http://127.0.0.1:{self.port}/metrics")
        assert status == 200, text
        return text

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples with this name and at least these labels."""
        families = text_string_to_metric_families(self.scrape())
        samples = (sample for family in families for sample in family.samples if sample.name == name)
        return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())

    def call(self, document: str, **given: Any) -> Any:
        """The data of the response to a mutation for the show."""
        return self.server.post(document, self.token, input={"showId": self.show, **given})["data"]


@contextmanager
def measured(environment: dict[str, str], directory: Path) -> Iterator[Measured]:
    """A server with metrics on a port and at /metrics, and a user."""
    port = free_port()
    settings = {"METRICS_PORT": str(port), "METRICS_TOKEN": TOKEN, "METRICS_DIR": str(directory / "metrics")}
    with serving(environment | settings, log=directory / "log") as server:
        account = {"username": "measured", "email": "measured@example.com", "password": "a-long-pass-phrase"}
        token = server.post(SIGNUP, input=account)["data"]["signup"]["accessToken"]
        (show,) = server.post(BOOKABLE)["data"]["shows"]["nodes"]
        seats = [seat for row in show["seatMap"]["rows"] for seat in row["seats"]]
        free = [seat["label"] for seat in seats if seat["status"] == "AVAILABLE"]
        found = Measured(server, port, token, show["id"], free, directory / "metrics")
        wait_until(lambda: _responds(found), what="the metrics")
        yield found


def _responds(found: Measured) -> bool:
    try:
        return found.value("cinema_task_last_success_timestamp_seconds", task="holds") > 0
    except urllib.error.URLError:
        return False

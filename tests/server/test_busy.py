"""An overloaded server."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from cinema.runtime.fair_queue import FairQueue
from config import asgi
from tests.server.in_process import messages_to_post
from tests.serving import Server, serving

pytestmark = pytest.mark.xdist_group("server")

CLIENTS = 60
WORK = "{" + " ".join(f"a{i}: shows(first: 20) {{ nodes {{ id seatsAvailable }} }}" for i in range(20)) + "}"


def post(server: Server) -> tuple[int, str, str | None, str]:
    """Status, media type, `Retry-After` and body of the response."""
    with closing(http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=60)) as connection:
        body = json.dumps({"query": WORK})
        connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
        with connection.getresponse() as response:
            text = response.read().decode()
            return response.status, str(response.headers["Content-Type"]), response.headers["Retry-After"], text


def send_in_process() -> tuple[dict[str, Any], bytes]:
    """The start and the body of the response of the ASGI application to a request for `/graphql`."""
    start, body = messages_to_post("/graphql", b"{}", headers={})
    return start, body["body"]


def test_request_that_would_wait_too_long_is_refused_immediately(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FairQueue, "expected_wait", lambda *_, **__: 12.3)
    monkeypatch.setattr(asgi.queue, "acquire", lambda *_, **__: pytest.fail("it waits"))

    start, body = send_in_process()

    assert start["status"] == 503
    assert dict(start["headers"])[b"retry-after"] == b"13"
    (error,) = json.loads(body)["errors"]
    assert error["extensions"] == {"code": "SERVICE_UNAVAILABLE", "retryAfterMs": 13_000}


def test_request_that_would_wait_a_few_seconds_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FairQueue, "expected_wait", lambda *_, **__: 4.9)

    start, body = send_in_process()

    assert (start["status"], json.loads(body)["errors"][0]["extensions"]["code"]) == (415, "BAD_USER_INPUT")


@pytest.mark.deep
def test_requests_that_waited_too_long_get_a_retry_after(
    environment: dict[str, str], server: Server, tmp_path: Path
) -> None:
    short_queue = environment | {"THREADS": "1", "QUEUE_TIMEOUT_SECONDS": "0.05"}
    with serving(short_queue, log=tmp_path / "server.log") as busy, ThreadPoolExecutor(CLIENTS) as clients:
        responses = list(clients.map(lambda _: post(busy), range(CLIENTS)))
        assert {media_type for _, media_type, _, _ in responses} == {"application/json"}
        assert {status for status, _, _, _ in responses} == {200, 503}
        for status, _, retry_after, text in responses:
            errors = json.loads(text).get("errors", [])
            if status == 200:
                assert (retry_after, errors) == (None, [])
                continue
            # At least two seconds, and more for those that were refused on arrival by a slow server.
            assert int(retry_after or 0) >= 2
            (error,) = errors
            expected = {"code": "SERVICE_UNAVAILABLE", "retryAfterMs": 1000 * int(retry_after or 0)}
            assert error["extensions"] == expected
        assert post(busy)[0] == 200

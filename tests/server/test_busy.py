"""More than the server can do."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.serving import Server, serving

pytestmark = pytest.mark.xdist_group("server")

CLIENTS = 60
WORK = "{" + " ".join(f"a{i}: shows(first: 20) {{ nodes {{ id seatsAvailable }} }}" for i in range(20)) + "}"


def asked(server: Server) -> tuple[int, str, str | None, str]:
    """Status, media type, when to come again and what was answered."""
    with closing(http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=60)) as connection:
        body = json.dumps({"query": WORK})
        connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
        with connection.getresponse() as answer:
            text = answer.read().decode()
            return answer.status, str(answer.headers["Content-Type"]), answer.headers["Retry-After"], text


def test_who_has_waited_too_long_is_told_when_to_come_again(
    environment: dict[str, str], server: Server, tmp_path: Path
) -> None:
    impatient = environment | {"THREADS": "1", "QUEUE_TIMEOUT_SECONDS": "0.05"}
    with serving(impatient, log=tmp_path / "server.log") as busy, ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(lambda _: asked(busy), range(CLIENTS)))
        assert {media_type for _, media_type, _, _ in answers} == {"application/json"}
        assert {status for status, _, _, _ in answers} == {200, 503}
        for status, _, again, text in answers:
            errors = json.loads(text).get("errors", [])
            assert [error["extensions"]["code"] for error in errors] == (
                ["SERVICE_UNAVAILABLE"] if status == 503 else []
            )
            assert again == ("2" if status == 503 else None)
        assert asked(busy)[0] == 200

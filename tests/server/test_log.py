"""The log of refused requests."""

import http.client
import json
import re
from collections import Counter
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.serving import Server, serving

pytestmark = pytest.mark.xdist_group("server")

LINE = re.compile(r"\S+ \S+ (WARNING|ERROR) (?P<logger>\S+) \[(?P<request>[0-9a-f]{32})\] .+")


def refused(server: Server, body: bytes, **headers: str) -> str:
    """Send a request that is refused, and return its ID."""
    with closing(http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=30)) as connection:
        connection.request("POST", "/graphql", body, {"Content-Type": "application/json", **headers})
        with connection.getresponse() as response:
            assert 400 <= response.status < 500
            assert response.headers["Content-Type"] == "application/json"
            return str(response.headers["X-Request-ID"])


@pytest.mark.deep
def test_refused_requests_are_logged_in_single_lines_with_the_request_id(
    environment: dict[str, str], server: Server, tmp_path: Path
) -> None:
    log = tmp_path / "server.log"
    with serving(environment, log=log) as other:
        before = len(log.read_text().splitlines())
        ids = [
            refused(other, b"{}", Host="evil.example"),
            refused(other, b"nonsense"),
            refused(other, b"x" * 2_000_000),
            refused(other, b"{}", Accept="image/png"),
        ]
        # The lines are written before the responses are sent. Messages of the shutdown are not included.
        lines = log.read_text().splitlines()[before:]
    found = [LINE.fullmatch(line) for line in lines]
    assert all(found), lines
    assert [match["request"] for match in found if match and match["logger"].startswith("django.")] == ids


def test_a_client_can_set_the_request_id(server: Server) -> None:
    request_id = "0123456789abcdef0123456789abcdef"
    assert refused(server, b"{}", **{"X-Request-ID": request_id}) == request_id
    for nonsense in ("x", "x" * 10_000, "0123456789abcdef0123456789abcdeg", "\xff"):
        assert re.fullmatch("[0-9a-f]{32}", refused(server, b"{}", **{"X-Request-ID": nonsense}))


SIGN_UP = """mutation ($input: SignupInput!) {
  signup(input: $input) { ... on Session { accessToken refreshToken user { email } } ... on Problem { message } }
}"""
LOG_IN = """mutation LogIn($input: LoginInput!) {
  login(input: $input) { ... on Session { accessToken } ... on Problem { message } }
}"""
REFRESH = """mutation ($input: RefreshTokenInput!) {
  refreshToken(input: $input) { ... on Session { accessToken } ... on Problem { message } }
}"""


def test_each_request_has_a_line_and_the_log_names_nobody(environment: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    # As in production. The mail server does not exist.
    logs = {"LOG_FORMAT": "json", "ACCESS_LOG": "true", "LOG_LEVEL": "INFO", "EMAIL_HOST": "mail.invalid"}
    account = {"username": "greta.garbo", "email": "greta.garbo@example.com", "password": "correct horse battery"}
    with serving(environment | logs, log=log) as server:
        session = server.post(SIGN_UP, input=account)["data"]["signup"]
        access, refresh = session["accessToken"], session["refreshToken"]
        assert "message" in server.post(SIGN_UP, input=account)["data"]["signup"]
        for password in (account["password"], "wrong"):
            server.post(LOG_IN, input={"username": account["email"], "password": password})
        server.post("{ me { username email } }", access)
        server.post("{ me { username } }", access + "x")
        server.post(REFRESH, input={"refreshToken": refresh})
        server.post(f'{{ movies(filter: {{ search: "{account["email"]}" }}) {{ totalCount }} }}')
        server.post("query ($x: Int!) { movies(first: $x) { totalCount } }", x=account["password"])
    output = log.read_text()
    for secret in (*account.values(), "wrong", access, refresh):
        assert secret not in output, secret
    # Each line is JSON, from the start to the end.
    lines = [json.loads(line) for line in output.splitlines()]
    assert [line["message"] for line in lines if line["logger"].endswith(".serve")] == [
        f"listening at {server.address}",
        "stopped",
    ]
    requests = [line for line in lines if line["logger"] == "access"]
    of_api = [line for line in requests if line["operation"] not in {None, "__typename"}]
    # Each process writes its lines together, so they are not in the order of the requests.
    operations = Counter(line["operation"] for line in of_api)
    assert operations == {"signup": 2, "LogIn": 2, "me": 2, "refreshToken": 1, "movies": 2}
    assert {line["user"] is not None for line in of_api if line["operation"] == "me"} == {True, False}
    assert all(line["status"] == 200 and line["milliseconds"] > 0 and line["request_id"] for line in of_api)

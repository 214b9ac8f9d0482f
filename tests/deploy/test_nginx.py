"""The files in `deploy/nginx`, with a real nginx and two real instances."""

import gzip
import json
import ssl
from contextlib import closing
from email.message import Message
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.deploy import releases
from tests.deploy.conftest import Site
from tests.deploy.nginx import SITE
from tests.proof import fixtures
from tests.proof.server import HOST
from tests.sockets.client import INIT, receive, send, subscribe_message
from tests.waiting import wait_until

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("deploy")]

BOOK = "mutation ($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"


def call(client: HTTPConnection, document: str, *, token: str = "", **variables: Any) -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    client.request("POST", "/graphql", json.dumps({"query": document, "variables": variables}), headers)
    with client.getresponse() as response:
        return json.loads(response.read())


def get(client: HTTPConnection, path: str) -> tuple[int, Message, bytes]:
    client.request("GET", path, headers={"Accept-Encoding": "gzip"})
    with client.getresponse() as response:
        return response.status, response.headers, response.read()


def test_http_is_redirected_to_https(site: Site) -> None:
    with closing(HTTPConnection(HOST, site.nginx.http_port)) as client:
        client.request("GET", "/admin/?x=1", headers={"Host": SITE})
        with client.getresponse() as response:
            assert (response.status, response.headers["Location"]) == (308, f"https://{SITE}/admin/?x=1")


def test_other_host_names_get_no_certificate(site: Site) -> None:
    with pytest.raises(ssl.SSLError):
        site.nginx.connect(host="evil.example")


def test_pages_and_the_api_are_served_over_https(site: Site) -> None:
    with site.nginx.client() as client:
        status, headers, page = get(client, "/")
        assert status == 200
        assert b"<html" in gzip.decompress(page)
        # The server knows that the client uses HTTPS.
        assert headers["Strict-Transport-Security"].startswith("max-age=")
        assert call(client, "{ __typename }") == {"data": {"__typename": "Query"}}


def test_the_client_cannot_choose_its_address(site: Site) -> None:
    log = site.nginx.directory / "access.log"
    with site.nginx.client(address="127.0.0.9") as client:
        client.request("GET", "/graphql?query=%7B__typename%7D", headers={"X-Forwarded-For": "192.0.2.1"})
        client.getresponse().close()
    wait_until(lambda: '"address":"127.0.0.9"' in log.read_text(), what="the line of the request")
    last = json.loads(log.read_text().splitlines()[-1])
    assert (last["status"], last["path"], len(last["request_id"])) == (200, "/graphql", 32)


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_internal_addresses_are_not_public(path: str, site: Site) -> None:
    with site.nginx.client() as client:
        assert get(client, path)[0] == 404


def test_static_files_of_one_release_are_served_during_an_upgrade(site: Site) -> None:
    path = releases.static_url(site.release("new"), "front/extra.css")
    with site.nginx.client() as client:
        # These are not in the cache, so half of the requests go first to the instance without the file.
        answers = [get(client, f"{path}?{number}") for number in range(8)]
    assert [status for status, _, _ in answers] == [200] * 8
    assert all("immutable" in headers["Cache-Control"] for _, headers, _ in answers)


def test_static_files_are_cached_and_compressed(site: Site) -> None:
    path = releases.static_url(site.release("old"), "front/base.css")
    with site.nginx.client() as client:
        answers = [get(client, path) for _ in range(3)]
    assert {(status, headers["Content-Encoding"]) for status, headers, _ in answers} == {(200, "gzip")}
    log = site.nginx.directory / "access.log"
    wait_until(lambda: log.read_text().count(path) == 3, what="the lines of the requests")
    asked = [json.loads(line)["instance"] for line in log.read_text().splitlines() if path in line]
    assert asked[1:] == ["", ""]


def test_a_websocket_receives_seat_changes(site: Site) -> None:
    created = fixtures.create(site.services.environment, users=1, shows=1)
    (buyer,), (show,) = created.users, created.shows
    with site.nginx.open_socket() as subscriber:
        send(subscriber, INIT)
        assert receive(subscriber) == {"type": "connection_ack"}
        send(subscriber, subscribe_message(show.global_id))
        # The server answers messages in order, so the subscription has started.
        send(subscriber, {"type": "ping"})
        assert receive(subscriber) == {"type": "pong"}
        with site.nginx.client() as client:
            booked = call(client, BOOK, token=buyer.token, input={"showId": show.global_id, "seat": "A1"})
        assert booked == {"data": {"bookSeat": {"__typename": "Booking"}}}
        changed = receive(subscriber)["payload"]["data"]["seatChanges"]["seats"]
    assert [seat["label"] for seat in changed] == ["A1"]


def test_too_many_requests_from_one_address_are_refused_as_json(site: Site) -> None:
    path = "/graphql?query=%7B__typename%7D"
    with site.nginx.client(address="127.0.0.8") as client:
        refused = next(answer for answer in (get(client, path) for _ in range(5000)) if answer[0] != 200)
    status, headers, body = refused
    assert (status, headers["Retry-After"], headers["Content-Type"]) == (429, "1", "application/json")
    assert json.loads(body)["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"
    with site.nginx.client(address="127.0.0.7") as client:
        assert get(client, path)[0] == 200


def test_an_instance_that_does_not_run_is_left_out(site: Site) -> None:
    name = f"cinema@{site.ports[0]}"
    site.services.run("stop", name)
    try:
        with site.nginx.client() as client:
            assert [call(client, "{ __typename }") for _ in range(10)] == [{"data": {"__typename": "Query"}}] * 10
    finally:
        site.services.run("start", name)
        site.services.wait_until_ready(site.ports)


def test_without_instances_the_response_says_when_to_try_again(site: Site) -> None:
    names = [f"cinema@{port}" for port in site.ports]
    for name in names:
        site.services.run("stop", name)
    try:
        with site.nginx.client() as client:
            status, headers, body = get(client, "/graphql?query=%7B__typename%7D")
            assert get(client, "/reset-password?token=swordfish")[0] == 503
        logs = {path.name: path.read_text() for path in site.nginx.directory.glob("*.log")}
        assert "/reset-password" in logs["access.log"]
        assert not [name for name, text in logs.items() if "swordfish" in text or "__typename" in text]
        assert (status, headers["Retry-After"], headers["Content-Type"]) == (503, "1", "application/json")
        assert json.loads(body)["errors"][0]["extensions"] == {"code": "SERVICE_UNAVAILABLE", "retryAfterMs": 1000}
    finally:
        for name in names:
            site.services.run("start", name)
        site.services.wait_until_ready(site.ports)

"""Clients of other people's: gql for Python, and graphql-ws, which is the reference for the protocol."""

import asyncio
import json
import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError
from gql.transport.websockets import WebsocketsTransport
from websockets.exceptions import ConnectionClosedError

from tests import javascript, machine
from tests.databases import migrated_database
from tests.proof import fixtures
from tests.proof import server as proof
from tests.proof.fixtures import Actor, Fixtures, ShowFixture
from tests.proof.server import HOST
from tests.realtime.buyers import BOOK
from tests.realtime.copies import Copy
from tests.serving import Server, new_environment, serving

pytestmark = [pytest.mark.xdist_group("server"), pytest.mark.once]

BUYERS = 3
SUBSCRIPTION = """
subscription ($show: ID!, $since: String) {
  seatChanges(showId: $show, since: $since) { cursor seats { label status mine } }
}
"""
SECONDS = 30


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with migrated_database() as url:
        yield new_environment(url)


@pytest.fixture(scope="module")
def staged(environment: dict[str, str]) -> Fixtures:
    return fixtures.create(environment, users=BUYERS, shows=2)


@pytest.fixture(scope="module")
def server(environment: dict[str, str], staged: Fixtures, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Buyers go there, and it stays up."""
    with serving(environment, log=tmp_path_factory.mktemp("log") / "server.log") as started:
        yield started


def book(server: Server, show: ShowFixture, seat: str, buyer: Actor) -> None:
    answer = server.post(BOOK, buyer.token, input={"showId": show.global_id, "seat": seat})
    assert answer["data"]["bookSeat"]["__typename"] == "Booking"


async def cursor(server: Server, show: ShowFixture) -> str:
    copy = Copy(server, show)
    await copy.read()
    assert copy.cursor
    return copy.cursor


# ---------------------------------------------------------------------- gql


class Transport(WebsocketsTransport):
    """gql 4.0.0 finds what was agreed on only where the server spells `Sec-WebSocket-Protocol` with capitals."""

    async def _after_connect(self) -> None:
        self.subprotocol = self.GRAPHQLWS_SUBPROTOCOL


def gql_client(server: Server, token: str | None = None) -> Client:
    payload = {"Authorization": f"Bearer {token}"} if token else {}
    address = f"ws{server.address.removeprefix('http')}/graphql"
    return Client(transport=Transport(address, init_payload=payload, subprotocols=[Transport.GRAPHQLWS_SUBPROTOCOL]))


def watching(show: ShowFixture, since: str | None = None) -> Any:
    document = gql(SUBSCRIPTION)
    document.variable_values = {"show": show.global_id, "since": since}
    return document


def test_gql_is_told_of_a_change_and_whose_it_is(server: Server, staged: Fixtures) -> None:
    show, (buyer, *_) = staged.shows[0], staged.users
    seen: dict[str | None, Any] = {}

    async def watch(token: str | None, since: str) -> None:
        async with gql_client(server, token) as session:
            async for result in session.subscribe(watching(show, since)):
                seen[token] = result["seatChanges"]["seats"]
                return

    async def watched() -> None:
        since = await cursor(server, show)
        async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as tasks:
            tasks.create_task(watch(buyer.token, since))
            tasks.create_task(watch(None, since))
            tasks.create_task(asyncio.to_thread(book, server, show, show.seats[0], buyer))

    asyncio.run(watched())

    assert seen == {
        token: [{"label": show.seats[0], "status": "BOOKED", "mine": token is not None}]
        for token in (buyer.token, None)
    }


def test_gql_is_told_why_it_is_not_told_anything(server: Server, staged: Fixtures) -> None:
    async def code_of(document: Any) -> str:
        async with gql_client(server) as session:
            with pytest.raises(TransportQueryError) as refusal:
                await anext(session.subscribe(document))
        (error,) = refusal.value.errors or []
        return str(error["extensions"]["code"])

    nowhere = ShowFixture(0, "U2hvdzo5OTk5OTk5", [])
    assert asyncio.run(code_of(watching(staged.shows[0], "nonsense"))) == "BAD_USER_INPUT"
    assert asyncio.run(code_of(watching(nowhere))) == "NOT_FOUND"


def test_gql_with_a_token_that_is_no_good_is_sent_away(server: Server) -> None:
    async def connect() -> None:
        async with gql_client(server, "nonsense"):
            pass

    with pytest.raises((TransportConnectionFailed, ConnectionClosedError)) as refusal:
        asyncio.run(connect())

    closed = refusal.value if isinstance(refusal.value, ConnectionClosedError) else refusal.value.__cause__
    assert isinstance(closed, ConnectionClosedError)
    assert closed.rcvd
    assert closed.rcvd.code == 4403


# ---------------------------------------------------------------------- graphql-ws


@contextmanager
def graphql_ws(port: int, token: str, show: ShowFixture, since: str) -> Iterator["queue.Queue[Any]"]:
    """What the client tells, line by line."""
    told: queue.Queue[Any] = queue.Queue()
    program = Path(__file__).parent / "watch.mjs"
    process = subprocess.Popen(  # noqa: S603 - our own program
        ["node", program.name, f"ws://{HOST}:{port}/graphql", token, show.global_id, since],  # noqa: S607 - found on the PATH, as everybody's Node is
        cwd=program.parent,
        stdout=subprocess.PIPE,
        text=True,
    )

    def listen() -> None:
        assert process.stdout
        for line in process.stdout:
            told.put(json.loads(line))

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        yield told
    finally:
        process.kill()
        listener.join()
        process.wait()
        assert process.stdout
        process.stdout.close()


def test_graphql_ws_comes_back_after_a_restart_with_its_last_cursor(
    server: Server, environment: dict[str, str], staged: Fixtures, tmp_path: Path
) -> None:
    machine.needs(javascript.missing())
    show, (buyer, other, *_) = staged.shows[1], staged.users
    first, second = show.seats[:2]
    since = asyncio.run(cursor(server, show))
    with (
        proof.started(environment, log=tmp_path / "other.log", workers=1) as restarted,
        graphql_ws(restarted.port, buyer.token, show, since) as told,
    ):
        assert told.get(timeout=SECONDS) == {"connected": since}
        book(server, show, first, buyer)
        changes = told.get(timeout=SECONDS)
        assert changes["seats"] == [{"label": first, "status": "BOOKED", "mine": True}]

        restarted.kill()
        book(server, show, second, other)
        restarted.start()

        assert told.get(timeout=SECONDS) == {"connected": changes["cursor"]}
        seats = told.get(timeout=SECONDS)["seats"]
        # The first is told again, which does no harm.
        assert {seat["label"]: (seat["status"], seat["mine"]) for seat in seats} == {
            first: ("BOOKED", True),
            second: ("BOOKED", False),
        }

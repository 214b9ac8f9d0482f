"""Third-party clients: gql for Python, and graphql-ws and graphql-sse, the reference clients of their protocols."""

import asyncio
import json
import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError

from tests import javascript, machine
from tests.clients.watch_with_gql import seat_changes
from tests.databases import migrated_database
from tests.proof import fixtures
from tests.proof import server as proof
from tests.proof.fixtures import Actor, Fixtures, ShowFixture
from tests.proof.server import HOST
from tests.realtime.buyers import BOOK
from tests.realtime.copies import Copy
from tests.serving import Server, new_environment, serving

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("server"), pytest.mark.once]

BUYERS = 3
SECONDS = 30


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with migrated_database() as url:
        yield new_environment(url)


@pytest.fixture(scope="module")
def data(environment: dict[str, str]) -> Fixtures:
    return fixtures.create(environment, users=BUYERS, shows=2)


@pytest.fixture(scope="module")
def server(environment: dict[str, str], data: Fixtures, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that buyers use. It is not restarted."""
    with serving(environment, log=tmp_path_factory.mktemp("log") / "server.log") as started:
        yield started


def book(server: Server, show: ShowFixture, seat: str, buyer: Actor) -> None:
    response = server.post(BOOK, buyer.token, input={"showId": show.global_id, "seat": seat})
    assert response["data"]["bookSeat"]["__typename"] == "Booking"


async def cursor(server: Server, show: ShowFixture) -> str:
    copy = Copy(server, show)
    await copy.read()
    assert copy.cursor
    return copy.cursor


# ---------------------------------------------------------------------- gql


def gql_watches(server: Server, show: str, token: str | None = None, since: str | None = None) -> Any:
    return seat_changes(f"ws{server.address.removeprefix('http')}/graphql", token, show, since)


def test_gql_receives_a_change_and_whether_it_is_the_viewers(server: Server, data: Fixtures) -> None:
    show, (buyer, *_) = data.shows[0], data.users
    seen: dict[str | None, Any] = {}

    async def watch(token: str | None, since: str) -> None:
        async with aclosing(gql_watches(server, show.global_id, token, since)) as changes:
            seen[token] = (await anext(changes))["seats"]

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


def test_gql_receives_the_code_of_a_refused_subscription(server: Server, data: Fixtures) -> None:
    async def code_of(show: str, since: str | None = None) -> str:
        with pytest.raises(TransportQueryError) as refusal:
            await anext(gql_watches(server, show, since=since))
        (error,) = refusal.value.errors or []
        return str(error["extensions"]["code"])

    assert asyncio.run(code_of(data.shows[0].global_id, "nonsense")) == "BAD_USER_INPUT"
    assert asyncio.run(code_of("U2hvdzo5OTk5OTk5")) == "NOT_FOUND"


def test_gql_with_an_invalid_token_is_disconnected(server: Server, data: Fixtures) -> None:
    async def connect() -> None:
        await anext(gql_watches(server, data.shows[0].global_id, "nonsense"))

    with pytest.raises(TransportConnectionFailed, match="Connection was closed"):
        asyncio.run(connect())


# ---------------------------------------------------------------------- graphql-ws and graphql-sse


@contextmanager
def watching_client(program: str, url: str, token: str, show: ShowFixture, since: str) -> Iterator["queue.Queue[Any]"]:
    """The lines that the client prints, parsed."""
    lines: queue.Queue[Any] = queue.Queue()
    process = subprocess.Popen(  # noqa: S603 - our own program
        ["node", program, url, token, show.global_id, since],  # noqa: S607 - Node is found on the PATH
        cwd=Path(__file__).parent,
        stdout=subprocess.PIPE,
        text=True,
    )

    def read_lines() -> None:
        assert process.stdout
        for line in process.stdout:
            lines.put(json.loads(line))

    reader = threading.Thread(target=read_lines)
    reader.start()
    try:
        yield lines
    finally:
        process.kill()
        reader.join()
        process.wait()
        assert process.stdout
        process.stdout.close()


@pytest.mark.deep
def test_reference_clients_reconnect_after_a_restart_with_their_last_cursor(
    server: Server, environment: dict[str, str], data: Fixtures, tmp_path: Path
) -> None:
    machine.needs(javascript.missing())
    show, (buyer, other, *_) = data.shows[1], data.users
    first, second = show.seats[:2]
    since = asyncio.run(cursor(server, show))
    with (
        proof.started(environment, log=tmp_path / "other.log", workers=1) as restarted,
        watching_client("watch.mjs", f"ws://{HOST}:{restarted.port}/graphql", buyer.token, show, since) as graphql_ws,
        watching_client(
            "watch_sse.mjs", f"http://{HOST}:{restarted.port}/graphql", buyer.token, show, since
        ) as graphql_sse,
    ):
        clients = (graphql_ws, graphql_sse)
        assert [lines.get(timeout=SECONDS) for lines in clients] == [{"connected": since}] * 2
        book(server, show, first, buyer)
        received = [lines.get(timeout=SECONDS) for lines in clients]
        for changes in received:
            assert changes["seats"] == [{"label": first, "status": "BOOKED", "mine": True}]

        restarted.kill()
        book(server, show, second, other)
        restarted.start()

        for lines, changes in zip(clients, received, strict=True):
            assert lines.get(timeout=SECONDS) == {"connected": changes["cursor"]}
            seats = lines.get(timeout=SECONDS)["seats"]
            # The first change is sent again, which is allowed.
            assert {seat["label"]: (seat["status"], seat["mine"]) for seat in seats} == {
                first: ("BOOKED", True),
                second: ("BOOKED", False),
            }

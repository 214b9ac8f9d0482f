"""Limits: subscriptions, connections, age, idle time, messages, size of a result."""

import asyncio

import pytest
from pytest_django import Settings

from cinema.booking import bookings
from schema.engine.sockets import connection
from schema.engine.subscriptions import admission, execution
from tests import situations
from tests.conftest import global_id
from tests.realtime.viewers import eventually
from tests.sockets.peer import Peer, connected, in_another_thread, run

pytestmark = pytest.mark.django_db(transaction=True)


def open_connections() -> int:
    return len(admission._open)  # noqa: SLF001 - only this test needs it


def test_subscriptions_of_a_connection_are_limited(settings: Settings) -> None:
    settings.SUBSCRIPTIONS_PER_SOCKET = 2
    show = situations.a_show()

    async def test() -> None:
        async with connected() as peer:
            await peer.initialize()
            for number in range(3):
                peer.subscribe(show=global_id(show), number=number)
            message = await peer.message()
            assert (message["id"], message["type"]) == ("2", "error")
            assert message["payload"][0]["message"] == "A connection can have at most 2 subscriptions."
            peer.send({"type": "complete", "id": "0"})
            peer.subscribe(show="x", number=3)
            # The limit does not refuse it, so its invalid ID does.
            assert (await peer.errors())[0]["message"] == "'x' is not a valid ID."

    run(test())


def test_connections_of_an_address_are_limited(settings: Settings) -> None:
    settings.SOCKETS_PER_ADDRESS = 2

    async def test() -> None:
        async with connected(REMOTE_ADDR="192.0.2.1") as one, connected(REMOTE_ADDR="192.0.2.1"):
            async with connected(REMOTE_ADDR="192.0.2.1") as third, connected(REMOTE_ADDR="192.0.2.2") as other:
                code, reason = await third.closed()
                assert (code, reason) == (1013, "More than 2 connections from one address. Try again later.")
                await other.initialize()
            one.disconnect()
            await one.served
            async with connected(REMOTE_ADDR="192.0.2.1") as again:
                await again.initialize()

    run(test())


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [("2001:db8::1", "2001:db8:0:ff::2", True), ("2001:db8::1", "2001:db8:0:100::1", False)],
)
def test_addresses_of_one_network_count_together(settings: Settings, one: str, other: str, together: bool) -> None:  # noqa: FBT001
    settings.SOCKETS_PER_ADDRESS = 1

    async def test() -> None:
        async with connected(REMOTE_ADDR=one), connected(REMOTE_ADDR=other) as second:
            if together:
                assert (await second.closed())[0] == 1013
            else:
                await second.initialize()

    run(test())


def test_clients_behind_a_proxy_have_separate_limits(settings: Settings) -> None:
    settings.SOCKETS_PER_ADDRESS, settings.TRUSTED_PROXIES = 1, 1

    async def test() -> None:
        async with (
            connected(HTTP_X_FORWARDED_FOR="192.0.2.1"),
            connected(HTTP_X_FORWARDED_FOR="192.0.2.2") as other,
            connected(HTTP_X_FORWARDED_FOR="192.0.2.9, 192.0.2.1") as forger,
        ):
            await other.initialize()
            assert (await forger.closed())[0] == 1013

    run(test())


def test_total_connections_are_limited(settings: Settings) -> None:
    settings.SOCKETS = 1

    async def test() -> None:
        async with connected(REMOTE_ADDR="192.0.2.1"), connected(REMOTE_ADDR="192.0.2.2") as second:
            assert await second.closed() == (1013, "Too many connections. Try again later.")

    run(test())


def test_a_connection_is_closed_at_its_maximum_age(settings: Settings) -> None:
    settings.SOCKET_SECONDS = 0.05

    async def test() -> None:
        async with connected() as peer:
            assert (await peer.closed())[0] == 1012

    run(test())


def test_a_silent_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PING_INTERVAL_SECONDS", 0.5)

    async def test() -> None:
        async with connected() as silent, connected() as alive:
            for _ in range(3):
                assert await alive.message() == {"type": "ping"}
                alive.send({"type": "pong"})
            assert await silent.message() == {"type": "ping"}
            assert (await silent.closed())[0] == 1013

    run(test())


def test_too_many_messages_close_the_connection() -> None:
    async def test() -> None:
        async with connected() as peer:
            for _ in range(connection.MAX_MESSAGES + 1):
                peer.send({"type": "pong"})
            assert (await peer.closed())[0] == 1008

    run(test())


def test_a_slow_reader_is_disconnected_and_others_receive_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "SEND_TIMEOUT_SECONDS", 0.2)
    show, buyer = situations.a_show(), situations.a_user()

    async def test() -> None:
        async with connected() as slow, connected() as quick:
            for peer in (slow, quick):
                await peer.initialize()
                peer.subscribe(show=global_id(show))
            # Both are subscribed.
            slow.send({"type": "ping"})
            assert await slow.message() == {"type": "pong"}
            slow.stop_reading()
            await in_another_thread(bookings.book, show_id=show.pk, labels=["A1"], by=buyer)
            assert await quick.changes() == {"A1": ("BOOKED", False)}
            await eventually(lambda: open_connections() == 1, what="the slow client to be disconnected")
            slow.resume_reading()
            # The messages that it did not read were discarded.
            assert await slow.closed() == (1013, "The client reads too slowly. Reconnect with the last cursor.")

    run(test())


async def disconnect(peer: Peer) -> None:
    peer.disconnect()


async def send_nonsense(peer: Peer) -> None:
    peer.send("nonsense")


async def cancel(peer: Peer) -> None:
    peer.served.cancel()


@pytest.mark.parametrize("end", [disconnect, send_nonsense, cancel])
@pytest.mark.parametrize("initialized", [True, False])
def test_a_connection_is_not_counted_after_it_ended(end: object, initialized: bool) -> None:  # noqa: FBT001
    show = situations.a_show()

    async def test() -> None:
        async with connected() as peer:
            if initialized:
                await peer.initialize()
                peer.subscribe(show=global_id(show))
            await end(peer)  # type: ignore[operator]
            await asyncio.wait([peer.served], timeout=10)
            assert open_connections() == 0

    run(test())


@pytest.mark.parametrize("max_items_in_loop", [200, 1])
def test_the_size_of_a_result_is_limited(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, max_items_in_loop: int
) -> None:
    monkeypatch.setattr(execution, "MAX_ITEMS_IN_LOOP", max_items_in_loop)
    settings.MAX_ANSWER_BYTES = 1_000
    show, buyer = situations.a_show(), situations.a_user()
    long = "x" * 600
    query = f"subscription ($show: ID!) {{ seatChanges(showId: $show) {{ seats {{ {long}: label }} }} }}"

    async def test() -> None:
        async with connected() as peer:
            await peer.initialize()
            peer.subscribe(query, show=global_id(show))
            await in_another_thread(bookings.book, show_id=show.pk, labels=["A1", "A2", "A3", "A4"], by=buyer)
            (error,) = await peer.errors()
            assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"
            assert (error["extensions"]["limitName"], error["extensions"]["limit"]) == ("answerBytes", 1_000)

    run(test())

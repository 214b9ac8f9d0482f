"""graphql-transport-ws, message by message."""

import json
from hashlib import sha256
from typing import Any

import pytest

from cinema.booking import bookings
from cinema.models import Booking
from schema.engine import persisted
from schema.engine.sockets import connection
from tests import situations
from tests.conftest import global_id
from tests.sockets.peer import WATCH, connected, handshake, in_another_thread, run

pytestmark = pytest.mark.django_db(transaction=True)


def test_changes_arrive_until_the_client_completes() -> None:
    show, buyer = situations.a_show(), situations.a_user()

    async def test() -> None:
        async with connected() as peer:
            await peer.initialize()
            peer.subscribe(show=global_id(show), number=5)
            await in_another_thread(bookings.book, show_id=show.pk, labels=["A1"], by=buyer)
            message = await peer.message()
            assert message["id"] == "5"
            assert message["type"] == "next"
            assert message["payload"]["data"]["seatChanges"]["seats"] == [
                {"label": "A1", "status": "BOOKED", "mine": False}
            ]
            peer.send({"type": "complete", "id": "5"})
            peer.send({"type": "ping"})
            assert await peer.message() == {"type": "pong"}
            # The id can be used again.
            peer.subscribe(show=global_id(show), number=5)
            assert await peer.changes() == {"A1": ("BOOKED", False)}

    run(test())


def test_messages_have_the_id_of_their_subscription() -> None:
    shows, buyer = [situations.a_show(), situations.a_show()], situations.a_user()

    async def test() -> None:
        async with connected() as peer:
            await peer.initialize()
            for number, show in enumerate(shows):
                peer.subscribe(show=global_id(show), number=number)
            for number in (1, 0):
                await in_another_thread(bookings.book, show_id=shows[number].pk, labels=["A1"], by=buyer)
                assert (await peer.message())["id"] == str(number)

    run(test())


def test_ping_gets_a_pong_before_init() -> None:
    async def test() -> None:
        async with connected() as peer:
            peer.send({"type": "ping", "payload": {"any": "thing"}})
            assert await peer.message() == {"type": "pong"}
            peer.send({"type": "pong"})
            await peer.initialize()

    run(test())


DEEP = "[" * 100_000
MALFORMED: dict[str, object] = {
    "not JSON": "nonsense",
    "an empty text": "",
    "bytes": b"{}",
    "a list": [],
    "a string": '"connection_init"',
    "null": None,
    "no type": {},
    "an unknown type": {"type": "start"},
    "a type that is a list": {"type": []},
    "a type that is an object": {"type": {}},
    "a payload that is a list": {"type": "connection_init", "payload": []},
    "a token that is a number": {"type": "connection_init", "payload": {"Authorization": 1}},
    "nested deeply": DEEP[:90_000],
    "a long integer": '{"type": "ping", "payload": ' + "9" * 5_000 + "}",
    "NaN": '{"type": "ping", "payload": NaN}',
    "no id": {"type": "complete"},
    "an empty id": {"type": "complete", "id": ""},
    "an id that is a number": {"type": "complete", "id": 1},
    "an id that is a list": {"type": "complete", "id": []},
    "a long id": {"type": "complete", "id": "x" * 201},
    "a subscription without a payload": {"type": "subscribe", "id": "1"},
    "a payload without a query": {"type": "subscribe", "id": "1", "payload": {}},
    "a query that is a number": {"type": "subscribe", "id": "1", "payload": {"query": 1}},
    "variables that are a list": {"type": "subscribe", "id": "1", "payload": {"query": WATCH, "variables": []}},
    "an operationName that is a list": {
        "type": "subscribe",
        "id": "1",
        "payload": {"query": WATCH, "operationName": []},
    },
}


@pytest.mark.parametrize("message", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_message_closes_the_connection(message: object) -> None:
    async def test() -> None:
        async with connected() as peer:
            peer.send(message)
            code, reason = await peer.closed()
            assert code == 4400
            assert 0 < len(reason.encode()) <= 123
            assert "body" not in reason

    run(test())


def test_a_long_message_closes_the_connection() -> None:
    async def test() -> None:
        async with connected() as peer:
            peer.send(json.dumps({"type": "ping", "payload": {"x": "x" * 100_000}}))
            assert (await peer.closed())[0] == 1009

    run(test())


def test_a_second_init_closes_the_connection() -> None:
    async def test() -> None:
        async with connected() as peer:
            await peer.initialize()
            peer.send({"type": "connection_init"})
            assert (await peer.closed())[0] == 4429

    run(test())


def test_subscribing_before_init_closes_the_connection() -> None:
    show = situations.a_show()

    async def test() -> None:
        async with connected() as peer:
            peer.subscribe(show=global_id(show))
            assert (await peer.closed())[0] == 4401

    run(test())


def test_a_connection_without_init_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "INIT_TIMEOUT_SECONDS", 0.05)

    async def test() -> None:
        async with connected() as peer:
            peer.send({"type": "ping"})
            assert await peer.message() == {"type": "pong"}
            assert (await peer.closed())[0] == 4408

    run(test())


def test_an_id_is_used_once_at_a_time() -> None:
    show = situations.a_show()

    async def test() -> None:
        async with connected() as peer:
            await peer.initialize()
            peer.subscribe(show=global_id(show))
            peer.subscribe(show=global_id(show))
            assert (await peer.closed())[0] == 4409

    run(test())


@pytest.mark.parametrize("offered", [[], ["graphql-ws"], ["graphql-transport-ws2"]])
def test_another_subprotocol_is_refused(offered: list[str]) -> None:
    async def test() -> None:
        async with handshake(subprotocols=offered) as peer:
            assert await peer.event() == {"type": "websocket.accept"}
            assert (await peer.closed())[0] == 4406

    run(test())


REFUSED = {
    "not GraphQL": ("subscription {", {}, "GRAPHQL_PARSE_FAILED"),
    "an unknown field": ("subscription { seats }", {}, "GRAPHQL_VALIDATION_FAILED"),
    "a query": ("{ __typename }", {}, "BAD_USER_INPUT"),
    "an invalid id": (WATCH, {"show": "x"}, "BAD_USER_INPUT"),
    "the id of another type": (WATCH, {"show": "TW92aWU6MQ=="}, "BAD_USER_INPUT"),
    "a skipped field": ("subscription { seatChanges(showId: 1) @skip(if: true) { cursor } }", {}, "BAD_USER_INPUT"),
    "no variable": (WATCH, {}, "BAD_USER_INPUT"),
    "a variable of another type": (WATCH, {"show": []}, "BAD_USER_INPUT"),
    "an unknown show": (WATCH, {"show": "U2hvdzo5OTk5OTk="}, "NOT_FOUND"),
    "an invalid cursor": (WATCH, {"show": "U2hvdzox", "since": "x"}, "BAD_USER_INPUT"),
    "NUL": (WATCH, {"show": "\0"}, "BAD_USER_INPUT"),
    "half of a surrogate pair": (WATCH, {"show": "\ud800"}, "BAD_USER_INPUT"),
    "too many characters": ("#" * 60_000, {}, "QUERY_TOO_COMPLEX"),
    "too many fields": (
        f"subscription {{ seatChanges(showId: 1) {{ seats {{ {' '.join(f'a{n}: label' for n in range(49))} }} }} }}",
        {},
        "QUERY_TOO_COMPLEX",
    ),
}


@pytest.mark.parametrize(("query", "variables", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_invalid_subscription_is_an_error_and_the_connection_stays_open(
    query: str, variables: dict[str, Any], code: str
) -> None:
    async def test() -> None:
        async with connected() as peer:
            await peer.initialize()
            # Twice, since the id can be used again.
            for _ in range(2):
                peer.subscribe(query, **variables)
                assert [error["extensions"]["code"] for error in await peer.errors()] == [code]
            peer.send({"type": "ping"})
            assert await peer.message() == {"type": "pong"}

    run(test())


def test_a_mutation_is_refused_and_changes_nothing() -> None:
    show, buyer = situations.a_show(), situations.a_user()
    token = situations.an_access_token(buyer)
    book = 'mutation ($show: ID!) { bookSeat(input: { showId: $show, seat: "A1" }) { __typename } }'

    async def test() -> None:
        async with connected() as peer:
            await peer.initialize(token)
            peer.subscribe(book, show=global_id(show))
            (error,) = await peer.errors()
            assert "HTTP" in error["message"]

    run(test())
    assert not Booking.objects.exists()


def test_a_subscription_can_be_a_persisted_query() -> None:
    show, buyer = situations.a_show(), situations.a_user()
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256(WATCH.encode()).hexdigest()}}
    payload = {"extensions": extensions, "variables": {"show": global_id(show)}}
    persisted.clear()

    async def test() -> None:
        async with connected() as peer:
            await peer.initialize()
            peer.send({"type": "subscribe", "id": "1", "payload": payload})
            assert [error["message"] for error in await peer.errors()] == ["PersistedQueryNotFound"]
            peer.send({"type": "subscribe", "id": "1", "payload": {**payload, "query": WATCH}})
            peer.send({"type": "subscribe", "id": "2", "payload": payload})
            await in_another_thread(bookings.book, show_id=show.pk, labels=["A1"], by=buyer)
            assert [await peer.changes(), await peer.changes()] == [{"A1": ("BOOKED", False)}] * 2

    run(test())

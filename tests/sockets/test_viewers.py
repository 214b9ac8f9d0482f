"""Viewer-specific results, shared results, and the end of a connection with its session."""

import asyncio
import time
from collections.abc import Callable
from unittest.mock import create_autospec

import pytest
from django.db import OperationalError

from cinema.accounts import sessions, tokens
from cinema.booking import holds
from cinema.models import User
from cinema.runtime import database_threads
from schema.engine.executor.plan import Plan
from schema.engine.subscriptions import lifetime
from tests import situations
from tests.api.forgeries import ATTACKERS_KEY, claims_of, signed, unsigned
from tests.conftest import global_id
from tests.situations import PASSWORD
from tests.sockets.peer import connected, in_another_thread, run

pytestmark = pytest.mark.django_db(transaction=True)


def test_only_the_owner_sees_seats_as_mine() -> None:
    show, (ann, ben) = situations.a_show(), (situations.a_user(), situations.a_user())

    async def test() -> None:
        async with connected() as anns, connected() as bens, connected() as anonymous:
            await anns.initialize(await in_another_thread(situations.an_access_token, ann))
            await bens.initialize(await in_another_thread(situations.an_access_token, ben))
            await anonymous.initialize()
            for peer in (anns, bens, anonymous):
                peer.subscribe(show=global_id(show))
            await in_another_thread(holds.acquire, show_id=show.pk, wanted=["A1"], by=ann)
            assert await anns.changes() == {"A1": ("HELD", True)}
            assert await bens.changes() == {"A1": ("HELD", False)}
            assert await anonymous.changes() == {"A1": ("HELD", False)}

    run(test())


def test_each_subscriber_gets_the_fields_it_selected() -> None:
    """A result is shared only between identical subscriptions."""
    show, buyer = situations.a_show(), situations.a_user()
    document = """
    query A { __typename }
    subscription B($show: ID!, $whole: Boolean = false) {
      changes: seatChanges(showId: $show) { seats { label status @include(if: $whole) } }
    }
    subscription C($show: ID!, $whole: Boolean = false) {
      changes: seatChanges(showId: $show) { seats { name: label ...Rest @skip(if: $whole) } }
    }
    fragment Rest on ShowSeat { mine }
    """
    subscriptions: list[tuple[str, dict[str, object], dict[str, object]]] = [
        ("B", {}, {"label": "A1"}),
        ("B", {"whole": True}, {"label": "A1", "status": "HELD"}),
        ("B", {"whole": False}, {"label": "A1"}),
        ("C", {}, {"name": "A1", "mine": False}),
        ("C", {"whole": True}, {"name": "A1"}),
    ]

    async def test() -> None:
        async with connected() as peer:
            await peer.initialize()
            for number, (name, variables, _) in enumerate(subscriptions):
                payload = {
                    "query": document,
                    "operationName": name,
                    "variables": {"show": global_id(show), **variables},
                }
                peer.send({"type": "subscribe", "id": str(number), "payload": payload})
            await in_another_thread(holds.acquire, show_id=show.pk, wanted=["A1"], by=buyer)
            messages = [await peer.message() for _ in subscriptions]
        received = {message["id"]: message["payload"]["data"]["changes"]["seats"] for message in messages}
        assert received == {str(number): [seat] for number, (_, _, seat) in enumerate(subscriptions)}

    run(test())


def test_identical_subscribers_share_one_execution(monkeypatch: pytest.MonkeyPatch) -> None:
    show, buyer = situations.a_show(), situations.a_user()
    counted = create_autospec(Plan.execute, side_effect=Plan.execute)
    monkeypatch.setattr(Plan, "execute", counted)

    async def test() -> None:
        async with connected() as anns, connected() as bens:
            peers = [peer for peer in (anns, bens) for _ in range(5)]
            for peer in (anns, bens):
                await peer.initialize()
            for number, peer in enumerate(peers):
                peer.subscribe(number=number, show=global_id(show))
            # The first result of each subscription is not shared: it starts at the cursor of that subscription.
            await in_another_thread(holds.acquire, show_id=show.pk, wanted=["A1"], by=buyer)
            for peer in peers:
                assert await peer.changes() == {"A1": ("HELD", False)}
            counted.reset_mock()
            await in_another_thread(holds.acquire, show_id=show.pk, wanted=["A3"], by=buyer)
            for peer in peers:
                assert await peer.changes() == {"A3": ("HELD", False)}
            assert counted.call_count == 1

    run(test())


def bad_tokens(good: str) -> dict[str, str]:
    claims = claims_of(good)
    return {
        "nonsense": "nonsense",
        "another key": signed(claims, ATTACKERS_KEY),
        "no signature": unsigned(claims, "none"),
        "an unknown user": signed({**claims, "sub": "0"}),
        "expired": signed({**claims, "exp": int(time.time()) - 1}),
    }


@pytest.mark.parametrize("kind", ["nonsense", "another key", "no signature", "an unknown user", "expired"])
def test_an_invalid_token_closes_the_connection(kind: str) -> None:
    token = bad_tokens(situations.an_access_token(situations.a_user()))[kind]

    async def test() -> None:
        async with connected() as peer:
            peer.send({"type": "connection_init", "payload": {"authorization": f"bearer {token}"}})
            assert (await peer.closed())[0] == 4403

    run(test())


def test_a_token_is_read_from_the_first_message_only() -> None:
    show, buyer = situations.a_show(), situations.a_user()
    token = situations.an_access_token(buyer)
    sent = {
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "HTTP_COOKIE": f"JWT={token}; Authorization=Bearer {token}",
        "QUERY_STRING": f"Authorization=Bearer%20{token}&token={token}",
    }

    async def test() -> None:
        async with connected(**sent) as peer:
            await peer.initialize()
            peer.subscribe(show=global_id(show))
            await in_another_thread(holds.acquire, show_id=show.pk, wanted=["A1"], by=buyer)
            assert await peer.changes() == {"A1": ("HELD", False)}

    run(test())


def log_out(user: User, token: str) -> None:
    _, family = tokens.read_access_token(token)
    sessions.logout(by=user, family=family, everywhere=False)


def change_password(user: User, _: str) -> None:
    sessions.change_password(by=user, current=PASSWORD, new="another-movie-and-popcorn", address="127.0.0.1")


def deactivate(user: User, _: str) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("end", [log_out, change_password, deactivate])
def test_connections_are_closed_when_their_session_ends(
    end: Callable[[User, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifetime, "SESSION_CHECK_INTERVAL_SECONDS", 0.05)
    user = situations.a_user()
    token = situations.an_access_token(user)

    async def test() -> None:
        async with connected() as peer, connected() as anonymous:
            await peer.initialize(token)
            await anonymous.initialize()
            await in_another_thread(end, user, token)
            assert (await peer.closed())[0] == 4403
            anonymous.send({"type": "ping"})
            assert await anonymous.message() == {"type": "pong"}

    run(test())


def test_database_outage_refuses_new_sessions_and_preserves_open_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifetime, "SESSION_CHECK_INTERVAL_SECONDS", 0.05)
    token = situations.an_access_token(situations.a_user())
    checked = asyncio.Event()

    async def fail(*_: object) -> object:
        checked.set()
        raise OperationalError("the connection is closed")

    async def test() -> None:
        async with connected() as logged_in, connected() as late:
            await logged_in.initialize(token)
            monkeypatch.setattr(database_threads, "run", fail)
            await asyncio.wait_for(checked.wait(), 10)
            logged_in.send({"type": "ping"})
            assert await logged_in.message() == {"type": "pong"}
            late.send({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}})
            assert (await late.closed())[0] == 1013

    run(test())

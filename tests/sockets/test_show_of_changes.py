"""The show in a message about changes: current for each viewer, and read once for all of them."""

from typing import Any
from unittest.mock import create_autospec

import pytest
from django.db import OperationalError

from cinema.booking import holds, queries
from cinema.catalog import scheduling
from tests import situations
from tests.conftest import global_id
from tests.sockets.peer import Peer, connected, in_another_thread, run

pytestmark = pytest.mark.django_db(transaction=True)

WATCH = """
subscription ($show: ID!) {
  seatChanges(showId: $show) {
    seats { label status }
    show {
      id status seatsAvailable priceFrom { amount } prices { category } startsAt bookableUntil
      movie { title genres } screen { name theater { name } }
    }
  }
}
"""
WATCH_MAP = """
subscription ($show: ID!) {
  seatChanges(showId: $show) { ...Changes }
}
fragment Changes on SeatChanges { state: show { seatMap { rows { seats { label status mine } } } } }
"""
WATCH_STATUS = "subscription ($show: ID!) { seatChanges(showId: $show) { show { status seatsAvailable } } }"


async def changes(peer: Peer) -> Any:
    message = await peer.message()
    assert message["type"] == "next", message
    assert "errors" not in message["payload"], message
    return message["payload"]["data"]["seatChanges"]


def test_show_is_current() -> None:
    show, buyer = situations.a_show(rows=["SS"]), situations.a_user()
    theater = show.screen.theater

    async def test() -> None:
        async with connected() as peer:
            await peer.initialize()
            peer.subscribe(WATCH, show=global_id(show))
            await in_another_thread(holds.acquire, show_id=show.pk, wanted=["A1"], by=buyer)
            after_hold = await changes(peer)
            await in_another_thread(scheduling.cancel, show_id=show.pk)
            after_cancellation = await changes(peer)
        assert after_hold["show"] == {
            "id": global_id(show),
            "status": "ON_SALE",
            "seatsAvailable": 1,
            "priceFrom": {"amount": "10.00"},
            "prices": [{"category": "STANDARD"}],
            "startsAt": show.starts_at.isoformat(),
            "bookableUntil": show.starts_at.isoformat(),
            "movie": {"title": show.movie.title, "genres": []},
            "screen": {"name": show.screen.name, "theater": {"name": theater.name}},
        }
        assert after_cancellation["seats"] == [{"label": label, "status": "BLOCKED"} for label in ("A1", "A2")]
        assert (after_cancellation["show"]["status"], after_cancellation["show"]["seatsAvailable"]) == ("CANCELLED", 0)

    run(test())


def test_seat_map_of_the_show_is_that_of_each_viewer() -> None:
    show, (ann, ben) = situations.a_show(rows=["SS"]), (situations.a_user(), situations.a_user())
    situations.a_booking("A1", show=show, by=ann)

    async def seen(peer: Peer) -> list[tuple[str, bool]]:
        (row,) = (await changes(peer))["state"]["seatMap"]["rows"]
        return [(seat["status"], seat["mine"]) for seat in row["seats"]]

    async def test() -> None:
        async with connected() as anns, connected() as bens, connected() as anonymous:
            await anns.initialize(await in_another_thread(situations.an_access_token, ann))
            await bens.initialize(await in_another_thread(situations.an_access_token, ben))
            await anonymous.initialize()
            peers = (anns, bens, anonymous)
            for peer in peers:
                peer.subscribe(WATCH_MAP, show=global_id(show))
            # The booking is within the margin, so it is sent first.
            for peer in peers:
                await changes(peer)
            await in_another_thread(holds.acquire, show_id=show.pk, wanted=["A2"], by=ben)
            assert await seen(anns) == [("BOOKED", True), ("HELD", False)]
            assert await seen(bens) == [("BOOKED", False), ("HELD", True)]
            assert await seen(anonymous) == [("BOOKED", False), ("HELD", False)]

    run(test())


def test_show_is_read_once_for_all_viewers(monkeypatch: pytest.MonkeyPatch) -> None:
    show, buyer = situations.a_show(rows=["SS"]), situations.a_user()
    read = create_autospec(queries.availability, side_effect=queries.availability)
    monkeypatch.setattr(queries, "availability", read)

    async def test() -> None:
        async with connected() as peer:
            await peer.initialize()
            for number in range(10):
                peer.subscribe(WATCH_STATUS, number=number, show=global_id(show))
            await in_another_thread(holds.acquire, show_id=show.pk, wanted=["A1"], by=buyer)
            for _ in range(10):
                await changes(peer)
            # All of them watch the show now.
            read.reset_mock()
            await in_another_thread(situations.a_booking, "A2", show=show)
            received = [await changes(peer) for _ in range(10)]
        assert received == [{"show": {"status": "SOLD_OUT", "seatsAvailable": 0}}] * 10

    run(test())

    assert read.call_count == 1


def test_subscription_ends_if_the_show_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Later messages would not repeat the change. After subscribing again with its cursor, the client gets it."""
    show, buyer = situations.a_show(rows=["SS"]), situations.a_user()
    outage = create_autospec(queries.availability, side_effect=OperationalError("no database"))

    async def test() -> None:
        async with connected() as peer:
            await peer.initialize()
            peer.subscribe(WATCH_STATUS, show=global_id(show))
            monkeypatch.setattr(queries, "availability", outage)
            await in_another_thread(holds.acquire, show_id=show.pk, wanted=["A1"], by=buyer)
            (error,) = await peer.errors()
        assert error["extensions"]["code"] == "SERVICE_UNAVAILABLE"

    run(test())

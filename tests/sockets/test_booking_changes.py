"""`bookingChanges` over a WebSocket: its results, and who gets them."""

from typing import Any

import pytest

from cinema.booking import bookings, holds
from cinema.models import User
from tests import situations
from tests.conftest import global_id
from tests.sockets.peer import Peer, connected, in_another_thread, run

pytestmark = pytest.mark.django_db(transaction=True)

WATCH = """
subscription {
  bookingChanges {
    id status secondsLeft paid { amount } tickets { seat status } timeline { at }
    show { movie { title } seatsAvailable }
  }
}
"""
SHORT = "subscription { bookingChanges { id status } }"


async def received(peer: Peer) -> Any:
    message = await peer.message()
    assert message["type"] == "next", message
    return message["payload"]


def test_login_is_required() -> None:
    async def test() -> None:
        async with connected() as peer:
            await peer.initialize()
            peer.subscribe(SHORT)
            (error,) = await peer.errors()
            assert error["extensions"]["code"] == "UNAUTHENTICATED"

    run(test())


def test_the_viewer_gets_their_own_bookings_in_their_current_state() -> None:
    show, ann, ben = situations.a_show(), situations.a_user(), situations.a_user()

    async def initialized(peer: Peer, user: User) -> None:
        await peer.initialize(await in_another_thread(situations.an_access_token, user))
        peer.subscribe(SHORT)

    async def test() -> None:
        async with connected() as anns, connected() as bens:
            await initialized(anns, ann)
            await initialized(bens, ben)
            hold = await in_another_thread(holds.acquire, show_id=show.pk, wanted=["A1"], by=ann)
            theirs = await in_another_thread(holds.acquire, show_id=show.pk, wanted=["A2"], by=ben)
            held = {"bookingChanges": {"id": global_id(hold), "status": "HELD"}}
            assert await received(anns) == {"data": held}
            assert await received(bens) == {"data": {"bookingChanges": {"id": global_id(theirs), "status": "HELD"}}}
            await in_another_thread(bookings.confirm, booking_id=hold.pk, by=ann)
            held["bookingChanges"]["status"] = "CONFIRMED"
            assert await received(anns) == {"data": held}

    run(test())


def test_every_field_of_a_booking_can_be_selected() -> None:
    show, user = situations.a_show(), situations.a_user()
    hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=user)

    async def test() -> None:
        async with connected() as peer:
            await peer.initialize(await in_another_thread(situations.an_access_token, user))
            peer.subscribe(WATCH)
            result = await received(peer)
        booking = result["data"]["bookingChanges"]
        assert 0 < booking.pop("secondsLeft") <= 8 * 60
        assert booking == {
            "id": global_id(hold),
            "status": "HELD",
            "paid": {"amount": "10.00"},
            "tickets": [{"seat": "A1", "status": "HELD"}],
            "show": {"movie": {"title": show.movie.title}, "seatsAvailable": 20},
            "timeline": None,
        }
        assert [error["extensions"]["code"] for error in result["errors"]] == ["FORBIDDEN"]

    run(test())

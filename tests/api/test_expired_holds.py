"""Expired holds, before and after their seats are released."""

import pytest

from cinema.booking import holds
from cinema.models import Booking, Show, Ticket, User
from tests import situations
from tests.api.holding import BOOKING, hold, seat_statuses, seats_of
from tests.conftest import Api
from tests.stored import nothing_changes

MY_BOOKINGS = "query ($status: BookingStatus!) { myBookings(filter: { status: $status }) { nodes { reference } } }"


def listed(api: Api, status: str) -> list[str]:
    return [node["reference"] for node in api(MY_BOOKINGS, status=status).data["myBookings"]["nodes"]]


def test_a_hold_is_expired_before_its_seats_are_released(as_buyer: Api, buyer: User) -> None:
    show = situations.a_show(rows=["SS"])
    hold(as_buyer, show, "A1", "A2")
    expired_hold = situations.expire_hold(Booking.objects.get(), seconds_ago=1)
    assert expired_hold.expires_at is not None

    with nothing_changes():
        booking = as_buyer(BOOKING, reference=expired_hold.reference).data["booking"]

    assert (expired_hold.status, Ticket.objects.unreleased().count()) == ("HELD", 2)
    assert booking == {
        "status": "EXPIRED",
        "expiresAt": expired_hold.expires_at.isoformat(),
        "total": {"amount": "20.00"},
        "tickets": [{"seat": "A1", "status": "EXPIRED"}, {"seat": "A2", "status": "EXPIRED"}],
    }
    assert seat_statuses(as_buyer, show) == {"A1": "AVAILABLE", "A2": "AVAILABLE"}


@pytest.mark.parametrize("released", [False, True])
def test_bookings_are_listed_as_held_or_expired_by_the_clock(
    as_buyer: Api, show: Show, buyer: User, *, released: bool
) -> None:
    expired_hold = situations.expire_hold(holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer), seconds_ago=1)
    held = holds.acquire(show_id=show.pk, wanted=["A2"], by=buyer)
    if released:
        holds.release_expired(at_most=10)

    assert listed(as_buyer, "HELD") == [held.reference]
    assert listed(as_buyer, "EXPIRED") == [expired_hold.reference]
    assert listed(as_buyer, "CONFIRMED") == listed(as_buyer, "CANCELLED") == []


def test_a_seat_with_an_expired_hold_can_be_taken(as_buyer: Api, api: Api, show: Show) -> None:
    other_user = situations.a_user()
    expired_hold = situations.expire_hold(holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=other_user))

    result = hold(as_buyer, show, "A2")

    assert (result["status"], seats_of(result)) == ("HELD", ["A2"])
    assert api.logged_in_as(other_user)(BOOKING, reference=expired_hold.reference).data["booking"] == {
        "status": "EXPIRED",
        "expiresAt": expired_hold.expires_at.isoformat() if expired_hold.expires_at else None,
        "total": {"amount": "20.00"},
        "tickets": [{"seat": "A1", "status": "EXPIRED"}, {"seat": "A2", "status": "EXPIRED"}],
    }

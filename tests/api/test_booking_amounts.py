"""The amount that a booking was made for, and the time that is left to confirm it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cinema.booking import bookings, holds
from cinema.catalog import scheduling
from cinema.catalog.layouts import SeatCategory
from cinema.core import clock
from cinema.models import Booking, Show, User
from tests import situations
from tests.conftest import Api

pytestmark = pytest.mark.both

BOOKING = """
query ($reference: String!) {
  booking(reference: $reference) { status secondsLeft total { amount } paid { amount currency } }
}
"""


@pytest.fixture
def as_buyer(api: Api, buyer: User) -> Api:
    return api.logged_in_as(buyer)


@pytest.fixture
def hold(show: Show, buyer: User) -> Booking:
    """A hold of A1 for 10.00 and B1 for 15.50."""
    return holds.acquire(show_id=show.pk, wanted=["A1", "B1"], by=buyer)


def read(as_buyer: Api, booking: Booking) -> Any:
    return as_buyer(BOOKING, reference=booking.reference).data["booking"]


def amounts(as_buyer: Api, booking: Booking) -> tuple[str, str, str]:
    found = read(as_buyer, booking)
    assert found["paid"]["currency"] == "USD"
    return found["status"], found["total"]["amount"], found["paid"]["amount"]


def test_the_amount_stays_after_cancellation(as_buyer: Api, hold: Booking, buyer: User) -> None:
    assert amounts(as_buyer, hold) == ("HELD", "25.50", "25.50")
    bookings.confirm(booking_id=hold.pk, by=buyer)
    scheduling.reschedule(show_id=hold.show_id, prices={SeatCategory.STANDARD: Decimal(99)})
    assert amounts(as_buyer, hold) == ("CONFIRMED", "25.50", "25.50")
    bookings.cancel(booking_id=hold.pk, by=buyer, labels=["A1"])
    assert amounts(as_buyer, hold) == ("CONFIRMED", "15.50", "25.50")
    bookings.cancel(booking_id=hold.pk, by=buyer)
    assert amounts(as_buyer, hold) == ("CANCELLED", "0.00", "25.50")


def test_the_amount_stays_after_the_show_was_cancelled(as_buyer: Api, hold: Booking) -> None:
    scheduling.cancel(show_id=hold.show_id)

    assert amounts(as_buyer, hold) == ("CANCELLED", "0.00", "25.50")


@pytest.mark.parametrize("released", [False, True])
def test_an_expired_hold(as_buyer: Api, hold: Booking, *, released: bool) -> None:
    situations.expire_hold(hold)
    if released:
        holds.release_expired(at_most=10)

    assert amounts(as_buyer, hold) == ("EXPIRED", "25.50", "25.50")
    assert read(as_buyer, hold)["secondsLeft"] is None


def test_the_seconds_left_of_a_hold(as_buyer: Api, hold: Booking, buyer: User) -> None:
    assert hold.expires_at is not None

    before = (hold.expires_at - clock.now()).total_seconds()
    found = read(as_buyer, hold)["secondsLeft"]
    after = (hold.expires_at - clock.now()).total_seconds()

    assert isinstance(found, int)
    assert int(after) <= found <= int(before) <= 8 * 60
    bookings.confirm(booking_id=hold.pk, by=buyer)
    assert read(as_buyer, hold)["secondsLeft"] is None


def test_less_than_a_second_counts_as_zero(as_buyer: Api, hold: Booking, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hold.expires_at is not None
    almost_expired = hold.expires_at - timedelta(seconds=0.1)
    monkeypatch.setattr("cinema.booking.queries.clock.now", lambda: almost_expired)

    found = read(as_buyer, hold)

    assert (found["status"], found["secondsLeft"]) == ("HELD", 0)

"""Until when shows can be booked and bookings can be cancelled, as clients see it in advance."""

from datetime import timedelta
from typing import Any

import pytest

from cinema.booking import bookings
from cinema.booking.errors import TooLateToCancel
from cinema.catalog import scheduling
from cinema.models import Booking, Show, User
from tests import situations
from tests.conftest import Api, global_id
from tests.rules import ChangeRules

pytestmark = pytest.mark.both

SHOW = "query ($id: ID!) { show(id: $id) { bookableUntil cancellableUntil } }"
BOOKING = "query ($id: ID!) { node(id: $id) { ... on Booking { cancellableUntil } } }"


def cancellable_until(api: Api, booking: Booking) -> Any:
    return api(BOOKING, id=global_id(booking)).data["node"]["cancellableUntil"]


def test_deadlines_of_a_show(api: Api, show: Show, change_rules: ChangeRules) -> None:
    change_rules(
        booking_closes_before_start=timedelta(minutes=10), cancelling_closes_before_start=timedelta(minutes=90)
    )

    assert api(SHOW, id=global_id(show)).data["show"] == {
        "bookableUntil": (show.starts_at - timedelta(minutes=10)).isoformat(),
        "cancellableUntil": (show.starts_at - timedelta(minutes=90)).isoformat(),
    }


def test_deadline_of_a_booking_is_the_one_that_decides(
    as_buyer: Api, buyer: User, show: Show, change_rules: ChangeRules
) -> None:
    booking = situations.a_booking("A1", "A2", show=show, by=buyer)

    change_rules(cancelling_closes_before_start=timedelta(hours=23))
    assert cancellable_until(as_buyer, booking) == (show.starts_at - timedelta(hours=23)).isoformat()
    bookings.cancel(booking_id=booking.pk, by=buyer, labels=["A2"])

    change_rules(cancelling_closes_before_start=timedelta(hours=25))
    assert cancellable_until(as_buyer, booking) is None
    with pytest.raises(TooLateToCancel):
        bookings.cancel(booking_id=booking.pk, by=buyer)


def test_a_hold_can_be_released_until_it_expires(as_buyer: Api, buyer: User, show: Show) -> None:
    hold = situations.a_hold("A1", show=show, by=buyer)
    expired = situations.a_hold("A2", show=show, by=buyer, minutes_left=-1)

    assert hold.expires_at is not None
    assert cancellable_until(as_buyer, hold) == hold.expires_at.isoformat()
    assert cancellable_until(as_buyer, expired) is None


def test_a_cancelled_booking_cannot_be_cancelled(as_buyer: Api, buyer: User, show: Show) -> None:
    by_buyer = situations.a_booking("A1", show=show, by=buyer)
    bookings.cancel(booking_id=by_buyer.pk, by=buyer)
    with_show = situations.a_booking("A1", show=show, by=buyer)
    scheduling.cancel(show_id=show.pk)

    assert cancellable_until(as_buyer, by_buyer) is None
    assert cancellable_until(as_buyer, with_show) is None

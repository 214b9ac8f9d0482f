from datetime import timedelta
from typing import Any

import pytest

from cinema.booking import bookings, holds
from cinema.booking.rules import rules as booking_rules
from cinema.catalog import scheduling
from cinema.models import Booking, Show, Ticket, User
from tests import situations
from tests.conftest import Api, global_id
from tests.rules import ChangeRules
from tests.stored import nothing_changes

EXTEND_HOLD = """
mutation ($input: ExtendHoldInput!) {
  extendHold(input: $input) {
    __typename
    ... on Booking { id status createdAt expiresAt confirmedAt total { amount } tickets { seat status } }
    ... on Problem { message }
    ... on HoldExpired { stillAvailable }
    ... on BookingCancelled { bookingCancelledAt: cancelledAt }
    ... on Busy { retryAfterMs }
  }
}
"""


@pytest.fixture
def hold(show: Show, buyer: User) -> Booking:
    """A hold of A1 and A2 for 8 minutes."""
    return holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer)


def extend(api: Api, booking: Booking) -> Any:
    return api(EXTEND_HOLD, input={"bookingId": global_id(booking)}).data["extendHold"]


def test_a_hold_is_extended_to_20_minutes_after_its_creation(as_buyer: Api, hold: Booking) -> None:
    situations.age_booking(hold, by=timedelta(minutes=5))
    latest = hold.created_at + timedelta(minutes=20)

    result = extend(as_buyer, hold)

    assert result == {
        "__typename": "Booking",
        "id": global_id(hold),
        "status": "HELD",
        "createdAt": hold.created_at.isoformat(),
        "expiresAt": latest.isoformat(),
        "confirmedAt": None,
        "total": {"amount": "20.00"},
        "tickets": [{"seat": "A1", "status": "HELD"}, {"seat": "A2", "status": "HELD"}],
    }
    assert set(Ticket.objects.values_list("expires_at", flat=True)) == {latest}


def test_extending_twice_changes_nothing(as_buyer: Api, hold: Booking) -> None:
    first = extend(as_buyer, hold)

    with nothing_changes():
        second = extend(as_buyer, hold)

    assert first == second


def test_an_extended_hold_that_expired_is_not_extended_again(as_buyer: Api, hold: Booking) -> None:
    extend(as_buyer, hold)
    hold.refresh_from_db()
    situations.expire_hold(hold, seconds_ago=1)

    with nothing_changes():
        result = extend(as_buyer, hold)

    assert result == {
        "__typename": "HoldExpired",
        "message": "Your hold has expired, and some of its seats are no longer available.",
        "stillAvailable": ["A1", "A2"],
    }


def test_holds_are_not_extended_if_extensions_are_disabled(
    as_buyer: Api, hold: Booking, change_rules: ChangeRules
) -> None:
    change_rules(hold_lifetime_at_most=booking_rules().hold_lifetime)

    with nothing_changes():
        result = extend(as_buyer, hold)

    assert result["expiresAt"] == (hold.created_at + timedelta(minutes=8)).isoformat()


def test_a_hold_is_never_shortened(as_buyer: Api, hold: Booking, change_rules: ChangeRules) -> None:
    change_rules(hold_lifetime_at_most=timedelta(minutes=1))

    with nothing_changes():
        result = extend(as_buyer, hold)

    assert result["expiresAt"] == (hold.created_at + timedelta(minutes=8)).isoformat()


def test_only_the_remaining_seats_are_extended(as_buyer: Api, hold: Booking, buyer: User) -> None:
    bookings.cancel(booking_id=hold.pk, by=buyer, labels=["A1"])

    result = extend(as_buyer, hold)

    assert result["total"] == {"amount": "10.00"}
    assert result["tickets"] == [{"seat": "A1", "status": "CANCELLED"}, {"seat": "A2", "status": "HELD"}]
    assert list(Ticket.objects.unreleased().values_list("seat__label", flat=True)) == ["A2"]


@pytest.mark.parametrize("released", [False, True])
def test_an_expired_hold_is_not_extended(as_buyer: Api, hold: Booking, *, released: bool) -> None:
    situations.expire_hold(hold, seconds_ago=1)
    if released:
        holds.release_expired(at_most=10)

    with nothing_changes():
        result = extend(as_buyer, hold)

    assert (result["__typename"], result["stillAvailable"]) == ("HoldExpired", ["A1", "A2"])


def test_an_expired_hold_returns_the_seats_that_are_still_available(as_buyer: Api, hold: Booking) -> None:
    situations.expire_hold(hold)
    situations.a_booking("A1", show=hold.show)

    with nothing_changes():
        result = extend(as_buyer, hold)

    assert (result["__typename"], result["stillAvailable"]) == ("HoldExpired", ["A2"])


def test_a_released_hold_is_not_extended(as_buyer: Api, hold: Booking, buyer: User) -> None:
    bookings.cancel(booking_id=hold.pk, by=buyer)

    with nothing_changes():
        result = extend(as_buyer, hold)

    hold.refresh_from_db()
    assert hold.cancelled_at is not None
    assert result == {
        "__typename": "BookingCancelled",
        "message": "This booking has been cancelled.",
        "bookingCancelledAt": hold.cancelled_at.isoformat(),
    }


def test_the_hold_of_a_cancelled_show_is_not_extended(as_buyer: Api, hold: Booking) -> None:
    scheduling.cancel(show_id=hold.show_id)

    with nothing_changes():
        result = extend(as_buyer, hold)

    hold.refresh_from_db()
    assert hold.cancelled_at is not None
    assert result == {
        "__typename": "BookingCancelled",
        "message": "This booking has been cancelled.",
        "bookingCancelledAt": hold.cancelled_at.isoformat(),
    }


def test_a_confirmed_booking_is_returned_unchanged(as_buyer: Api, hold: Booking, buyer: User) -> None:
    confirmed = bookings.confirm(booking_id=hold.pk, by=buyer)
    assert confirmed.confirmed_at is not None

    with nothing_changes():
        result = extend(as_buyer, hold)

    assert result == {
        "__typename": "Booking",
        "id": global_id(hold),
        "status": "CONFIRMED",
        "createdAt": hold.created_at.isoformat(),
        "expiresAt": None,
        "confirmedAt": confirmed.confirmed_at.isoformat(),
        "total": {"amount": "20.00"},
        "tickets": [{"seat": "A1", "status": "VALID"}, {"seat": "A2", "status": "VALID"}],
    }


def test_another_users_hold_is_not_found(as_buyer: Api, show: Show) -> None:
    other_hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=situations.a_user())

    with nothing_changes():
        refusals = [
            as_buyer(EXTEND_HOLD, input={"bookingId": global_id(booking)}).body["errors"][0]
            for booking in (other_hold, Booking(pk=10**9))
        ]

    assert refusals[0] == refusals[1]
    assert refusals[0]["extensions"] == {"code": "NOT_FOUND"}


def test_the_id_of_another_type_is_refused(as_buyer: Api, hold: Booking) -> None:
    with nothing_changes():
        assert as_buyer(EXTEND_HOLD, input={"bookingId": global_id(hold.show)}).code == "BAD_USER_INPUT"


def test_login_is_required(api: Api, hold: Booking) -> None:
    with nothing_changes():
        assert api(EXTEND_HOLD, input={"bookingId": global_id(hold)}).code == "UNAUTHENTICATED"

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cinema.booking import blocks, bookings, holds
from cinema.catalog import scheduling, theaters
from cinema.core import clock
from cinema.models import Booking, Price, Show, Ticket, User
from tests import situations
from tests.conftest import Api, global_id
from tests.rules import ChangeRules
from tests.stored import nothing_changes

CONFIRM_BOOKING = """
mutation ($input: ConfirmBookingInput!) {
  confirmBooking(input: $input) {
    __typename
    ... on Booking {
      id reference status createdAt expiresAt confirmedAt cancelledAt
      total { amount }
      tickets { seat status price { amount } }
      show { seatsAvailable }
    }
    ... on Problem { message }
    ... on HoldExpired { stillAvailable }
    ... on BookingCancelled { bookingCancelledAt: cancelledAt }
    ... on Busy { retryAfterMs }
  }
}
"""


@pytest.fixture
def hold(show: Show, buyer: User) -> Booking:
    """A hold of A1 and B1 for 8 minutes."""
    return holds.acquire(show_id=show.pk, wanted=["A1", "B1"], by=buyer)


@pytest.fixture
def expired_hold(hold: Booking) -> Booking:
    """A hold of A1 and B1 that expired a minute ago."""
    return situations.expire_hold(hold)


def confirm(api: Api, booking: Booking) -> Any:
    return api(CONFIRM_BOOKING, input={"bookingId": global_id(booking)}).data["confirmBooking"]


def confirmed(booking: Booking) -> dict[str, Any]:
    """The result of confirming the hold of A1 and B1."""
    booking.refresh_from_db()
    assert booking.confirmed_at is not None
    return {
        "__typename": "Booking",
        "id": global_id(booking),
        "reference": booking.reference,
        "status": "CONFIRMED",
        "createdAt": booking.created_at.isoformat(),
        "expiresAt": None,
        "confirmedAt": booking.confirmed_at.isoformat(),
        "cancelledAt": None,
        "total": {"amount": "25.50"},
        "tickets": [
            {"seat": "A1", "status": "VALID", "price": {"amount": "10.00"}},
            {"seat": "B1", "status": "VALID", "price": {"amount": "15.50"}},
        ],
        "show": {"seatsAvailable": 19},
    }


def expired(*still_available: str) -> dict[str, Any]:
    return {
        "__typename": "HoldExpired",
        "message": "Your hold has expired, and some of its seats are no longer available.",
        "stillAvailable": list(still_available),
    }


def cancelled(booking: Booking) -> dict[str, Any]:
    booking.refresh_from_db()
    assert booking.cancelled_at is not None
    return {
        "__typename": "BookingCancelled",
        "message": "This booking has been cancelled.",
        "bookingCancelledAt": booking.cancelled_at.isoformat(),
    }


def test_a_hold_becomes_a_booking(as_buyer: Api, hold: Booking) -> None:
    before = clock.now()

    result = confirm(as_buyer, hold)

    assert result == confirmed(hold)
    assert hold.confirmed_at is not None
    assert before <= hold.confirmed_at <= clock.now()
    assert set(Ticket.objects.values_list("expires_at", "released_at")) == {(None, None)}


def test_confirming_twice_changes_nothing(as_buyer: Api, hold: Booking) -> None:
    first = confirm(as_buyer, hold)

    with nothing_changes():
        second = confirm(as_buyer, hold)

    assert first == second


def test_a_hold_that_was_extended_is_confirmed(as_buyer: Api, hold: Booking, buyer: User) -> None:
    holds.extend(booking_id=hold.pk, by=buyer)
    situations.age_booking(hold, by=timedelta(minutes=19))

    assert confirm(as_buyer, hold) == confirmed(hold)


def test_only_the_remaining_seats_are_confirmed(as_buyer: Api, hold: Booking, buyer: User) -> None:
    bookings.cancel(booking_id=hold.pk, by=buyer, labels=["A1"])

    result = confirm(as_buyer, hold)

    assert (result["status"], result["total"]) == ("CONFIRMED", {"amount": "15.50"})
    assert [(ticket["seat"], ticket["status"]) for ticket in result["tickets"]] == [
        ("A1", "CANCELLED"),
        ("B1", "VALID"),
    ]
    assert result["show"] == {"seatsAvailable": 20}


def test_a_hold_is_confirmed_after_booking_has_closed(as_buyer: Api, hold: Booking) -> None:
    situations.start_show(hold.show)

    assert confirm(as_buyer, hold) == confirmed(hold)


def test_a_cancelled_booking_is_not_confirmed_again(as_buyer: Api, hold: Booking, buyer: User) -> None:
    confirm(as_buyer, hold)
    bookings.cancel(booking_id=hold.pk, by=buyer)

    with nothing_changes():
        assert confirm(as_buyer, hold) == cancelled(hold)


def test_a_released_hold_is_not_confirmed(as_buyer: Api, hold: Booking, buyer: User) -> None:
    bookings.cancel(booking_id=hold.pk, by=buyer)

    with nothing_changes():
        assert confirm(as_buyer, hold) == cancelled(hold)


def test_the_hold_of_a_cancelled_show_is_not_confirmed(as_buyer: Api, hold: Booking) -> None:
    scheduling.cancel(show_id=hold.show_id)

    with nothing_changes():
        assert confirm(as_buyer, hold) == cancelled(hold)


# ---------------------------------------------------------------------- expired holds


@pytest.mark.parametrize("released", [False, True])
def test_an_expired_hold_is_confirmed_if_all_its_seats_are_available(
    as_buyer: Api, expired_hold: Booking, *, released: bool
) -> None:
    if released:
        holds.release_expired(at_most=10)

    result = confirm(as_buyer, expired_hold)

    assert result == confirmed(expired_hold)
    assert Ticket.objects.count() == 2
    assert set(Ticket.objects.values_list("expires_at", "released_at")) == {(None, None)}


def test_an_expired_hold_is_confirmed_at_its_price(as_buyer: Api, expired_hold: Booking) -> None:
    Price.objects.filter(show=expired_hold.show).update(amount=Decimal(99))

    assert confirm(as_buyer, expired_hold) == confirmed(expired_hold)


def test_a_seat_released_before_the_expiry_is_not_taken_again(as_buyer: Api, show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=["A1", "B1"], by=buyer)
    bookings.cancel(booking_id=hold.pk, by=buyer, labels=["A1"])
    situations.expire_hold(hold)
    situations.a_booking("A1", show=show)

    result = confirm(as_buyer, hold)

    assert (result["status"], result["total"]) == ("CONFIRMED", {"amount": "15.50"})
    assert [(ticket["seat"], ticket["status"]) for ticket in result["tickets"]] == [
        ("A1", "CANCELLED"),
        ("B1", "VALID"),
    ]


def test_seats_that_other_users_released_are_taken_again(as_buyer: Api, expired_hold: Booking) -> None:
    other_user = situations.a_user()
    cancelled = bookings.book(show_id=expired_hold.show_id, labels=["A1"], by=other_user)
    bookings.cancel(booking_id=cancelled.pk, by=other_user)
    also_expired = situations.expire_hold(holds.acquire(show_id=expired_hold.show_id, wanted=["B1"], by=other_user))

    assert confirm(as_buyer, expired_hold) == confirmed(expired_hold)
    also_expired.refresh_from_db()
    assert also_expired.status == "EXPIRED"


@pytest.mark.parametrize("released", [False, True])
@pytest.mark.parametrize("how", ["booked", "held", "blocked"])
def test_an_expired_hold_is_not_confirmed_without_one_of_its_seats(
    as_buyer: Api, expired_hold: Booking, how: str, *, released: bool
) -> None:
    if released:
        holds.release_expired(at_most=10)
    match how:
        case "booked":
            situations.a_booking("A1", show=expired_hold.show)
        case "held":
            holds.acquire(show_id=expired_hold.show_id, wanted=["A1"], by=situations.a_user())
        case "blocked":
            blocks.block(show_id=expired_hold.show_id, labels=["A1"])

    with nothing_changes():
        assert confirm(as_buyer, expired_hold) == expired("B1")


def test_without_any_available_seat_the_list_is_empty(as_buyer: Api, expired_hold: Booking) -> None:
    situations.a_booking("A1", "B1", show=expired_hold.show)

    with nothing_changes():
        assert confirm(as_buyer, expired_hold) == expired()


def test_a_seat_that_the_buyer_booked_again_is_unavailable(as_buyer: Api, expired_hold: Booking, buyer: User) -> None:
    situations.a_booking("A1", show=expired_hold.show, by=buyer)

    with nothing_changes():
        assert confirm(as_buyer, expired_hold) == expired("B1")


def test_an_expired_hold_is_not_confirmed_once_the_show_is_cancelled(as_buyer: Api, expired_hold: Booking) -> None:
    scheduling.cancel(show_id=expired_hold.show_id)

    with nothing_changes():
        assert confirm(as_buyer, expired_hold) == expired()


def test_an_expired_hold_is_not_confirmed_once_booking_has_closed(as_buyer: Api, expired_hold: Booking) -> None:
    situations.start_show(expired_hold.show, hours_ago=0.1)

    with nothing_changes():
        assert confirm(as_buyer, expired_hold) == expired()


def test_an_expired_hold_is_not_confirmed_over_the_seat_limit(
    as_buyer: Api, expired_hold: Booking, buyer: User, change_rules: ChangeRules
) -> None:
    change_rules(seats_per_user_and_show=3)
    situations.a_booking("C3", "C4", show=expired_hold.show, by=buyer)

    with nothing_changes():
        assert confirm(as_buyer, expired_hold) == expired("A1")


def test_an_expired_hold_is_confirmed_up_to_the_seat_limit(
    as_buyer: Api, expired_hold: Booking, buyer: User, change_rules: ChangeRules
) -> None:
    change_rules(seats_per_user_and_show=3)
    situations.a_booking("C3", show=expired_hold.show, by=buyer)

    assert confirm(as_buyer, expired_hold)["status"] == "CONFIRMED"


def test_an_expired_hold_is_not_confirmed_once_a_seat_was_removed(as_buyer: Api, expired_hold: Booking) -> None:
    theaters.change_screen(screen_id=expired_hold.show.screen_id, rows=["_SSS_SSSS", "PPPP_PPPP", "WC____SSS"])

    with nothing_changes():
        assert confirm(as_buyer, expired_hold) == expired("B1")


def test_an_expired_hold_is_not_confirmed_once_the_show_is_on_another_screen(
    as_buyer: Api, expired_hold: Booking
) -> None:
    scheduling.reschedule(show_id=expired_hold.show_id, screen_id=situations.a_screen().pk)

    with nothing_changes():
        assert confirm(as_buyer, expired_hold) == cancelled(expired_hold)


# ---------------------------------------------------------------------- other users


def test_another_users_hold_is_not_found(as_buyer: Api, show: Show) -> None:
    other_hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=situations.a_user())

    with nothing_changes():
        refusals = [
            as_buyer(CONFIRM_BOOKING, input={"bookingId": global_id(booking)}).body["errors"][0]
            for booking in (other_hold, Booking(pk=10**9))
        ]

    assert refusals[0] == refusals[1]
    assert refusals[0]["extensions"] == {"code": "NOT_FOUND"}


def test_the_id_of_another_type_is_refused(as_buyer: Api, hold: Booking) -> None:
    with nothing_changes():
        assert as_buyer(CONFIRM_BOOKING, input={"bookingId": global_id(hold.show)}).code == "BAD_USER_INPUT"


def test_login_is_required(api: Api, hold: Booking) -> None:
    with nothing_changes():
        assert api(CONFIRM_BOOKING, input={"bookingId": global_id(hold)}).code == "UNAUTHENTICATED"

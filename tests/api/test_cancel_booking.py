from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cinema.booking import bookings, holds
from cinema.models import Booking, Show, User
from tests import situations
from tests.conftest import Api, global_id
from tests.rules import ChangeRules
from tests.stored import nothing_changes

CANCEL_BOOKING = """
mutation ($input: CancelBookingInput!) {
  cancelBooking(input: $input) {
    __typename
    ... on Booking {
      id status expiresAt cancelledAt total { amount } tickets { seat status } show { seatsAvailable }
    }
    ... on Problem { message }
    ... on TooLateToCancel { deadline }
    ... on UnknownSeats { seats }
  }
}
"""


def cancel(api: Api, booking: Booking, **more: Any) -> Any:
    return api(CANCEL_BOOKING, input={"bookingId": global_id(booking), **more}).data["cancelBooking"]


def test_a_booking_is_cancelled(api: Api, show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", "A2", show=show, by=buyer)

    result = cancel(api.logged_in_as(buyer), booking)

    booking.refresh_from_db()
    assert booking.cancelled_at is not None
    assert result == {
        "__typename": "Booking",
        "id": global_id(booking),
        "status": "CANCELLED",
        "expiresAt": None,
        "cancelledAt": booking.cancelled_at.isoformat(),
        "total": {"amount": "0.00"},
        "tickets": [{"seat": "A1", "status": "CANCELLED"}, {"seat": "A2", "status": "CANCELLED"}],
        "show": {"seatsAvailable": 21},
    }


def test_cancelling_a_cancelled_booking_returns_it_unchanged(as_buyer: Api, show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)

    first = cancel(as_buyer, booking)
    with nothing_changes():
        second = cancel(as_buyer, booking)

    assert first == second


def test_one_seat_of_a_booking_is_cancelled(api: Api, show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", "B1", show=show, by=buyer)

    result = cancel(api.logged_in_as(buyer), booking, seats=["b1"])

    assert (result["status"], result["cancelledAt"]) == ("CONFIRMED", None)
    assert result["total"] == {"amount": "10.00"}
    assert result["tickets"] == [{"seat": "A1", "status": "VALID"}, {"seat": "B1", "status": "CANCELLED"}]


def test_a_seat_of_another_booking_is_not_cancelled(as_buyer: Api, show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)
    situations.a_booking("A2", show=show)

    with nothing_changes():
        result = cancel(as_buyer, booking, seats=["A1", "A2"])

    assert result == {
        "__typename": "UnknownSeats",
        "message": "Seat not found: A2.",
        "seats": ["A2"],
    }


def test_an_empty_list_of_seats_does_not_cancel_the_whole_booking(as_buyer: Api, show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)

    with nothing_changes():
        response = as_buyer(CANCEL_BOOKING, input={"bookingId": global_id(booking), "seats": []})

    assert response.code == "BAD_USER_INPUT"


def test_overlong_labels_are_not_repeated_in_the_message(as_buyer: Api, show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)
    labels = [f"{number:090}" for number in range(9_900)]

    with nothing_changes():
        response = as_buyer(CANCEL_BOOKING, input={"bookingId": global_id(booking), "seats": labels})

    assert response.body["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
    assert response.body["errors"][0]["message"] == "The label of a seat has at most 8 characters."


def test_a_booking_cannot_be_cancelled_after_the_deadline(
    as_buyer: Api, buyer: User, change_rules: ChangeRules
) -> None:
    change_rules(cancelling_closes_before_start=timedelta(hours=3))
    screen = situations.a_screen(theater=situations.a_theater("Asia/Tokyo"))
    show = situations.a_show(screen=screen, starts_at=situations.in_hours(2))
    booking = situations.a_booking("A1", show=show, by=buyer)
    deadline = show.starts_at - timedelta(hours=3)
    local = deadline.astimezone(ZoneInfo("Asia/Tokyo"))

    with nothing_changes():
        result = cancel(as_buyer, booking)

    assert result == {
        "__typename": "TooLateToCancel",
        "message": "This booking could be cancelled until "
        f"{local:%b} {local.day}, {local:%H:%M} (local time in {show.screen.theater.city}).",
        "deadline": deadline.isoformat(),
    }


# ---------------------------------------------------------------------- holds


@pytest.fixture
def hold(show: Show, buyer: User) -> Booking:
    """A hold of A1 and B1 for 8 minutes."""
    return holds.acquire(show_id=show.pk, wanted=["A1", "B1"], by=buyer)


def test_a_hold_is_released(as_buyer: Api, hold: Booking) -> None:
    result = cancel(as_buyer, hold)

    hold.refresh_from_db()
    assert hold.cancelled_at is not None
    assert result == {
        "__typename": "Booking",
        "id": global_id(hold),
        "status": "CANCELLED",
        "expiresAt": None,
        "cancelledAt": hold.cancelled_at.isoformat(),
        "total": {"amount": "0.00"},
        "tickets": [{"seat": "A1", "status": "CANCELLED"}, {"seat": "B1", "status": "CANCELLED"}],
        "show": {"seatsAvailable": 21},
    }


def test_a_hold_is_released_seat_by_seat(as_buyer: Api, hold: Booking) -> None:
    assert hold.expires_at is not None

    first, last = cancel(as_buyer, hold, seats=["a1"]), cancel(as_buyer, hold, seats=["B1"])

    assert (first["status"], first["expiresAt"]) == ("HELD", hold.expires_at.isoformat())
    assert (first["total"], first["show"]) == ({"amount": "15.50"}, {"seatsAvailable": 20})
    assert first["tickets"] == [{"seat": "A1", "status": "CANCELLED"}, {"seat": "B1", "status": "HELD"}]
    assert (last["status"], last["expiresAt"]) == ("CANCELLED", None)
    assert (last["total"], last["show"]) == ({"amount": "0.00"}, {"seatsAvailable": 21})
    assert last["tickets"] == [{"seat": "A1", "status": "CANCELLED"}, {"seat": "B1", "status": "CANCELLED"}]


def test_releasing_a_seat_twice_changes_nothing(as_buyer: Api, hold: Booking) -> None:
    first = cancel(as_buyer, hold, seats=["A1"])

    with nothing_changes():
        second = cancel(as_buyer, hold, seats=["A1"])

    assert first == second


def test_a_released_seat_is_available_immediately(as_buyer: Api, hold: Booking) -> None:
    cancel(as_buyer, hold, seats=["A1"])

    assert situations.a_booking("A1", show=hold.show).status == "CONFIRMED"


@pytest.mark.parametrize("labels", [["A1", "A2"], ["Z9"]])
def test_only_seats_of_the_hold_are_released(as_buyer: Api, hold: Booking, labels: list[str]) -> None:
    with nothing_changes():
        result = cancel(as_buyer, hold, seats=labels)

    assert (result["__typename"], result["seats"]) == ("UnknownSeats", labels[-1:])


def test_a_hold_is_released_even_after_the_deadline(as_buyer: Api, hold: Booking) -> None:
    situations.start_show(hold.show, hours_ago=0.1)

    assert cancel(as_buyer, hold)["status"] == "CANCELLED"


def test_a_confirmed_hold_cannot_be_cancelled_after_the_deadline(as_buyer: Api, hold: Booking, buyer: User) -> None:
    bookings.confirm(booking_id=hold.pk, by=buyer)
    situations.start_show(hold.show, hours_ago=0.1)

    with nothing_changes():
        results = [cancel(as_buyer, hold), cancel(as_buyer, hold, seats=["A1"])]

    assert [result["__typename"] for result in results] == ["TooLateToCancel", "TooLateToCancel"]


def test_an_expired_hold_is_returned_unchanged(as_buyer: Api, hold: Booking) -> None:
    situations.expire_hold(hold, seconds_ago=1)
    assert hold.expires_at is not None

    with nothing_changes():
        result = cancel(as_buyer, hold)

    assert result == {
        "__typename": "Booking",
        "id": global_id(hold),
        "status": "EXPIRED",
        "expiresAt": hold.expires_at.isoformat(),
        "cancelledAt": None,
        "total": {"amount": "25.50"},
        "tickets": [{"seat": "A1", "status": "EXPIRED"}, {"seat": "B1", "status": "EXPIRED"}],
        "show": {"seatsAvailable": 21},
    }


def test_releasing_an_expired_hold_does_not_affect_the_next_buyer(as_buyer: Api, hold: Booking) -> None:
    situations.expire_hold(hold)
    situations.a_booking("A1", show=hold.show)

    with nothing_changes():
        assert cancel(as_buyer, hold)["status"] == "EXPIRED"


# ---------------------------------------------------------------------- other users


def test_another_users_booking_is_not_found(as_buyer: Api, show: Show) -> None:
    other_booking = situations.a_booking("A1", show=show)

    with nothing_changes():
        refusals = [
            as_buyer(CANCEL_BOOKING, input={"bookingId": booking_id}).body["errors"][0]
            for booking_id in (global_id(other_booking), global_id(Booking(pk=10**9)))
        ]

    assert refusals[0] == refusals[1]
    assert refusals[0]["extensions"] == {"code": "NOT_FOUND"}


def test_login_is_required(api: Api, show: Show) -> None:
    booking = situations.a_booking("A1", show=show)

    with nothing_changes():
        assert api(CANCEL_BOOKING, input={"bookingId": global_id(booking)}).code == "UNAUTHENTICATED"

from datetime import timedelta
from typing import Any

from pytest_django.fixtures import Settings

from cinema.models import Booking, Show, Ticket, User
from tests import situations
from tests.conftest import Api, global_id

CANCEL_BOOKING = """
mutation ($input: CancelBookingInput!) {
  cancelBooking(input: $input) {
    __typename
    ... on Booking { id status cancelledAt total { amount } tickets { seat status } show { seatsAvailable } }
    ... on Problem { message }
    ... on TooLateToCancel { deadline }
    ... on UnknownSeats { seats }
  }
}
"""


def cancel(api: Api, booking: Booking, **more: Any) -> Any:
    return api(CANCEL_BOOKING, input={"bookingId": global_id(booking), **more}).data["cancelBooking"]


def live() -> list[str]:
    return sorted(Ticket.objects.live().values_list("seat__label", flat=True))


def test_a_booking_is_given_back(api: Api, show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", "A2", show=show, by=buyer)

    answer = cancel(api.signed_in(buyer), booking)

    booking.refresh_from_db()
    assert booking.cancelled_at is not None
    assert answer == {
        "__typename": "Booking",
        "id": global_id(booking),
        "status": "CANCELLED",
        "cancelledAt": booking.cancelled_at.isoformat(),
        "total": {"amount": "0.00"},
        "tickets": [{"seat": "A1", "status": "CANCELLED"}, {"seat": "A2", "status": "CANCELLED"}],
        "show": {"seatsAvailable": 21},
    }


def test_a_cancelled_booking_is_returned_as_it_is(api: Api, show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)

    once, twice = (cancel(api.signed_in(buyer), booking) for _ in range(2))

    assert once == twice


def test_a_seat_of_a_booking_is_given_back(api: Api, show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", "B1", show=show, by=buyer)

    answer = cancel(api.signed_in(buyer), booking, seats=["b1"])

    assert (answer["status"], answer["cancelledAt"]) == ("CONFIRMED", None)
    assert answer["total"] == {"amount": "10.00"}
    assert answer["tickets"] == [{"seat": "A1", "status": "VALID"}, {"seat": "B1", "status": "CANCELLED"}]


def test_a_seat_of_another_booking_is_not(api: Api, show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)
    situations.a_booking("A2", show=show)

    assert cancel(api.signed_in(buyer), booking, seats=["A1", "A2"]) == {
        "__typename": "UnknownSeats",
        "message": "There is no such seat here: A2.",
        "seats": ["A2"],
    }
    assert live() == ["A1", "A2"]


def test_no_seats_at_all_is_a_mistake_and_not_the_whole_booking(api: Api, show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)

    answer = api.signed_in(buyer)(CANCEL_BOOKING, input={"bookingId": global_id(booking), "seats": []})

    assert answer.code == "BAD_USER_INPUT"
    assert live() == ["A1"]


def test_too_late(api: Api, buyer: User, settings: Settings) -> None:
    settings.CANCELLING_CLOSES_BEFORE_START = timedelta(hours=3)
    show = situations.a_show(starts_at=situations.in_hours(2))
    booking = situations.a_booking("A1", show=show, by=buyer)
    deadline = show.starts_at - timedelta(hours=3)

    assert cancel(api.signed_in(buyer), booking) == {
        "__typename": "TooLateToCancel",
        "message": f"This booking could be cancelled until {deadline:%Y-%m-%d %H:%M} UTC.",
        "deadline": deadline.isoformat(),
    }
    assert live() == ["A1"]


def test_somebody_else_s_booking_is_as_if_it_were_not_there(api: Api, show: Show, buyer: User) -> None:
    theirs = situations.a_booking("A1", show=show)

    refusals = [
        api.signed_in(buyer)(CANCEL_BOOKING, input={"bookingId": booking_id}).body["errors"][0]
        for booking_id in (global_id(theirs), global_id(Booking(pk=10**9)))
    ]

    assert refusals[0] == refusals[1]
    assert refusals[0]["extensions"] == {"code": "NOT_FOUND"}
    assert live() == ["A1"]


def test_somebody_has_to_be_signed_in(api: Api, show: Show) -> None:
    booking = situations.a_booking("A1", show=show)

    assert api(CANCEL_BOOKING, input={"bookingId": global_id(booking)}).code == "UNAUTHENTICATED"
    assert live() == ["A1"]

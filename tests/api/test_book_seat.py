from datetime import datetime
from typing import Any

import pytest

from cinema.catalog import scheduling
from cinema.models import Booking, Show, User
from tests import situations
from tests.conftest import Api, global_id
from tests.rules import ChangeRules
from tests.stored import nothing_changes

pytestmark = pytest.mark.both

BOOK_SEAT = """
mutation ($input: BookSeatInput!) {
  bookSeat(input: $input) {
    __typename
    ... on Booking {
      id reference status createdAt expiresAt confirmedAt cancelledAt
      total { amount currency }
      tickets { id seat category status price { amount currency } }
      show { id status seatsTotal seatsAvailable movie { title } screen { name theater { name city } } }
    }
    ... on Problem { message }
    ... on SeatsTaken { seats alternatives }
    ... on UnknownSeats { seats }
    ... on ShowNotOnSale { showStatus }
    ... on SeatLimitReached { limit alreadyTaken }
    ... on Busy { retryAfterMs }
  }
}
"""


def book(api: Api, show: Show, seat: str) -> Any:
    return api(BOOK_SEAT, input={"showId": global_id(show), "seat": seat}).data["bookSeat"]


def test_a_seat_is_booked(api: Api, show: Show, buyer: User) -> None:
    result = book(api.logged_in_as(buyer), show, "b3")

    booking = Booking.objects.get()
    assert result == {
        "__typename": "Booking",
        "id": global_id(booking),
        "reference": booking.reference,
        "status": "CONFIRMED",
        "createdAt": booking.created_at.isoformat(),
        "expiresAt": None,
        "confirmedAt": booking.created_at.isoformat(),
        "cancelledAt": None,
        "total": {"amount": "15.50", "currency": "USD"},
        "tickets": [
            {
                "id": global_id(booking.tickets.get()),
                "seat": "B3",
                "category": "PREMIUM",
                "status": "VALID",
                "price": {"amount": "15.50", "currency": "USD"},
            }
        ],
        "show": {
            "id": global_id(show),
            "status": "ON_SALE",
            "seatsTotal": 21,
            "seatsAvailable": 20,
            "movie": {"title": show.movie.title},
            "screen": {
                "name": show.screen.name,
                "theater": {"name": show.screen.theater.name, "city": "Lisbon"},
            },
        },
    }
    assert datetime.fromisoformat(result["createdAt"]).utcoffset() is not None


def test_a_taken_seat_is_refused_with_an_alternative(api: Api, show: Show, buyer: User) -> None:
    situations.a_booking("A1", show=show)
    as_buyer = api.logged_in_as(buyer)

    with nothing_changes():
        result = book(as_buyer, show, "A1")

    assert result == {
        "__typename": "SeatsTaken",
        "message": "No longer available: A1.",
        "seats": ["A1"],
        "alternatives": ["A2"],
    }


def test_after_the_last_seat_the_show_is_sold_out(api: Api, buyer: User) -> None:
    show = situations.a_show(rows=["S"])

    as_buyer = api.logged_in_as(buyer)

    assert book(as_buyer, show, "A1")["show"]["status"] == "SOLD_OUT"
    with nothing_changes():
        refusal = book(as_buyer, show, "A1")
    assert (refusal["__typename"], refusal["alternatives"]) == ("SeatsTaken", [])


@pytest.mark.parametrize(("spelling", "label"), [("Z1", "Z1"), ("a 99", "A99"), ("", ""), ("7C", "7C"), ("💺", "💺")])
def test_a_nonexistent_seat_is_refused(as_buyer: Api, show: Show, spelling: str, label: str) -> None:
    with nothing_changes():
        result = book(as_buyer, show, spelling)

    assert result == {
        "__typename": "UnknownSeats",
        "message": f"Seat not found: {label}.",
        "seats": [label],
    }


def test_a_cancelled_show_cannot_be_booked(as_buyer: Api, show: Show) -> None:
    scheduling.cancel(show_id=show.pk)

    with nothing_changes():
        result = book(as_buyer, show, "A1")

    assert result == {
        "__typename": "ShowNotOnSale",
        "message": "This show has been cancelled.",
        "showStatus": "CANCELLED",
    }


def test_a_started_show_cannot_be_booked(as_buyer: Api) -> None:
    show = situations.a_started_show()

    with nothing_changes():
        result = book(as_buyer, show, "A1")

    assert (result["__typename"], result["showStatus"]) == ("ShowNotOnSale", "CLOSED")


def test_seats_over_the_limit_are_refused(as_buyer: Api, show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(seats_per_user_and_show=1)
    situations.a_booking("A1", show=show, by=buyer)

    with nothing_changes():
        result = book(as_buyer, show, "A2")

    assert result == {
        "__typename": "SeatLimitReached",
        "message": "You can book up to 1 seat per show; you already have 1.",
        "limit": 1,
        "alreadyTaken": 1,
    }


def test_held_seats_count_toward_the_limit(as_buyer: Api, show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(seats_per_user_and_show=2)
    situations.a_hold("A1", "A2", show=show, by=buyer)

    with nothing_changes():
        result = book(as_buyer, show, "A3")

    assert (result["__typename"], result["limit"], result["alreadyTaken"]) == ("SeatLimitReached", 2, 2)


def test_open_holds_do_not_prevent_booking(api: Api, show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(open_holds_per_user=1)
    situations.a_hold("A1", show=show, by=buyer)

    assert book(api.logged_in_as(buyer), show, "A2")["status"] == "CONFIRMED"


@pytest.mark.parametrize("mine", [False, True])
def test_a_held_seat_cannot_be_booked(as_buyer: Api, show: Show, buyer: User, *, mine: bool) -> None:
    situations.a_hold("A1", show=show, by=buyer if mine else None)

    with nothing_changes():
        result = book(as_buyer, show, "A1")

    assert (result["__typename"], result["seats"], result["alternatives"]) == ("SeatsTaken", ["A1"], ["A2"])


def test_a_seat_with_an_expired_hold_can_be_booked(api: Api, show: Show, buyer: User) -> None:
    hold = situations.a_hold("A1", show=show, minutes_left=-1)

    assert book(api.logged_in_as(buyer), show, "A1")["status"] == "CONFIRMED"
    hold.refresh_from_db()
    assert hold.status == "EXPIRED"


def test_login_is_required(api: Api, show: Show) -> None:
    with nothing_changes():
        response = api(BOOK_SEAT, input={"showId": global_id(show), "seat": "A1"})

    assert response.code == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("show_id", "code"),
    [
        ("U2hvdzo5OTk5OTk5", "NOT_FOUND"),
        ("TW92aWU6MQ==", "BAD_USER_INPUT"),
        ("nonsense", "BAD_USER_INPUT"),
        ("", "BAD_USER_INPUT"),
        ("U2hvdzo5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk=", "BAD_USER_INPUT"),
    ],
)
def test_a_nonexistent_show_is_refused(as_buyer: Api, show: Show, show_id: str, code: str) -> None:
    with nothing_changes():
        response = as_buyer(BOOK_SEAT, input={"showId": show_id, "seat": "A1"})

    assert response.code == code

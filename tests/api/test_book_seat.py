from datetime import datetime
from typing import Any

import pytest

from cinema.catalog import scheduling
from cinema.models import Booking, Show, Ticket, User
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
    ... on ShowNotOnSale { showStatus: status }
    ... on SeatLimitReached { limit alreadyTaken }
    ... on Busy { retryAfterMs }
  }
}
"""


def book(api: Api, show: Show, seat: str) -> Any:
    return api(BOOK_SEAT, input={"showId": global_id(show), "seat": seat}).data["bookSeat"]


def nothing_changed() -> bool:
    return not Booking.objects.exists() and not Ticket.objects.sold().exists()


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
    sold = situations.a_booking("A1", show=show)

    assert book(api.logged_in_as(buyer), show, "A1") == {
        "__typename": "SeatsTaken",
        "message": "No longer available: A1.",
        "seats": ["A1"],
        "alternatives": ["A2"],
    }
    assert list(Booking.objects.all()) == [sold]


def test_after_the_last_seat_the_show_is_sold_out(api: Api, buyer: User) -> None:
    show = situations.a_show(rows=["S"])

    assert book(api.logged_in_as(buyer), show, "A1")["show"]["status"] == "SOLD_OUT"
    refusal = book(api.logged_in_as(buyer), show, "A1")
    assert (refusal["__typename"], refusal["alternatives"]) == ("SeatsTaken", [])


@pytest.mark.parametrize(("typed", "named"), [("Z1", "Z1"), ("a 99", "A99"), ("", ""), ("7C", "7C"), ("💺", "💺")])
def test_a_seat_that_does_not_exist(api: Api, show: Show, buyer: User, typed: str, named: str) -> None:
    assert book(api.logged_in_as(buyer), show, typed) == {
        "__typename": "UnknownSeats",
        "message": f"Seat not found: {named}.",
        "seats": [named],
    }
    assert nothing_changed()


def test_a_cancelled_show(api: Api, show: Show, buyer: User) -> None:
    scheduling.cancel(show_id=show.pk)

    assert book(api.logged_in_as(buyer), show, "A1") == {
        "__typename": "ShowNotOnSale",
        "message": "This show has been cancelled.",
        "showStatus": "CANCELLED",
    }
    assert nothing_changed()


def test_a_show_that_has_started(api: Api, buyer: User) -> None:
    assert book(api.logged_in_as(buyer), situations.a_started_show(), "A1")["showStatus"] == "CLOSED"
    assert nothing_changed()


def test_too_many_seats(api: Api, show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(seats_per_user_and_show=1)
    situations.a_booking("A1", show=show, by=buyer)

    assert book(api.logged_in_as(buyer), show, "A2") == {
        "__typename": "SeatLimitReached",
        "message": "You can book up to 1 seat per show; you already have 1.",
        "limit": 1,
        "alreadyTaken": 1,
    }
    assert Ticket.objects.count() == 1


def test_seats_that_are_held_count_as_well(as_buyer: Api, show: Show, buyer: User, change_rules: ChangeRules) -> None:
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
def test_a_held_seat_is_taken_even_for_its_holder(as_buyer: Api, show: Show, buyer: User, *, mine: bool) -> None:
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
    response = api(BOOK_SEAT, input={"showId": global_id(show), "seat": "A1"})

    assert response.code == "UNAUTHENTICATED"
    assert nothing_changed()


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
def test_a_show_that_does_not_exist(api: Api, buyer: User, show_id: str, code: str) -> None:
    response = api.logged_in_as(buyer)(BOOK_SEAT, input={"showId": show_id, "seat": "A1"})

    assert response.code == code
    assert nothing_changed()

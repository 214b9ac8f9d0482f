from collections.abc import Sequence
from typing import Any

import pytest
from strawberry.relay.utils import to_base64

from cinema.booking import blocks
from cinema.models import Booking, Show, Ticket
from tests import situations
from tests.conftest import Api, global_id
from tests.stored import nothing_changes

BLOCK_SEATS = """
mutation ($input: BlockSeatsInput!) {
  blockSeats(input: $input) {
    __typename
    ... on Show { id status seatsTotal seatsAvailable seatMap { rows { seats { label status } } } }
    ... on Problem { message }
    ... on SeatsTaken { seats alternatives }
    ... on UnknownSeats { seats }
    ... on Busy { retryAfterMs }
  }
}
"""
UNBLOCK_SEATS = """
mutation ($input: UnblockSeatsInput!) {
  unblockSeats(input: $input) {
    __typename
    ... on Show { id status seatsTotal seatsAvailable seatMap { rows { seats { label status } } } }
    ... on Problem { message }
    ... on UnknownSeats { seats }
    ... on Busy { retryAfterMs }
  }
}
"""


@pytest.fixture
def staff(api: Api) -> Api:
    return api.logged_in_as(situations.a_staff_member("change_show"))


@pytest.fixture
def show(db: None) -> Show:
    """A show with the seats A1 to A3."""
    return situations.a_show(rows=["SSS"])


def block(staff: Api, show: Show, *seats: str) -> Any:
    return staff(BLOCK_SEATS, input={"showId": global_id(show), "seats": seats}).data["blockSeats"]


def unblock(staff: Api, show: Show, *seats: str) -> Any:
    return staff(UNBLOCK_SEATS, input={"showId": global_id(show), "seats": seats}).data["unblockSeats"]


def expected(show: Show, *, blocked: Sequence[str], status: str = "ON_SALE") -> dict[str, Any]:
    seats = [{"label": label, "status": "BLOCKED" if label in blocked else "AVAILABLE"} for label in ("A1", "A2", "A3")]
    return {
        "__typename": "Show",
        "id": global_id(show),
        "status": status,
        "seatsTotal": 3,
        "seatsAvailable": 3 - len(blocked),
        "seatMap": {"rows": [{"seats": seats}]},
    }


# ---------------------------------------------------------------------- blockSeats


def test_seats_are_blocked(staff: Api, show: Show) -> None:
    assert block(staff, show, "A3", " a1") == expected(show, blocked=["A1", "A3"])


def test_a_show_with_all_its_seats_blocked_is_sold_out(staff: Api, show: Show) -> None:
    assert block(staff, show, "A1", "A2", "A3") == expected(show, blocked=["A1", "A2", "A3"], status="SOLD_OUT")


def test_blocked_seats_stay_blocked(staff: Api, show: Show) -> None:
    block(staff, show, "A1")

    assert block(staff, show, "A1", "A2") == expected(show, blocked=["A1", "A2"])
    assert Ticket.objects.blocks().count() == 2


def test_blocking_seats_twice_changes_nothing(staff: Api, show: Show) -> None:
    first = block(staff, show, "A1", "A2")

    with nothing_changes():
        second = block(staff, show, "A2", "A1", "a1")

    assert first == second


def test_if_one_seat_is_sold_none_is_blocked(staff: Api, show: Show) -> None:
    situations.a_booking("A2", show=show)

    with nothing_changes():
        result = block(staff, show, "A1", "A2", "A3")

    assert result == {
        "__typename": "SeatsTaken",
        "message": "No longer available: A2.",
        "seats": ["A2"],
        "alternatives": ["A1", "A3"],
    }


def test_a_held_seat_is_not_blocked(staff: Api, show: Show) -> None:
    situations.a_hold("A2", show=show)

    with nothing_changes():
        result = block(staff, show, "A2")

    assert (result["__typename"], result["seats"]) == ("SeatsTaken", ["A2"])


def test_a_seat_with_an_expired_hold_is_blocked(staff: Api, show: Show) -> None:
    situations.a_hold("A2", show=show, minutes_left=-1)

    assert block(staff, show, "A2") == expected(show, blocked=["A2"])
    assert Booking.objects.get().status == "EXPIRED"


def test_if_one_seat_is_unknown_none_is_blocked(staff: Api, show: Show) -> None:
    with nothing_changes():
        result = block(staff, show, "A1", "A4", "Z9")

    assert result == {
        "__typename": "UnknownSeats",
        "message": "Seats not found: A4 and Z9.",
        "seats": ["A4", "Z9"],
    }


# ---------------------------------------------------------------------- unblockSeats


def test_seats_are_unblocked(staff: Api, show: Show) -> None:
    blocks.block(show_id=show.pk, labels=["A1", "A2", "A3"])

    assert unblock(staff, show, "A1", "a3") == expected(show, blocked=["A2"])


def test_an_unblocked_seat_can_be_booked(staff: Api, show: Show) -> None:
    blocks.block(show_id=show.pk, labels=["A1"])
    unblock(staff, show, "A1")

    assert situations.a_booking("A1", show=show).status == "CONFIRMED"


def test_unblocking_an_available_seat_changes_nothing(staff: Api, show: Show) -> None:
    situations.a_booking("A1", show=show)
    situations.a_hold("A2", show=show)

    with nothing_changes():
        result = unblock(staff, show, "A1", "A2", "A3")

    assert (result["__typename"], result["seatsAvailable"]) == ("Show", 1)


def test_if_one_seat_is_unknown_none_is_unblocked(staff: Api, show: Show) -> None:
    blocks.block(show_id=show.pk, labels=["A1"])

    with nothing_changes():
        result = unblock(staff, show, "A1", "B1")

    assert result == {
        "__typename": "UnknownSeats",
        "message": "Seat not found: B1.",
        "seats": ["B1"],
    }


# ---------------------------------------------------------------------- both


@pytest.mark.parametrize("document", [BLOCK_SEATS, UNBLOCK_SEATS], ids=["block", "unblock"])
def test_an_empty_list_of_seats_is_refused(staff: Api, show: Show, document: str) -> None:
    with nothing_changes():
        response = staff(document, input={"showId": global_id(show), "seats": []})

    assert response.code == "BAD_USER_INPUT"


@pytest.mark.parametrize("document", [BLOCK_SEATS, UNBLOCK_SEATS], ids=["block", "unblock"])
def test_a_show_that_does_not_exist_is_not_found(staff: Api, show: Show, document: str) -> None:
    with nothing_changes():
        assert staff(document, input={"showId": to_base64("Show", 999_999), "seats": ["A1"]}).code == "NOT_FOUND"


@pytest.mark.parametrize("document", [BLOCK_SEATS, UNBLOCK_SEATS], ids=["block", "unblock"])
def test_the_id_of_another_type_is_refused(staff: Api, show: Show, document: str) -> None:
    with nothing_changes():
        response = staff(document, input={"showId": global_id(show.screen), "seats": ["A1"]})

    assert response.code == "BAD_USER_INPUT"

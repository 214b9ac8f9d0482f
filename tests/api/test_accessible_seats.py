"""Wheelchair spaces and companion seats are sold only to viewers who say that they need them, and by staff."""

from typing import Any

import pytest

from cinema.booking import blocks
from cinema.models import Show, Ticket, User
from tests import situations
from tests.api.holding import hold_best, seats_of, send
from tests.conftest import Api, global_id
from tests.stored import nothing_changes

pytestmark = pytest.mark.both

BOOK = """
mutation ($input: BookSeatInput!) {
  bookSeat(input: $input) {
    __typename
    ... on Booking { tickets { seat } }
    ... on AccessibleSeatsOnly { message seats }
    ... on SeatsTaken { seats alternatives }
  }
}
"""


def book(api: Api, show: Show, seat: str, **options: Any) -> Any:
    return api(BOOK, input={"showId": global_id(show), "seat": seat, **options}).data["bookSeat"]


def hold(api: Api, show: Show, *seats: str, **options: Any) -> Any:
    return send(api, show, {"seats": seats}, **options).data["holdSeats"]


@pytest.mark.parametrize("options", [{}, {"needsAccessible": False}, {"needsAccessible": None}], ids=str)
def test_they_are_refused_without_the_need(as_buyer: Api, options: dict[str, Any]) -> None:
    show = situations.a_show(rows=["WCSS"])

    with nothing_changes():
        booked = book(as_buyer, show, "a1", **options)
        held = hold(as_buyer, show, "A1", "A2", "A3", **options)

    assert booked == {
        "__typename": "AccessibleSeatsOnly",
        "seats": ["A1"],
        "message": "A1 is reserved for guests who need a wheelchair space.",
    }
    assert held == {
        "__typename": "AccessibleSeatsOnly",
        "seats": ["A1", "A2"],
        "message": "A1 and A2 are reserved for guests who need a wheelchair space.",
    }


def test_they_are_sold_with_the_need(as_buyer: Api) -> None:
    show = situations.a_show(rows=["WCSS"])

    assert book(as_buyer, show, "A1", needsAccessible=True) == {"__typename": "Booking", "tickets": [{"seat": "A1"}]}
    assert seats_of(hold(as_buyer, show, "A2", "A3", needsAccessible=True)) == ["A2", "A3"]


def test_staff_sell_them_without_the_need(api: Api) -> None:
    show = situations.a_show(rows=["WCWC"])
    staff = api.logged_in_as(situations.a_staff_member("change_show"))
    other_staff = api.logged_in_as(situations.a_staff_member("view_booking"))

    assert book(staff, show, "A1")["__typename"] == "Booking"
    assert seats_of(hold_best(staff, show, 2, wheelchairSpaces=1)) == ["A2", "A3"]
    assert seats_of(hold_best(staff, show, 1, category="COMPANION")) == ["A4"]
    assert book(other_staff, situations.a_show(rows=["CS"]), "A1")["__typename"] == "AccessibleSeatsOnly"


def test_they_are_refused_before_anything_about_them_is_known(as_buyer: Api) -> None:
    """Also if the call is refused early, because an earlier one was."""
    show = situations.a_show(rows=["WCSS"])
    situations.a_booking("A1", show=show)
    situations.a_booking("A3", show=show)

    with nothing_changes():
        assert book(as_buyer, show, "A3")["__typename"] == "SeatsTaken"
        assert book(as_buyer, show, "A1")["__typename"] == "AccessibleSeatsOnly"
        assert hold(as_buyer, show, "A1", "A3")["__typename"] == "AccessibleSeatsOnly"


def test_alternatives_include_them_only_with_the_need(as_buyer: Api) -> None:
    show = situations.a_show(rows=["WCWSSW"])
    situations.a_booking("A4", show=show)
    situations.a_booking("A1", show=show)

    assert book(as_buyer, show, "A4")["alternatives"] == ["A5"]
    assert book(as_buyer, show, "A1", needsAccessible=True)["alternatives"] == ["A3"]


@pytest.mark.parametrize("options", [{"category": "WHEELCHAIR"}, {"category": "COMPANION"}, {"wheelchairSpaces": 1}])
def test_the_best_available_ones_are_refused_without_the_need(as_buyer: Api, options: dict[str, Any]) -> None:
    show = situations.a_show(rows=["WCSS"])

    with nothing_changes():
        refusal = hold_best(as_buyer, show, 1, **options)

    assert refusal == {
        "__typename": "AccessibleSeatsOnly",
        "seats": [],
        "message": "Wheelchair spaces and companion seats are reserved for guests who need a wheelchair space.",
    }


def test_the_need_alone_does_not_choose_them(as_buyer: Api) -> None:
    show = situations.a_show(rows=["SWCS"])

    with nothing_changes():
        refusal = hold_best(as_buyer, show, 2, needs_accessible=True)
    assert (refusal["__typename"], refusal["available"]) == ("NotEnoughSeats", 1)
    assert seats_of(hold_best(as_buyer, show, 1, needs_accessible=True)) == ["A1"]


def test_a_wheelchair_space_and_a_companion_seat_are_adjacent(as_buyer: Api) -> None:
    show = situations.a_show(rows=["CSSSSSSW", "SSSWCSSS"])

    held = hold_best(as_buyer, show, 2, needs_accessible=True, wheelchairSpaces=1)

    assert seats_of(held) == ["B4", "B5"]


def test_without_adjacent_seats_the_shortage_is_reported(as_buyer: Api) -> None:
    show = situations.a_show(rows=["W_CS", "WS_S"])
    blocks.block(show_id=show.pk, labels=["B2"])

    with nothing_changes():
        refusal = hold_best(as_buyer, show, 2, needs_accessible=True, wheelchairSpaces=1)

    assert refusal == {
        "__typename": "NotEnoughSeats",
        "requested": 2,
        "available": 1,
        "message": "Only 1 seat like this is left.",
    }
    apart = hold_best(as_buyer, show, 2, needs_accessible=True, wheelchairSpaces=1, together=False)
    assert seats_of(apart) == ["A1", "A2"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"wheelchairSpaces": 3}, "The number of wheelchair spaces must be between 0 and the number of seats."),
        ({"wheelchairSpaces": -1}, "The number of wheelchair spaces must be between 0 and the number of seats."),
        (
            {"wheelchairSpaces": 1, "category": "WHEELCHAIR"},
            "A request with wheelchair spaces cannot also have a category.",
        ),
    ],
)
def test_an_impossible_request_is_invalid(as_buyer: Api, options: dict[str, Any], message: str) -> None:
    show = situations.a_show(rows=["WCWC"])

    with nothing_changes():
        response = send(as_buyer, show, {"bestAvailable": {"count": 2, **options}}, needsAccessible=True)

    assert (response.code, response.body["errors"][0]["message"]) == ("BAD_USER_INPUT", message)


def test_a_key_belongs_to_a_call_with_the_same_need(as_buyer: Api, buyer: User) -> None:
    show = situations.a_show(rows=["SSSS"])
    first = book(as_buyer, show, "A1", idempotencyKey="k")

    with nothing_changes():
        assert book(as_buyer, show, "A1", idempotencyKey="k", needsAccessible=False) == first
        assert book(as_buyer, show, "A1", idempotencyKey="k", needsAccessible=True)["__typename"] == (
            "IdempotencyKeyReused"
        )
    assert Ticket.objects.get().booking is not None

"""Holds that are refused. They change nothing."""

from datetime import timedelta
from typing import Any

import pytest

from cinema.booking import bookings, holds
from cinema.catalog import scheduling
from cinema.models import Show, User
from tests import situations
from tests.api.holding import HOLD_SEATS, hold, hold_best, send
from tests.conftest import Api, global_id
from tests.rules import ChangeRules
from tests.stored import nothing_changes

SELECTIONS = pytest.mark.parametrize(
    "selection", [{"seats": ["A1", "A2"]}, {"bestAvailable": {"count": 2}}], ids=["seats", "best available"]
)


@SELECTIONS
def test_seats_of_a_cancelled_show_cannot_be_held(as_buyer: Api, show: Show, selection: Any) -> None:
    scheduling.cancel(show_id=show.pk)

    with nothing_changes():
        result = send(as_buyer, show, selection).data["holdSeats"]

    assert result == {
        "__typename": "ShowNotOnSale",
        "message": "This show has been cancelled.",
        "showStatus": "CANCELLED",
    }


@SELECTIONS
def test_seats_of_a_closed_show_cannot_be_held(as_buyer: Api, change_rules: ChangeRules, selection: Any) -> None:
    change_rules(booking_closes_before_start=timedelta(hours=1))
    show = situations.a_show(starts_at=situations.in_hours(0.9))

    with nothing_changes():
        result = send(as_buyer, show, selection).data["holdSeats"]

    assert (result["__typename"], result["showStatus"]) == ("ShowNotOnSale", "CLOSED")


@SELECTIONS
def test_held_and_booked_seats_count_toward_the_limit(
    as_buyer: Api, show: Show, buyer: User, change_rules: ChangeRules, selection: Any
) -> None:
    change_rules(seats_per_user_and_show=3)
    situations.a_booking("B1", show=show, by=buyer)
    situations.a_hold("B2", show=show, by=buyer)
    situations.a_hold("B3", show=show, by=buyer, minutes_left=-1)
    situations.a_hold("B4", show=show)

    with nothing_changes():
        result = send(as_buyer, show, selection).data["holdSeats"]

    assert result == {
        "__typename": "SeatLimitReached",
        "message": "You can book up to 3 seats per show; you already have 2.",
        "limit": 3,
        "alreadyTaken": 2,
    }


@SELECTIONS
def test_open_holds_are_limited(
    as_buyer: Api, show: Show, buyer: User, change_rules: ChangeRules, selection: Any
) -> None:
    change_rules(open_holds_per_user=2)
    for label in ("B1", "B2"):
        situations.a_hold(label, show=situations.a_show(), by=buyer)
    situations.a_hold("B3", show=show)

    with nothing_changes():
        result = send(as_buyer, show, selection).data["holdSeats"]

    assert result == {
        "__typename": "SeatLimitReached",
        "message": "You can have up to 2 open holds; you already have 2. Confirm or release one first.",
        "limit": 2,
        "alreadyTaken": 2,
    }


def test_confirmed_released_and_expired_holds_are_not_open(
    as_buyer: Api, show: Show, buyer: User, change_rules: ChangeRules
) -> None:
    change_rules(open_holds_per_user=1)
    confirmed = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)
    bookings.confirm(booking_id=confirmed.pk, by=buyer)
    released = holds.acquire(show_id=show.pk, wanted=["A2"], by=buyer)
    bookings.cancel(booking_id=released.pk, by=buyer)
    situations.expire_hold(holds.acquire(show_id=show.pk, wanted=["A3"], by=buyer))

    assert hold(as_buyer, show, "A4")["status"] == "HELD"


@SELECTIONS
def test_login_is_required(api: Api, show: Show, selection: Any) -> None:
    with nothing_changes():
        response = send(api, show, selection)

    assert response.code == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("show_id", "code"),
    [("U2hvdzo5OTk5OTk5", "NOT_FOUND"), ("TW92aWU6MQ==", "BAD_USER_INPUT"), ("nonsense", "BAD_USER_INPUT")],
)
@SELECTIONS
def test_a_nonexistent_show_is_refused(as_buyer: Api, show_id: str, code: str, selection: Any) -> None:
    with nothing_changes():
        response = as_buyer(HOLD_SEATS, input={"showId": show_id, "selection": selection})

    assert response.code == code


@pytest.mark.parametrize(
    "selection",
    [
        {},
        None,
        {"seats": ["A1"], "bestAvailable": {"count": 1}},
        {"seats": None},
        {"bestAvailable": None},
        {"seats": ["A1"], "bestAvailable": None},
        {"seats": []},
        {"seats": [None]},
        {"seats": ["A1", "\0"]},
        {"bestAvailable": {}},
        {"bestAvailable": {"count": 0}},
        {"bestAvailable": {"count": -1}},
        {"bestAvailable": {"count": None}},
        {"bestAvailable": {"count": 1.5}},
        {"bestAvailable": {"count": 2**31}},
        {"bestAvailable": {"count": 1, "category": "SOFA"}},
    ],
    ids=str,
)
def test_an_invalid_selection_is_refused(as_buyer: Api, show: Show, selection: Any) -> None:
    with nothing_changes():
        response = send(as_buyer, show, selection)

    assert response.code == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "selection", ["{}", '{ seats: ["A1"], bestAvailable: { count: 1 } }', "{ seats: null }", "{ bestAvailable: null }"]
)
def test_an_invalid_selection_in_the_document_is_refused(as_buyer: Api, show: Show, selection: str) -> None:
    arguments = f'{{ showId: "{global_id(show)}", selection: {selection} }}'

    with nothing_changes():
        response = as_buyer(f"mutation {{ holdSeats(input: {arguments}) {{ __typename }} }}")

    assert {error["extensions"]["code"] for error in response.body["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


@pytest.mark.parametrize("count", [11, 2**31 - 1])
def test_any_number_of_seats_over_the_limit_is_refused(as_buyer: Api, show: Show, count: int) -> None:
    with nothing_changes():
        result = hold_best(as_buyer, show, count)

    assert (result["__typename"], result["limit"], result["alreadyTaken"]) == ("SeatLimitReached", 10, 0)


def test_seats_that_were_released_repeatedly_cannot_be_held(as_buyer: Api, show: Show, buyer: User) -> None:
    for _ in range(2):
        held = holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer)
        bookings.cancel(booking_id=held.pk, by=buyer)

    with nothing_changes():
        result = hold(as_buyer, show, "A1", "A2")

    assert result["__typename"] == "TooManyAttempts"
    assert 3500 < result["retryAfterSeconds"] <= 3600
    assert result["message"] == (
        "You have released A1 and A2 several times. Please choose other seats, or try again in 60 minutes."
    )


def test_seats_held_from_one_address_are_limited(api: Api, show: Show, change_rules: ChangeRules) -> None:
    change_rules(held_seats_per_address=2)
    assert hold(api.logged_in_as(situations.a_user()), show, "A1")["status"] == "HELD"
    late = api.logged_in_as(situations.a_user())

    with nothing_changes():
        result = hold(late, show, "A2", "A3")

    assert result == {
        "__typename": "SeatLimitReached",
        "message": "Up to 2 seats can be held from one network; 1 are held from yours. "
        "Please try again in a few minutes.",
        "limit": 2,
        "alreadyTaken": 1,
    }

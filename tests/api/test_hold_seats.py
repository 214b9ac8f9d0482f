from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from cinema.booking import blocks, bookings, holds
from cinema.catalog import programming
from cinema.models import Booking, Price, Show, Ticket, User
from tests import situations
from tests.conftest import Answer, Api, global_id
from tests.stored import nothing_changes

HOLD_SEATS = """
mutation ($input: HoldSeatsInput!) {
  holdSeats(input: $input) {
    __typename
    ... on Booking {
      id reference status createdAt expiresAt confirmedAt cancelledAt
      total { amount currency }
      tickets { id seat category status price { amount currency } }
      show { id seatsAvailable }
    }
    ... on Problem { message }
    ... on SeatsTaken { seats alternatives }
    ... on UnknownSeats { seats }
    ... on NotEnoughSeats { requested available }
    ... on ShowNotOnSale { showStatus: status }
    ... on SeatLimitReached { limit alreadyTaken }
    ... on Busy { retryAfterMs }
  }
}
"""
BOOKING_NOW = """
query ($reference: String!) {
  booking(reference: $reference) { status expiresAt total { amount } tickets { seat status } }
}
"""
MY_BOOKINGS = "query ($status: BookingStatus!) { myBookings(filter: { status: $status }) { nodes { reference } } }"
SEATS = "query ($id: ID!) { show(id: $id) { seatMap { rows { seats { label status mine } } } } }"


def sent(api: Api, show: Show, selection: Any) -> Answer:
    return api(HOLD_SEATS, input={"showId": global_id(show), "selection": selection})


def hold(api: Api, show: Show, *seats: str) -> Any:
    return sent(api, show, {"seats": seats}).data["holdSeats"]


def hold_best(api: Api, show: Show, count: int, **wish: Any) -> Any:
    return sent(api, show, {"bestAvailable": {"count": count, **wish}}).data["holdSeats"]


def seats_of(answer: Any) -> list[str]:
    return [ticket["seat"] for ticket in answer["tickets"]]


def listed(api: Api, status: str) -> list[str]:
    return [node["reference"] for node in api(MY_BOOKINGS, status=status).data["myBookings"]["nodes"]]


def seat_statuses(api: Api, show: Show) -> dict[str, str]:
    """By label; with an asterisk what is the viewer's own."""
    rows = api(SEATS, id=global_id(show)).data["show"]["seatMap"]["rows"]
    return {seat["label"]: seat["status"] + "*" * seat["mine"] for row in rows for seat in row["seats"]}


# ---------------------------------------------------------------------- seats by their labels


def test_seats_are_kept_for_eight_minutes(as_buyer: Api, show: Show) -> None:
    answer = hold(as_buyer, show, "b3", "A1")

    booking = Booking.objects.get()
    first, second = booking.tickets.all()
    assert answer == {
        "__typename": "Booking",
        "id": global_id(booking),
        "reference": booking.reference,
        "status": "HELD",
        "createdAt": booking.created_at.isoformat(),
        "expiresAt": (booking.created_at + timedelta(minutes=8)).isoformat(),
        "confirmedAt": None,
        "cancelledAt": None,
        "total": {"amount": "25.50", "currency": "USD"},
        "tickets": [
            {
                "id": global_id(first),
                "seat": "A1",
                "category": "STANDARD",
                "status": "HELD",
                "price": {"amount": "10.00", "currency": "USD"},
            },
            {
                "id": global_id(second),
                "seat": "B3",
                "category": "PREMIUM",
                "status": "HELD",
                "price": {"amount": "15.50", "currency": "USD"},
            },
        ],
        "show": {"id": global_id(show), "seatsAvailable": 19},
    }


def test_how_long_is_for_the_cinema_to_say(as_buyer: Api, show: Show, settings: Settings) -> None:
    settings.HOLD_LIFETIME = timedelta(seconds=90)

    answer = hold(as_buyer, show, "A1")

    assert datetime.fromisoformat(answer["expiresAt"]) == datetime.fromisoformat(answer["createdAt"]) + timedelta(
        seconds=90
    )


def test_a_seat_named_twice_is_held_once(as_buyer: Api, show: Show) -> None:
    answer = hold(as_buyer, show, "a1", "A1", " A 1")

    assert (seats_of(answer), answer["total"]["amount"]) == (["A1"], "10.00")


def test_everybody_sees_that_the_seat_is_held_and_the_buyer_that_it_is_theirs(
    api: Api, as_buyer: Api, buyer: User
) -> None:
    show = situations.a_show(rows=["SS"])
    hold(as_buyer, show, "A1")

    assert seat_statuses(as_buyer, show) == {"A1": "HELD*", "A2": "AVAILABLE"}
    assert seat_statuses(api, show) == {"A1": "HELD", "A2": "AVAILABLE"}


def test_a_later_price_leaves_a_hold_alone(as_buyer: Api, show: Show, buyer: User) -> None:
    answer = hold(as_buyer, show, "A1", "B1")

    Price.objects.filter(show=show).update(amount=Decimal(99))

    now = as_buyer(BOOKING_NOW, reference=answer["reference"]).data["booking"]
    assert now["total"] == {"amount": "25.50"}
    confirmed = bookings.confirm(booking_id=Booking.objects.get().pk, by=buyer)
    assert [ticket.price for ticket in confirmed.tickets.all()] == [Decimal("10.00"), Decimal("15.50")]
    assert confirmed.total == Decimal("25.50")


def test_taken_seats_are_named_with_as_many_others_the_nearest_first(as_buyer: Api, buyer: User) -> None:
    show = situations.a_show(rows=["SSSSSSSS", "SSSSSSSS"])
    situations.a_booking("A4", show=show)
    situations.a_hold("A5", show=show)
    blocks.block(show_id=show.pk, labels=["A6"])

    with nothing_changes():
        answer = hold(as_buyer, show, "A3", "A4", "A5", "A6")

    assert answer == {
        "__typename": "SeatsTaken",
        "message": "No longer available: A4, A5 and A6.",
        "seats": ["A4", "A5", "A6"],
        "alternatives": ["A3", "A2", "A7", "A1"],
    }


def test_there_may_be_fewer_others_than_were_asked_for(as_buyer: Api) -> None:
    show = situations.a_show(rows=["SSS"])
    situations.a_booking("A1", "A2", show=show)

    answer = hold(as_buyer, show, "A1", "A2")

    assert (answer["seats"], answer["alternatives"]) == (["A1", "A2"], ["A3"])


def test_one_s_own_hold_is_in_the_way_as_well(as_buyer: Api, show: Show) -> None:
    hold(as_buyer, show, "A1")

    with nothing_changes():
        answer = hold(as_buyer, show, "A1", "A2")

    assert (answer["__typename"], answer["seats"]) == ("SeatsTaken", ["A1"])


def test_seats_that_are_not_there(as_buyer: Api, show: Show) -> None:
    with nothing_changes():
        answer = hold(as_buyer, show, "A1", "z9", "A99")

    assert answer == {
        "__typename": "UnknownSeats",
        "message": "There is no such seat here: Z9 and A99.",
        "seats": ["Z9", "A99"],
    }


def test_a_seat_whose_hold_ran_out_is_taken_over(as_buyer: Api, api: Api, show: Show) -> None:
    slow = situations.a_user()
    earlier = situations.let_run_out(holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=slow))

    answer = hold(as_buyer, show, "A2")

    assert (answer["status"], seats_of(answer)) == ("HELD", ["A2"])
    assert api.signed_in(slow)(BOOKING_NOW, reference=earlier.reference).data["booking"] == {
        "status": "EXPIRED",
        "expiresAt": earlier.expires_at.isoformat() if earlier.expires_at else None,
        "total": {"amount": "20.00"},
        "tickets": [{"seat": "A1", "status": "EXPIRED"}, {"seat": "A2", "status": "EXPIRED"}],
    }


# ---------------------------------------------------------------------- the best there are


def test_the_best_are_together_nearest_the_middle(as_buyer: Api) -> None:
    show = situations.a_show(rows=["SSSSSS", "SSSSSS", "SSSSSS"])

    answer = hold_best(as_buyer, show, 2)

    assert (answer["__typename"], answer["status"], seats_of(answer)) == ("Booking", "HELD", ["B3", "B4"])
    assert answer["total"] == {"amount": "20.00", "currency": "USD"}


def test_the_best_of_a_category(as_buyer: Api) -> None:
    show = situations.a_show(rows=["SSSSSS", "SSSSSS", "PPPPPP"])

    assert seats_of(hold_best(as_buyer, show, 2, category="PREMIUM")) == ["C3", "C4"]
    assert seats_of(hold_best(as_buyer, show, 2, category=None)) == ["B3", "B4"]


def test_a_wheelchair_space_is_given_only_to_who_asks(as_buyer: Api) -> None:
    show = situations.a_show(rows=["WCS"])

    with nothing_changes():
        refusal = hold_best(as_buyer, show, 2, together=False)
    assert (refusal["__typename"], refusal["available"]) == ("NotEnoughSeats", 1)
    assert seats_of(hold_best(as_buyer, show, 1)) == ["A3"]
    assert seats_of(hold_best(as_buyer, show, 1, category="WHEELCHAIR")) == ["A1"]
    assert seats_of(hold_best(as_buyer, show, 1, category="COMPANION")) == ["A2"]


def test_what_is_taken_or_kept_back_is_not_among_the_best(as_buyer: Api) -> None:
    show = situations.a_show(rows=["SSSSS"])
    situations.a_booking("A3", show=show)
    blocks.block(show_id=show.pk, labels=["A4"])
    situations.a_hold("A2", show=show, minutes_left=-1)

    assert seats_of(hold_best(as_buyer, show, 2)) == ["A1", "A2"]


@pytest.mark.parametrize("wish", [{}, {"together": True}, {"together": None}], ids=str)
def test_so_many_are_not_to_be_had_together(as_buyer: Api, wish: dict[str, Any]) -> None:
    show = situations.a_show(rows=["SS_SSS", "SSS_SS"])
    situations.a_booking("B2", show=show)

    with nothing_changes():
        answer = hold_best(as_buyer, show, 4, **wish)

    assert answer == {
        "__typename": "NotEnoughSeats",
        "message": "4 such seats are not to be had; 3 would be.",
        "requested": 4,
        "available": 3,
    }


def test_who_need_not_be_together_are_split_over_neighboring_rows(as_buyer: Api) -> None:
    show = situations.a_show(rows=["SS_SSS", "SSS_SS"])

    assert seats_of(hold_best(as_buyer, show, 5, together=False)) == ["A1", "A2", "B1", "B2", "B3"]


def test_so_many_are_not_to_be_had_even_apart(as_buyer: Api) -> None:
    show = situations.a_show(rows=["SS_SSS", "W"])
    situations.a_booking("A4", show=show)

    with nothing_changes():
        answer = hold_best(as_buyer, show, 5, together=False)

    assert answer == {
        "__typename": "NotEnoughSeats",
        "message": "5 such seats are not to be had; 4 would be.",
        "requested": 5,
        "available": 4,
    }


def test_a_kind_of_seat_that_the_house_has_not(as_buyer: Api) -> None:
    show = situations.a_show(rows=["SS"])

    with nothing_changes():
        answer = hold_best(as_buyer, show, 1, category="PREMIUM")

    assert (answer["__typename"], answer["requested"], answer["available"]) == ("NotEnoughSeats", 1, 0)


# ---------------------------------------------------------------------- refused, whichever seats

SELECTIONS = pytest.mark.parametrize(
    "selection", [{"seats": ["A1", "A2"]}, {"bestAvailable": {"count": 2}}], ids=["seats", "best available"]
)


@SELECTIONS
def test_a_cancelled_show(as_buyer: Api, show: Show, selection: Any) -> None:
    programming.cancel(show_id=show.pk)

    with nothing_changes():
        answer = sent(as_buyer, show, selection).data["holdSeats"]

    assert answer == {
        "__typename": "ShowNotOnSale",
        "message": "Seats for this show cannot be booked: it is cancelled.",
        "showStatus": "CANCELLED",
    }


@SELECTIONS
def test_a_show_that_is_closed(as_buyer: Api, settings: Settings, selection: Any) -> None:
    settings.BOOKING_CLOSES_BEFORE_START = timedelta(hours=1)
    show = situations.a_show(starts_at=situations.in_hours(0.9))

    with nothing_changes():
        answer = sent(as_buyer, show, selection).data["holdSeats"]

    assert (answer["__typename"], answer["showStatus"]) == ("ShowNotOnSale", "CLOSED")


@SELECTIONS
def test_too_many_seats_of_a_show_held_and_booked_together(
    as_buyer: Api, show: Show, buyer: User, settings: Settings, selection: Any
) -> None:
    settings.SEATS_PER_USER_AND_SHOW = 3
    situations.a_booking("B1", show=show, by=buyer)
    situations.a_hold("B2", show=show, by=buyer)
    situations.a_hold("B3", show=show, by=buyer, minutes_left=-1)
    situations.a_hold("B4", show=show)

    with nothing_changes():
        answer = sent(as_buyer, show, selection).data["holdSeats"]

    assert answer == {
        "__typename": "SeatLimitReached",
        "message": "At most 3 of the seats of a show go to one person; you have 2.",
        "limit": 3,
        "alreadyTaken": 2,
    }


@SELECTIONS
def test_too_many_open_holds(as_buyer: Api, show: Show, buyer: User, settings: Settings, selection: Any) -> None:
    settings.OPEN_HOLDS_PER_USER = 2
    for label in ("B1", "B2"):
        situations.a_hold(label, show=situations.a_show(), by=buyer)
    situations.a_hold("B3", show=show)

    with nothing_changes():
        answer = sent(as_buyer, show, selection).data["holdSeats"]

    assert answer == {
        "__typename": "SeatLimitReached",
        "message": "At most 2 holds are open at a time, and you have 2; confirm one or give one up.",
        "limit": 2,
        "alreadyTaken": 2,
    }


def test_a_hold_that_is_confirmed_given_up_or_over_is_not_open(
    as_buyer: Api, show: Show, buyer: User, settings: Settings
) -> None:
    settings.OPEN_HOLDS_PER_USER = 1
    confirmed = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)
    bookings.confirm(booking_id=confirmed.pk, by=buyer)
    given_up = holds.acquire(show_id=show.pk, wanted=["A2"], by=buyer)
    bookings.cancel(booking_id=given_up.pk, by=buyer)
    situations.let_run_out(holds.acquire(show_id=show.pk, wanted=["A3"], by=buyer))

    assert hold(as_buyer, show, "A4")["status"] == "HELD"


@SELECTIONS
def test_somebody_has_to_be_signed_in(api: Api, show: Show, selection: Any) -> None:
    with nothing_changes():
        answer = sent(api, show, selection)

    assert answer.code == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("show_id", "code"),
    [("U2hvdzo5OTk5OTk5", "NOT_FOUND"), ("TW92aWU6MQ==", "BAD_USER_INPUT"), ("nonsense", "BAD_USER_INPUT")],
)
@SELECTIONS
def test_a_show_that_is_not_there(as_buyer: Api, show_id: str, code: str, selection: Any) -> None:
    with nothing_changes():
        answer = as_buyer(HOLD_SEATS, input={"showId": show_id, "selection": selection})

    assert answer.code == code


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
def test_a_selection_that_is_none(as_buyer: Api, show: Show, selection: Any) -> None:
    with nothing_changes():
        answer = sent(as_buyer, show, selection)

    assert answer.code == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "selection", ["{}", '{ seats: ["A1"], bestAvailable: { count: 1 } }', "{ seats: null }", "{ bestAvailable: null }"]
)
def test_a_selection_in_the_document_that_is_none(as_buyer: Api, show: Show, selection: str) -> None:
    given = f'{{ showId: "{global_id(show)}", selection: {selection} }}'

    with nothing_changes():
        answer = as_buyer(f"mutation {{ holdSeats(input: {given}) {{ __typename }} }}")

    assert {error["extensions"]["code"] for error in answer.body["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


@pytest.mark.parametrize("count", [11, 2**31 - 1])
def test_more_than_one_person_may_have_is_refused_however_many(as_buyer: Api, show: Show, count: int) -> None:
    with nothing_changes():
        answer = hold_best(as_buyer, show, count)

    assert (answer["__typename"], answer["limit"], answer["alreadyTaken"]) == ("SeatLimitReached", 10, 0)


# ---------------------------------------------------------------------- when the time is over


def test_a_hold_that_ran_out_is_over_though_nobody_noticed(as_buyer: Api, buyer: User) -> None:
    show = situations.a_show(rows=["SS"])
    hold(as_buyer, show, "A1", "A2")
    over = situations.let_run_out(Booking.objects.get(), seconds_ago=1)
    assert over.expires_at is not None

    with nothing_changes():
        now = as_buyer(BOOKING_NOW, reference=over.reference).data["booking"]

    assert (over.status, Ticket.objects.unreleased().count()) == ("HELD", 2)
    assert now == {
        "status": "EXPIRED",
        "expiresAt": over.expires_at.isoformat(),
        "total": {"amount": "20.00"},
        "tickets": [{"seat": "A1", "status": "EXPIRED"}, {"seat": "A2", "status": "EXPIRED"}],
    }
    assert seat_statuses(as_buyer, show) == {"A1": "AVAILABLE", "A2": "AVAILABLE"}


@pytest.mark.parametrize("noticed", [False, True])
def test_bookings_are_listed_as_held_or_expired_by_the_clock(
    as_buyer: Api, show: Show, buyer: User, *, noticed: bool
) -> None:
    over = situations.let_run_out(holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer), seconds_ago=1)
    held = holds.acquire(show_id=show.pk, wanted=["A2"], by=buyer)
    if noticed:
        holds.release_expired(at_most=10)

    assert listed(as_buyer, "HELD") == [held.reference]
    assert listed(as_buyer, "EXPIRED") == [over.reference]
    assert listed(as_buyer, "CONFIRMED") == listed(as_buyer, "CANCELLED") == []

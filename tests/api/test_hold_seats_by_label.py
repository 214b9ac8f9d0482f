"""Holding seats by label. Either all of them are held or none."""

from datetime import datetime, timedelta
from decimal import Decimal

from cinema.booking import blocks, bookings
from cinema.models import Booking, Price, Show, User
from tests import situations
from tests.api.holding import BOOKING, hold, seat_statuses, seats_of
from tests.conftest import Api, global_id
from tests.rules import ChangeRules
from tests.stored import nothing_changes


def test_seats_are_held_for_eight_minutes(as_buyer: Api, show: Show) -> None:
    result = hold(as_buyer, show, "b3", "A1")

    booking = Booking.objects.get()
    first, second = booking.tickets.all()
    assert result == {
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


def test_the_hold_time_is_configurable(as_buyer: Api, show: Show, change_rules: ChangeRules) -> None:
    change_rules(hold_lifetime=timedelta(seconds=90))

    result = hold(as_buyer, show, "A1")

    assert datetime.fromisoformat(result["expiresAt"]) == datetime.fromisoformat(result["createdAt"]) + timedelta(
        seconds=90
    )


def test_a_repeated_label_is_held_once(as_buyer: Api, show: Show) -> None:
    result = hold(as_buyer, show, "a1", "A1", " A 1")

    assert (seats_of(result), result["total"]["amount"]) == (["A1"], "10.00")


def test_only_the_buyer_sees_a_held_seat_as_their_own(api: Api, as_buyer: Api, buyer: User) -> None:
    show = situations.a_show(rows=["SS"])
    hold(as_buyer, show, "A1")

    assert seat_statuses(as_buyer, show) == {"A1": "HELD*", "A2": "AVAILABLE"}
    assert seat_statuses(api, show) == {"A1": "HELD", "A2": "AVAILABLE"}


def test_a_later_price_change_does_not_affect_a_hold(as_buyer: Api, show: Show, buyer: User) -> None:
    result = hold(as_buyer, show, "A1", "B1")

    Price.objects.filter(show=show).update(amount=Decimal(99))

    booking = as_buyer(BOOKING, reference=result["reference"]).data["booking"]
    assert booking["total"] == {"amount": "25.50"}
    confirmed = bookings.confirm(booking_id=Booking.objects.get().pk, by=buyer)
    assert [ticket.price for ticket in confirmed.tickets.all()] == [Decimal("10.00"), Decimal("15.50")]
    assert confirmed.total == Decimal("25.50")


def test_taken_seats_are_refused_with_alternatives_side_by_side(as_buyer: Api, buyer: User) -> None:
    show = situations.a_show(rows=["SSSSSSSS", "SSSSSSSS"])
    situations.a_booking("A4", show=show)
    situations.a_hold("A5", show=show)
    blocks.block(show_id=show.pk, labels=["A6"])

    with nothing_changes():
        result = hold(as_buyer, show, "A3", "A4", "A5", "A6")

    assert result == {
        "__typename": "SeatsTaken",
        "message": "No longer available: A4, A5 and A6.",
        "seats": ["A4", "A5", "A6"],
        "alternatives": ["B3", "B4", "B5", "B6"],
    }


def test_alternatives_are_the_nearest_seats_if_no_others_are_side_by_side(as_buyer: Api) -> None:
    show = situations.a_show(rows=["_SSS_S", "S_SS_S"])
    situations.a_booking("A3", show=show)

    with nothing_changes():
        result = hold(as_buyer, show, "A1", "A2", "A3")

    assert (result["seats"], result["alternatives"]) == (["A3"], ["A1", "A2", "A4"])


def test_alternatives_are_limited_to_the_available_seats(as_buyer: Api) -> None:
    show = situations.a_show(rows=["SSS"])
    situations.a_booking("A1", "A2", show=show)

    with nothing_changes():
        result = hold(as_buyer, show, "A1", "A2")

    assert (result["seats"], result["alternatives"]) == (["A1", "A2"], ["A3"])


def test_a_seat_held_by_the_buyer_is_taken(as_buyer: Api, show: Show) -> None:
    hold(as_buyer, show, "A1")

    with nothing_changes():
        result = hold(as_buyer, show, "A1", "A2")

    assert (result["__typename"], result["seats"]) == ("SeatsTaken", ["A1"])


def test_nonexistent_seats_are_refused(as_buyer: Api, show: Show) -> None:
    with nothing_changes():
        result = hold(as_buyer, show, "A1", "z9", "A99")

    assert result == {
        "__typename": "UnknownSeats",
        "message": "Seats not found: Z9 and A99.",
        "seats": ["Z9", "A99"],
    }

"""A refused call does not store its idempotency key, so that it can be repeated with the same key."""

from datetime import timedelta

import pytest

from cinema.booking import bookings, holds
from cinema.catalog import scheduling
from cinema.models import Booking, Show, User
from tests import situations
from tests.api.keyed_calls import CALLS, EVERY_CALL, World, a_world, result_of, send
from tests.conftest import Api, global_id
from tests.rules import ChangeRules
from tests.stored import nothing_changes


@pytest.fixture
def world(show: Show, buyer: User) -> World:
    return a_world(show, buyer)


def test_a_taken_seat_can_be_booked_later_with_the_same_key(as_buyer: Api, world: World) -> None:
    arguments = CALLS["bookSeat"](world)
    other_user = situations.a_user()
    taken = bookings.book(show_id=world.show.pk, labels=["A1"], by=other_user)

    with nothing_changes():
        assert result_of(as_buyer, "bookSeat", arguments)["__typename"] == "SeatsTaken"
    bookings.cancel(booking_id=taken.pk, by=other_user)

    assert result_of(as_buyer, "bookSeat", arguments)["status"] == "CONFIRMED"


def test_taken_seats_can_be_held_later_with_the_same_key(as_buyer: Api, world: World) -> None:
    arguments = CALLS["holdSeats"](world)
    hold = holds.acquire(show_id=world.show.pk, wanted=["A2"], by=situations.a_user())

    with nothing_changes():
        assert result_of(as_buyer, "holdSeats", arguments)["__typename"] == "SeatsTaken"
    situations.expire_hold(hold)

    assert result_of(as_buyer, "holdSeats", arguments)["status"] == "HELD"


def test_an_expired_hold_can_be_confirmed_later_with_the_same_key(as_buyer: Api, world: World) -> None:
    arguments = CALLS["confirmBooking"](world)
    situations.expire_hold(world.hold)
    other_user = situations.a_user()
    taken = bookings.book(show_id=world.show.pk, labels=["B1"], by=other_user)

    with nothing_changes():
        assert result_of(as_buyer, "confirmBooking", arguments)["__typename"] == "HoldExpired"
    bookings.cancel(booking_id=taken.pk, by=other_user)

    assert result_of(as_buyer, "confirmBooking", arguments)["status"] == "CONFIRMED"


def test_a_booking_can_be_cancelled_later_with_the_same_key(
    as_buyer: Api, world: World, change_rules: ChangeRules
) -> None:
    arguments = CALLS["cancelBooking"](world)
    change_rules(cancelling_closes_before_start=timedelta(hours=30))

    with nothing_changes():
        assert result_of(as_buyer, "cancelBooking", arguments)["__typename"] == "TooLateToCancel"
    scheduling.reschedule(show_id=world.show.pk, starts_at=situations.in_hours(48))

    assert result_of(as_buyer, "cancelBooking", arguments)["status"] == "CANCELLED"


def test_a_hold_can_be_extended_with_the_key_of_a_refused_call(as_buyer: Api, world: World) -> None:
    situations.expire_hold(world.hold)

    with nothing_changes():
        assert result_of(as_buyer, "extendHold", CALLS["extendHold"](world))["__typename"] == "HoldExpired"

    assert result_of(as_buyer, "extendHold", {"bookingId": global_id(world.other_hold)})["status"] == "HELD"


@EVERY_CALL
def test_a_call_that_is_not_found_stores_no_key(as_buyer: Api, world: World, call: str) -> None:
    arguments = CALLS[call](world)
    nonexistent = (
        {"showId": global_id(Show(pk=10**9))} if "showId" in arguments else {"bookingId": global_id(Booking(pk=10**9))}
    )

    with nothing_changes():
        assert send(as_buyer, call, {**arguments, **nonexistent}).code == "NOT_FOUND"

    assert result_of(as_buyer, call, arguments)["__typename"] == "Booking"

"""A refused call does not use its idempotency key: repeated later, it may succeed."""

from datetime import timedelta

import pytest

from cinema.booking import bookings, holds
from cinema.catalog import scheduling
from cinema.models import Booking, Show, User
from tests import situations
from tests.api.keyed_calls import CALLS, EVERY_CALL, World, a_world, answered, sent
from tests.conftest import Api, global_id
from tests.rules import ChangeRules
from tests.stored import nothing_changes


@pytest.fixture
def world(show: Show, buyer: User) -> World:
    return a_world(show, buyer)


def test_a_seat_that_was_taken_may_be_booked_later_with_the_same_key(as_buyer: Api, world: World) -> None:
    given = CALLS["bookSeat"](world)
    theirs = situations.a_user()
    taken = bookings.book(show_id=world.show.pk, labels=["A1"], by=theirs)

    with nothing_changes():
        assert answered(as_buyer, "bookSeat", given)["__typename"] == "SeatsTaken"
    bookings.cancel(booking_id=taken.pk, by=theirs)

    assert answered(as_buyer, "bookSeat", given)["status"] == "CONFIRMED"


def test_seats_that_were_taken_may_be_held_later_with_the_same_key(as_buyer: Api, world: World) -> None:
    given = CALLS["holdSeats"](world)
    hold = holds.acquire(show_id=world.show.pk, wanted=["A2"], by=situations.a_user())

    with nothing_changes():
        assert answered(as_buyer, "holdSeats", given)["__typename"] == "SeatsTaken"
    situations.expire_hold(hold)

    assert answered(as_buyer, "holdSeats", given)["status"] == "HELD"


def test_an_expired_hold_may_be_confirmed_later_with_the_same_key(as_buyer: Api, world: World) -> None:
    given = CALLS["confirmBooking"](world)
    situations.expire_hold(world.hold)
    theirs = situations.a_user()
    taken = bookings.book(show_id=world.show.pk, labels=["B1"], by=theirs)

    with nothing_changes():
        assert answered(as_buyer, "confirmBooking", given)["__typename"] == "HoldExpired"
    bookings.cancel(booking_id=taken.pk, by=theirs)

    assert answered(as_buyer, "confirmBooking", given)["status"] == "CONFIRMED"


def test_a_booking_may_be_cancelled_with_the_same_key_once_the_show_has_moved(
    as_buyer: Api, world: World, change_rules: ChangeRules
) -> None:
    given = CALLS["cancelBooking"](world)
    change_rules(cancelling_closes_before_start=timedelta(hours=30))

    with nothing_changes():
        assert answered(as_buyer, "cancelBooking", given)["__typename"] == "TooLateToCancel"
    scheduling.reschedule(show_id=world.show.pk, starts_at=situations.in_hours(48))

    assert answered(as_buyer, "cancelBooking", given)["status"] == "CANCELLED"


def test_a_hold_may_be_extended_with_the_key_of_a_call_that_was_refused(as_buyer: Api, world: World) -> None:
    situations.expire_hold(world.hold)

    with nothing_changes():
        assert answered(as_buyer, "extendHold", CALLS["extendHold"](world))["__typename"] == "HoldExpired"

    assert answered(as_buyer, "extendHold", {"bookingId": global_id(world.other_hold)})["status"] == "HELD"


@EVERY_CALL
def test_a_call_that_is_not_found_stores_no_key(as_buyer: Api, world: World, call: str) -> None:
    given = CALLS[call](world)
    nowhere = (
        {"showId": global_id(Show(pk=10**9))} if "showId" in given else {"bookingId": global_id(Booking(pk=10**9))}
    )

    with nothing_changes():
        assert sent(as_buyer, call, {**given, **nowhere}).code == "NOT_FOUND"

    assert answered(as_buyer, call, given)["__typename"] == "Booking"

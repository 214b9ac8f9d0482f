"""A repeated call with the same idempotency key changes nothing and returns the same result."""

import pytest

from cinema.booking import bookings, holds
from cinema.core.idempotency import IdempotencyKey
from cinema.models import Show, User
from tests import situations
from tests.api.holding import seats_of
from tests.api.keyed_calls import CALLS, EVERY_CALL, KEY, World, a_world, booking_with, result_of
from tests.conftest import Api
from tests.rules import ChangeRules
from tests.stored import nothing_changes

pytestmark = pytest.mark.both


@pytest.fixture
def world(show: Show, buyer: User) -> World:
    return a_world(show, buyer)


@EVERY_CALL
def test_a_repeated_call_changes_nothing_and_returns_the_same_result(as_buyer: Api, world: World, call: str) -> None:
    arguments = CALLS[call](world)
    first = result_of(as_buyer, call, arguments)
    assert first["__typename"] == "Booking"

    with nothing_changes():
        again = [result_of(as_buyer, call, arguments) for _ in range(2)]

    assert again == [first, first]
    assert [(key.key, key.result_id) for key in IdempotencyKey.objects.all()] == [(KEY, booking_with(first["id"]).pk)]


@EVERY_CALL
def test_an_omitted_field_equals_its_default(as_buyer: Api, world: World, call: str) -> None:
    arguments = CALLS[call](world)
    first = result_of(as_buyer, call, arguments)
    if call == "cancelBooking":
        arguments["seats"] = None
    if call == "holdSeats best":
        arguments["selection"]["bestAvailable"] |= {"category": None, "together": True}

    with nothing_changes():
        assert result_of(as_buyer, call, arguments) == first


def test_a_repeated_call_returns_the_current_booking(as_buyer: Api, world: World, buyer: User) -> None:
    arguments = CALLS["holdSeats"](world)
    held = result_of(as_buyer, "holdSeats", arguments)
    booking_id = booking_with(held["id"]).pk

    bookings.confirm(booking_id=booking_id, by=buyer)
    with nothing_changes():
        confirmed = result_of(as_buyer, "holdSeats", arguments)
    bookings.cancel(booking_id=booking_id, by=buyer)
    with nothing_changes():
        cancelled = result_of(as_buyer, "holdSeats", arguments)

    assert [result["id"] for result in (confirmed, cancelled)] == [held["id"], held["id"]]
    assert [result["status"] for result in (held, confirmed, cancelled)] == ["HELD", "CONFIRMED", "CANCELLED"]


@pytest.mark.parametrize("released", [False, True])
def test_a_repeated_call_does_not_renew_an_expired_hold(as_buyer: Api, world: World, *, released: bool) -> None:
    arguments = CALLS["holdSeats best"](world)
    held = result_of(as_buyer, "holdSeats best", arguments)
    situations.expire_hold(booking_with(held["id"]))
    if released:
        holds.release_expired(at_most=10)

    with nothing_changes():
        again = result_of(as_buyer, "holdSeats best", arguments)

    assert (again["id"], again["status"], seats_of(again)) == (held["id"], "EXPIRED", seats_of(held))


def test_a_repeated_call_does_not_rebook_a_cancelled_seat(as_buyer: Api, world: World) -> None:
    arguments = CALLS["bookSeat"](world)
    booked = result_of(as_buyer, "bookSeat", arguments)
    result_of(as_buyer, "cancelBooking", {"bookingId": booked["id"]}, key="another")
    situations.a_booking("A1", show=world.show)

    with nothing_changes():
        again = result_of(as_buyer, "bookSeat", arguments)

    assert (again["id"], again["status"]) == (booked["id"], "CANCELLED")


@EVERY_CALL
def test_a_repeated_call_succeeds_where_a_new_one_would_be_refused(
    as_buyer: Api, world: World, change_rules: ChangeRules, call: str
) -> None:
    arguments = CALLS[call](world)
    first = result_of(as_buyer, call, arguments)
    change_rules(seats_per_user_and_show=0, open_holds_per_user=0)
    situations.start_show(world.show)

    with nothing_changes():
        assert result_of(as_buyer, call, arguments) == first


def test_a_repeated_call_without_a_key_is_a_new_call(as_buyer: Api, world: World) -> None:
    arguments = CALLS["holdSeats best"](world)

    results = [result_of(as_buyer, "holdSeats best", arguments, key=None) for _ in range(2)]

    assert results[0]["id"] != results[1]["id"]
    assert not set(seats_of(results[0])) & set(seats_of(results[1]))
    assert not IdempotencyKey.objects.exists()


def test_null_is_the_same_as_no_key(as_buyer: Api, world: World) -> None:
    arguments = {**CALLS["holdSeats best"](world), "idempotencyKey": None}

    results = [result_of(as_buyer, "holdSeats best", arguments, key=None) for _ in range(2)]

    assert results[0]["id"] != results[1]["id"]

"""An idempotency key identifies one call of one user. Another call of the user with the same key is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from cinema.models import Show, User
from tests import situations
from tests.api.keyed_calls import CALLS, EVERY_CALL, KEY, World, a_world, result_of, send
from tests.conftest import Api, global_id
from tests.stored import nothing_changes

# Other calls of the same operations. They succeed with another key.
OTHERS: dict[str, list[Callable[[World], dict[str, Any]]]] = {
    "bookSeat": [
        lambda world: {"showId": global_id(world.show), "seat": "A2"},
        lambda world: {"showId": global_id(situations.a_show()), "seat": "A1"},
    ],
    "holdSeats": [
        lambda world: {"showId": global_id(world.show), "selection": {"seats": ["A3", "A4"]}},
        lambda world: {"showId": global_id(world.show), "selection": {"bestAvailable": {"count": 2}}},
    ],
    "holdSeats best": [
        lambda world: {"showId": global_id(world.show), "selection": {"bestAvailable": {"count": 1}}},
        lambda world: {
            "showId": global_id(world.show),
            "selection": {"bestAvailable": {"count": 2, "category": "STANDARD"}},
        },
        lambda world: {
            "showId": global_id(world.show),
            "selection": {"bestAvailable": {"count": 2, "together": False}},
        },
    ],
    "extendHold": [lambda world: {"bookingId": global_id(world.other_hold)}],
    "confirmBooking": [lambda world: {"bookingId": global_id(world.other_hold)}],
    "cancelBooking": [
        lambda world: {"bookingId": global_id(world.hold)},
        lambda world: {"bookingId": global_id(world.booking), "seats": ["C3", "C4"]},
    ],
    "cancelBooking seats": [
        lambda world: {"bookingId": global_id(world.booking), "seats": ["C4"]},
        lambda world: {"bookingId": global_id(world.booking)},
    ],
}
REUSED = {
    "__typename": "IdempotencyKeyReused",
    "message": "This idempotency key was used for another call. Use a new key for each call.",
}


@pytest.fixture
def world(show: Show, buyer: User) -> World:
    return a_world(show, buyer)


@pytest.mark.parametrize(("call", "number"), [(call, n) for call, others in OTHERS.items() for n in range(len(others))])
def test_other_input_is_refused_and_nothing_changes(as_buyer: Api, world: World, call: str, number: int) -> None:
    other = OTHERS[call][number](world)
    result_of(as_buyer, call, CALLS[call](world))

    with nothing_changes():
        result = result_of(as_buyer, call, other)

    assert result == REUSED
    assert result_of(as_buyer, call, other, key="another")["__typename"] == "Booking"


@EVERY_CALL
def test_another_operation_is_refused_and_nothing_changes(as_buyer: Api, world: World, call: str) -> None:
    result_of(as_buyer, call, CALLS[call](world))

    for other, arguments in CALLS.items():
        if other != call:
            with nothing_changes():
                assert result_of(as_buyer, other, arguments(world)) == REUSED, other


@pytest.mark.parametrize("other", [KEY.upper(), f"{KEY} ", KEY[:-1]])
def test_similar_keys_are_different(as_buyer: Api, world: World, other: str) -> None:
    first = result_of(as_buyer, "holdSeats best", CALLS["holdSeats best"](world))
    second = result_of(as_buyer, "holdSeats best", CALLS["holdSeats best"](world), key=other)

    assert first["id"] != second["id"]


@pytest.mark.parametrize("call", ["bookSeat", "holdSeats", "holdSeats best"])
def test_users_can_use_the_same_key(as_buyer: Api, api: Api, world: World, call: str) -> None:
    mine = result_of(as_buyer, call, CALLS[call](world))
    other_show = World(situations.a_show(), world.hold, world.other_hold, world.booking)

    theirs = result_of(api.logged_in_as(situations.a_user()), call, CALLS[call](other_show))

    assert (theirs["__typename"], theirs["id"] == mine["id"]) == ("Booking", False)
    with nothing_changes():
        assert result_of(as_buyer, call, CALLS[call](world)) == mine


@EVERY_CALL
def test_a_key_gives_no_access_to_another_users_booking(as_buyer: Api, api: Api, world: World, call: str) -> None:
    arguments = CALLS[call](world)
    mine = result_of(as_buyer, call, arguments)

    response = send(api.logged_in_as(situations.a_user()), call, arguments)

    if "showId" in arguments:
        (theirs,) = response.data.values()
        assert theirs.get("id") != mine["id"]
    else:
        assert response.code == "NOT_FOUND"

"""Valid idempotency keys, and how long they are stored."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from cinema.core.idempotency import IdempotencyKey
from cinema.models import Show, Ticket, User
from tests.api.keyed_calls import CALLS, EVERY_CALL, World, a_world, answered, booking_with, sent
from tests.conftest import Api
from tests.stored import nothing_changes


@pytest.fixture
def world(show: Show, buyer: User) -> World:
    return a_world(show, buyer)


@pytest.mark.parametrize("key", ["", "k" * 201, "💺" * 201, "k" * 100_000], ids=len)
@EVERY_CALL
def test_a_key_has_1_to_200_characters(as_buyer: Api, world: World, call: str, key: str) -> None:
    with nothing_changes():
        response = sent(as_buyer, call, CALLS[call](world), key)

    assert response.code == "BAD_USER_INPUT"
    assert response.body["errors"][0]["message"] == "An idempotency key has 1 to 200 characters."


@pytest.mark.parametrize("key", ["k", "k" * 200, "💺" * 200, " "], ids=len)
def test_any_200_characters_are_a_valid_key(as_buyer: Api, world: World, key: str) -> None:
    first, again = (answered(as_buyer, "bookSeat", CALLS["bookSeat"](world), key) for _ in range(2))

    assert first == again
    assert first["status"] == "CONFIRMED"


def age(**hours: float) -> None:
    """Make every key older."""
    for key in IdempotencyKey.objects.all():
        key.created_at -= timedelta(**hours)
        key.save()


def test_a_key_is_valid_for_24_hours(as_buyer: Api, world: World) -> None:
    given = CALLS["holdSeats best"](world)
    first = answered(as_buyer, "holdSeats best", given)
    age(hours=23.9)
    call_command("tidy", verbosity=0)

    assert answered(as_buyer, "holdSeats best", given) == first


def test_a_purged_key_is_a_new_key(as_buyer: Api, world: World) -> None:
    given = CALLS["holdSeats best"](world)
    first = answered(as_buyer, "holdSeats best", given)
    age(hours=24.1)
    assert answered(as_buyer, "holdSeats best", given) == first
    call_command("tidy", verbosity=0)

    second = answered(as_buyer, "holdSeats best", given)

    assert second["id"] != first["id"]
    assert Ticket.objects.filter(booking__in=[booking_with(each["id"]) for each in (first, second)]).count() == 4

"""The length of idempotency keys, and how long they are stored."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from cinema.core.idempotency import IdempotencyKey
from cinema.models import Show, Ticket, User
from tests.api.keyed_calls import CALLS, EVERY_CALL, World, a_world, booking_with, result_of, send
from tests.conftest import Api
from tests.rules import ChangeRules
from tests.stored import nothing_changes


@pytest.fixture
def world(show: Show, buyer: User) -> World:
    return a_world(show, buyer)


@pytest.mark.parametrize("key", ["", "k" * 201, "💺" * 201, "k" * 100_000], ids=len)
@EVERY_CALL
def test_a_key_has_1_to_200_characters(as_buyer: Api, world: World, call: str, key: str) -> None:
    with nothing_changes():
        response = send(as_buyer, call, CALLS[call](world), key)

    assert response.code == "BAD_USER_INPUT"
    assert response.body["errors"][0]["message"] == "An idempotency key must have 1 to 200 characters."


@pytest.mark.parametrize("key", ["k", "k" * 200, "💺" * 200, " "], ids=len)
def test_a_key_may_have_any_characters(as_buyer: Api, world: World, key: str) -> None:
    first, again = (result_of(as_buyer, "bookSeat", CALLS["bookSeat"](world), key) for _ in range(2))

    assert first == again
    assert first["status"] == "CONFIRMED"


def age_keys(**hours: float) -> None:
    """Move the creation of every key into the past."""
    for key in IdempotencyKey.objects.all():
        key.created_at -= timedelta(**hours)
        key.save()


def test_a_key_is_valid_for_24_hours(as_buyer: Api, world: World) -> None:
    arguments = CALLS["holdSeats best"](world)
    first = result_of(as_buyer, "holdSeats best", arguments)
    age_keys(hours=23.9)
    call_command("tidy", verbosity=0)

    assert result_of(as_buyer, "holdSeats best", arguments) == first


@pytest.mark.parametrize(("age", "is_kept"), [(0.9, True), (1.1, False)])
def test_the_lifetime_of_keys_can_be_configured(
    as_buyer: Api, world: World, change_rules: ChangeRules, age: float, *, is_kept: bool
) -> None:
    change_rules(idempotency_key_lifetime=timedelta(hours=1))
    result_of(as_buyer, "bookSeat", CALLS["bookSeat"](world))
    age_keys(hours=age)

    call_command("tidy", verbosity=0)

    assert IdempotencyKey.objects.exists() == is_kept


def test_a_purged_key_can_be_used_again(as_buyer: Api, world: World) -> None:
    arguments = CALLS["holdSeats best"](world)
    first = result_of(as_buyer, "holdSeats best", arguments)
    age_keys(hours=24.1)
    assert result_of(as_buyer, "holdSeats best", arguments) == first
    call_command("tidy", verbosity=0)

    second = result_of(as_buyer, "holdSeats best", arguments)

    assert second["id"] != first["id"]
    assert Ticket.objects.filter(booking__in=[booking_with(each["id"]) for each in (first, second)]).count() == 4

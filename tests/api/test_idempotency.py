"""A call that is sent again with its idempotency key, for each mutation that takes one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from cinema.booking import bookings, holds
from cinema.booking.models import IdempotencyKey
from cinema.catalog import programming
from cinema.models import Booking, Show, Ticket, User
from tests import situations
from tests.conftest import Answer, Api, global_id
from tests.stored import nothing_changes

KEY = "3f0c1f9e-1b7e-4b52-9d3a-5f6c7a8b9c0d"


@dataclass
class World:
    """What there is to hold, book, confirm and give back, all of it the buyer's."""

    show: Show
    hold: Booking
    other_hold: Booking
    booking: Booking


CALLS: dict[str, Callable[[World], dict[str, Any]]] = {
    "bookSeat": lambda world: {"showId": global_id(world.show), "seat": "A1"},
    "holdSeats": lambda world: {"showId": global_id(world.show), "selection": {"seats": ["A1", "A2"]}},
    "holdSeats best": lambda world: {"showId": global_id(world.show), "selection": {"bestAvailable": {"count": 2}}},
    "extendHold": lambda world: {"bookingId": global_id(world.hold)},
    "confirmBooking": lambda world: {"bookingId": global_id(world.hold)},
    "cancelBooking": lambda world: {"bookingId": global_id(world.booking)},
    "cancelBooking seats": lambda world: {"bookingId": global_id(world.booking), "seats": ["C3"]},
}
# Calls of the same operations that would succeed as well, were it not for the key.
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
EVERY_CALL = pytest.mark.parametrize("call", CALLS)


@pytest.fixture
def world(show: Show, buyer: User) -> World:
    return World(
        show,
        hold=holds.acquire(show_id=show.pk, wanted=["B1", "B2"], by=buyer),
        other_hold=holds.acquire(show_id=show.pk, wanted=["B4"], by=buyer),
        booking=situations.a_booking("C3", "C4", show=show, by=buyer),
    )


def sent(api: Api, call: str, given: dict[str, Any], key: str | None = KEY) -> Answer:
    name = call.partition(" ")[0]
    type_name = f"{name[0].upper()}{name[1:]}Input"
    document = f"""
        mutation ($input: {type_name}!) {{
          {name}(input: $input) {{
            __typename
            ... on Booking {{
              id status expiresAt confirmedAt cancelledAt total {{ amount }} tickets {{ seat status }}
            }}
            ... on Problem {{ message }}
          }}
        }}
    """
    return api(document, input=given if key is None else {**given, "idempotencyKey": key})


def answered(api: Api, call: str, given: dict[str, Any], key: str | None = KEY) -> Any:
    (result,) = sent(api, call, given, key).data.values()
    return result


def seats_of(answer: Any) -> list[str]:
    return [ticket["seat"] for ticket in answer["tickets"]]


def booking_with(global_id_: str) -> Booking:
    return next(booking for booking in Booking.objects.all() if global_id(booking) == global_id_)


REUSED = {
    "__typename": "IdempotencyKeyReused",
    "message": "This idempotency key stands for another call; take a new one for each.",
}

# ---------------------------------------------------------------------- the same call again


@EVERY_CALL
def test_a_call_sent_again_does_nothing_and_answers_the_same(as_buyer: Api, world: World, call: str) -> None:
    given = CALLS[call](world)
    first = answered(as_buyer, call, given)
    assert first["__typename"] == "Booking"

    with nothing_changes():
        again = [answered(as_buyer, call, given) for _ in range(2)]

    assert again == [first, first]
    assert [(key.key, key.booking) for key in IdempotencyKey.objects.all()] == [(KEY, booking_with(first["id"]))]


@EVERY_CALL
def test_what_is_left_out_and_what_is_given_as_by_default_are_one(as_buyer: Api, world: World, call: str) -> None:
    given = CALLS[call](world)
    first = answered(as_buyer, call, given)
    if call == "cancelBooking":
        given["seats"] = None
    if call == "holdSeats best":
        given["selection"]["bestAvailable"] |= {"category": None, "together": True}

    with nothing_changes():
        assert answered(as_buyer, call, given) == first


def test_the_booking_is_answered_as_it_is_by_now(as_buyer: Api, world: World, buyer: User) -> None:
    given = CALLS["holdSeats"](world)
    held = answered(as_buyer, "holdSeats", given)
    booking_id = booking_with(held["id"]).pk

    bookings.confirm(booking_id=booking_id, by=buyer)
    with nothing_changes():
        confirmed = answered(as_buyer, "holdSeats", given)
    bookings.cancel(booking_id=booking_id, by=buyer)
    with nothing_changes():
        cancelled = answered(as_buyer, "holdSeats", given)

    assert [answer["id"] for answer in (confirmed, cancelled)] == [held["id"], held["id"]]
    assert [answer["status"] for answer in (held, confirmed, cancelled)] == ["HELD", "CONFIRMED", "CANCELLED"]


@pytest.mark.parametrize("noticed", [False, True])
def test_a_hold_that_ran_out_meanwhile_is_not_made_anew(as_buyer: Api, world: World, *, noticed: bool) -> None:
    given = CALLS["holdSeats best"](world)
    held = answered(as_buyer, "holdSeats best", given)
    situations.let_run_out(booking_with(held["id"]))
    if noticed:
        holds.release_expired(at_most=10)

    with nothing_changes():
        again = answered(as_buyer, "holdSeats best", given)

    assert (again["id"], again["status"], seats_of(again)) == (held["id"], "EXPIRED", seats_of(held))


def test_a_seat_that_was_given_back_meanwhile_is_not_booked_anew(as_buyer: Api, world: World) -> None:
    given = CALLS["bookSeat"](world)
    booked = answered(as_buyer, "bookSeat", given)
    answered(as_buyer, "cancelBooking", {"bookingId": booked["id"]}, key="another")
    situations.a_booking("A1", show=world.show)

    with nothing_changes():
        again = answered(as_buyer, "bookSeat", given)

    assert (again["id"], again["status"]) == (booked["id"], "CANCELLED")


@EVERY_CALL
def test_what_would_be_refused_by_now_is_answered_all_the_same(
    as_buyer: Api, world: World, settings: Settings, call: str
) -> None:
    given = CALLS[call](world)
    first = answered(as_buyer, call, given)
    settings.SEATS_PER_USER_AND_SHOW = settings.OPEN_HOLDS_PER_USER = 0
    situations.let_start(world.show)

    with nothing_changes():
        assert answered(as_buyer, call, given) == first


def test_without_a_key_a_call_sent_again_is_another_call(as_buyer: Api, world: World) -> None:
    given = CALLS["holdSeats best"](world)

    answers = [answered(as_buyer, "holdSeats best", given, key=None) for _ in range(2)]

    assert answers[0]["id"] != answers[1]["id"]
    assert not set(seats_of(answers[0])) & set(seats_of(answers[1]))
    assert not IdempotencyKey.objects.exists()


def test_null_is_no_key(as_buyer: Api, world: World) -> None:
    given = {**CALLS["holdSeats best"](world), "idempotencyKey": None}

    answers = [answered(as_buyer, "holdSeats best", given, key=None) for _ in range(2)]

    assert answers[0]["id"] != answers[1]["id"]


# ---------------------------------------------------------------------- another call


@pytest.mark.parametrize(("call", "number"), [(call, n) for call, others in OTHERS.items() for n in range(len(others))])
def test_other_input_is_refused_and_nothing_changes(as_buyer: Api, world: World, call: str, number: int) -> None:
    other = OTHERS[call][number](world)
    answered(as_buyer, call, CALLS[call](world))

    with nothing_changes():
        answer = answered(as_buyer, call, other)

    assert answer == REUSED
    assert answered(as_buyer, call, other, key="another")["__typename"] == "Booking"


@EVERY_CALL
def test_another_operation_is_refused_and_nothing_changes(as_buyer: Api, world: World, call: str) -> None:
    answered(as_buyer, call, CALLS[call](world))

    for other, given in CALLS.items():
        if other != call:
            with nothing_changes():
                assert answered(as_buyer, other, given(world)) == REUSED, other


@pytest.mark.parametrize("other", [KEY.upper(), f"{KEY} ", KEY[:-1]])
def test_a_key_that_looks_alike_is_another_key(as_buyer: Api, world: World, other: str) -> None:
    first = answered(as_buyer, "holdSeats best", CALLS["holdSeats best"](world))
    second = answered(as_buyer, "holdSeats best", CALLS["holdSeats best"](world), key=other)

    assert first["id"] != second["id"]


@pytest.mark.parametrize("call", ["bookSeat", "holdSeats", "holdSeats best"])
def test_somebody_else_s_same_key_is_another_key(as_buyer: Api, api: Api, world: World, call: str) -> None:
    mine = answered(as_buyer, call, CALLS[call](world))
    other_show = World(situations.a_show(), world.hold, world.other_hold, world.booking)

    theirs = answered(api.signed_in(situations.a_user()), call, CALLS[call](other_show))

    assert (theirs["__typename"], theirs["id"] == mine["id"]) == ("Booking", False)
    with nothing_changes():
        assert answered(as_buyer, call, CALLS[call](world)) == mine


@EVERY_CALL
def test_a_key_opens_nobody_else_s_booking(as_buyer: Api, api: Api, world: World, call: str) -> None:
    given = CALLS[call](world)
    mine = answered(as_buyer, call, given)

    answer = sent(api.signed_in(situations.a_user()), call, given)

    if "showId" in given:
        (theirs,) = answer.data.values()
        assert theirs.get("id") != mine["id"]
    else:
        assert answer.code == "NOT_FOUND"


# ---------------------------------------------------------------------- refused calls


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
    situations.let_run_out(hold)

    assert answered(as_buyer, "holdSeats", given)["status"] == "HELD"


def test_a_hold_that_was_over_may_be_confirmed_later_with_the_same_key(as_buyer: Api, world: World) -> None:
    given = CALLS["confirmBooking"](world)
    situations.let_run_out(world.hold)
    theirs = situations.a_user()
    taken = bookings.book(show_id=world.show.pk, labels=["B1"], by=theirs)

    with nothing_changes():
        assert answered(as_buyer, "confirmBooking", given)["__typename"] == "HoldExpired"
    bookings.cancel(booking_id=taken.pk, by=theirs)

    assert answered(as_buyer, "confirmBooking", given)["status"] == "CONFIRMED"


def test_a_booking_may_be_given_back_with_the_same_key_once_the_show_is_later(
    as_buyer: Api, world: World, settings: Settings
) -> None:
    given = CALLS["cancelBooking"](world)
    settings.CANCELLING_CLOSES_BEFORE_START = timedelta(hours=30)

    with nothing_changes():
        assert answered(as_buyer, "cancelBooking", given)["__typename"] == "TooLateToCancel"
    programming.reschedule(show_id=world.show.pk, starts_at=situations.in_hours(48))

    assert answered(as_buyer, "cancelBooking", given)["status"] == "CANCELLED"


def test_a_hold_may_be_extended_with_the_key_of_a_call_that_was_refused(as_buyer: Api, world: World) -> None:
    situations.let_run_out(world.hold)

    with nothing_changes():
        assert answered(as_buyer, "extendHold", CALLS["extendHold"](world))["__typename"] == "HoldExpired"

    assert answered(as_buyer, "extendHold", {"bookingId": global_id(world.other_hold)})["status"] == "HELD"


@EVERY_CALL
def test_what_is_not_found_leaves_no_key(as_buyer: Api, world: World, call: str) -> None:
    given = CALLS[call](world)
    nowhere = (
        {"showId": global_id(Show(pk=10**9))} if "showId" in given else {"bookingId": global_id(Booking(pk=10**9))}
    )

    with nothing_changes():
        assert sent(as_buyer, call, {**given, **nowhere}).code == "NOT_FOUND"

    assert answered(as_buyer, call, given)["__typename"] == "Booking"


# ---------------------------------------------------------------------- what a key is


@pytest.mark.parametrize("key", ["", "k" * 201, "💺" * 201, "k" * 100_000], ids=len)
@EVERY_CALL
def test_a_key_has_1_to_200_characters(as_buyer: Api, world: World, call: str, key: str) -> None:
    with nothing_changes():
        answer = sent(as_buyer, call, CALLS[call](world), key)

    assert answer.code == "BAD_USER_INPUT"
    assert answer.body["errors"][0]["message"] == "An idempotency key has 1 to 200 characters."


@pytest.mark.parametrize("key", ["k", "k" * 200, "💺" * 200, " "], ids=len)
def test_any_200_characters_are_a_key(as_buyer: Api, world: World, key: str) -> None:
    first, again = (answered(as_buyer, "bookSeat", CALLS["bookSeat"](world), key) for _ in range(2))

    assert first == again
    assert first["status"] == "CONFIRMED"


# ---------------------------------------------------------------------- how long it is honored


def age(**hours: float) -> None:
    """Time goes by for every key."""
    for key in IdempotencyKey.objects.all():
        key.created_at -= timedelta(**hours)
        key.save()


def test_a_key_is_honored_for_24_hours(as_buyer: Api, world: World) -> None:
    given = CALLS["holdSeats best"](world)
    first = answered(as_buyer, "holdSeats best", given)
    age(hours=23.9)
    call_command("release_expired_holds", verbosity=0)

    assert answered(as_buyer, "holdSeats best", given) == first


def test_a_key_that_is_forgotten_is_a_new_key(as_buyer: Api, world: World) -> None:
    given = CALLS["holdSeats best"](world)
    first = answered(as_buyer, "holdSeats best", given)
    age(hours=24.1)
    assert answered(as_buyer, "holdSeats best", given) == first
    call_command("release_expired_holds", verbosity=0)

    second = answered(as_buyer, "holdSeats best", given)

    assert second["id"] != first["id"]
    assert Ticket.objects.filter(booking__in=[booking_with(each["id"]) for each in (first, second)]).count() == 4

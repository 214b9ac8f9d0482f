"""Limits per user: seats of a show, and open holds."""

from collections.abc import Callable

import pytest

from cinema.booking import blocks, bookings, holds
from cinema.booking.errors import HoldLimitReached, SeatLimitReached
from cinema.booking.seats import BestAvailable
from cinema.models import Booking, Show, User
from tests import situations
from tests.rules import ChangeRules
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

Taking = Callable[[Show, int, User], Booking]


def book(show: Show, count: int, by: User) -> Booking:
    return bookings.book(show_id=show.pk, labels=labels(count), by=by)


def hold(show: Show, count: int, by: User) -> Booking:
    return holds.acquire(show_id=show.pk, wanted=labels(count), by=by)


def hold_best(show: Show, count: int, by: User) -> Booking:
    return holds.acquire(show_id=show.pk, wanted=BestAvailable(count), by=by)


def labels(count: int) -> list[str]:
    return [f"A{number}" for number in range(1, count + 1)]


EVERY_WAY = pytest.mark.parametrize("take", [book, hold, hold_best])
HOLDING = pytest.mark.parametrize("take", [hold, hold_best])


@EVERY_WAY
def test_seats_per_user_and_show_are_limited(show: Show, buyer: User, change_rules: ChangeRules, take: Taking) -> None:
    change_rules(seats_per_user_and_show=5)
    situations.a_booking("C3", show=show, by=buyer)
    holds.acquire(show_id=show.pk, wanted=["C4"], by=buyer)

    with nothing_changes(), pytest.raises(SeatLimitReached) as refusal:
        take(show, 4, buyer)

    assert (refusal.value.limit, refusal.value.already_taken) == (5, 2)
    assert not isinstance(refusal.value, HoldLimitReached)
    assert take(show, 3, buyer).tickets.count() == 3


@EVERY_WAY
def test_only_live_seats_of_the_user_and_the_show_count(
    show: Show, buyer: User, change_rules: ChangeRules, take: Taking
) -> None:
    change_rules(seats_per_user_and_show=1)
    situations.a_booking("C1", show=show)
    situations.a_hold("C2", show=show)
    blocks.block(show_id=show.pk, labels=["C3"], by=buyer)
    situations.a_booking("A1", by=buyer)
    situations.expire_hold(holds.acquire(show_id=show.pk, wanted=["C4"], by=buyer))
    cancelled = bookings.book(show_id=show.pk, labels=["C5"], by=buyer)
    bookings.cancel(booking_id=cancelled.pk, by=buyer)

    assert take(show, 1, buyer).tickets.count() == 1


def test_repeated_label_counts_once(show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(seats_per_user_and_show=2)
    bookings.book(show_id=show.pk, labels=["A1", "a1"], by=buyer)
    holds.acquire(show_id=show.pk, wanted=["A2", " a2"], by=buyer)

    with nothing_changes(), pytest.raises(SeatLimitReached) as refusal:
        bookings.book(show_id=show.pk, labels=["A3"], by=buyer)

    assert refusal.value.already_taken == 2


@EVERY_WAY
def test_limit_of_0_refuses_every_seat(show: Show, buyer: User, change_rules: ChangeRules, take: Taking) -> None:
    change_rules(seats_per_user_and_show=0)

    with nothing_changes(), pytest.raises(SeatLimitReached) as refusal:
        take(show, 1, buyer)

    assert (refusal.value.limit, refusal.value.already_taken) == (0, 0)


@HOLDING
def test_open_holds_per_user_are_limited(show: Show, buyer: User, change_rules: ChangeRules, take: Taking) -> None:
    change_rules(open_holds_per_user=2)
    first, second = (holds.acquire(show_id=each.pk, wanted=["B1"], by=buyer) for each in (show, situations.a_show()))

    with nothing_changes(), pytest.raises(HoldLimitReached) as refusal:
        take(show, 1, buyer)

    assert (refusal.value.limit, refusal.value.already_taken) == (2, 2)
    bookings.cancel(booking_id=second.pk, by=buyer)
    assert take(show, 1, buyer).status == "HELD"
    assert first.status == "HELD"


@HOLDING
def test_only_open_holds_of_the_user_count(show: Show, buyer: User, change_rules: ChangeRules, take: Taking) -> None:
    change_rules(open_holds_per_user=1)
    confirmed = holds.acquire(show_id=show.pk, wanted=["B1"], by=buyer)
    bookings.confirm(booking_id=confirmed.pk, by=buyer)
    situations.expire_hold(holds.acquire(show_id=show.pk, wanted=["B2"], by=buyer))
    situations.a_hold("B3", show=show)
    situations.a_booking("B4", show=show, by=buyer)

    assert take(show, 1, buyer).status == "HELD"


def test_hold_limit_does_not_refuse_booking_confirming_or_extending(
    show: Show, buyer: User, change_rules: ChangeRules
) -> None:
    change_rules(open_holds_per_user=1)
    held = hold(show, 2, buyer)

    assert holds.extend(booking_id=held.pk, by=buyer).status == "HELD"
    assert bookings.book(show_id=show.pk, labels=["B1"], by=buyer).status == "CONFIRMED"
    assert bookings.confirm(booking_id=held.pk, by=buyer).status == "CONFIRMED"


def test_confirmed_hold_is_not_counted_twice(show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(seats_per_user_and_show=2)
    held = hold(show, 2, buyer)

    assert bookings.confirm(booking_id=held.pk, by=buyer).status == "CONFIRMED"


def test_expired_hold_can_be_confirmed_up_to_the_limit(show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(seats_per_user_and_show=2)
    expired = situations.expire_hold(hold(show, 2, buyer))

    assert bookings.confirm(booking_id=expired.pk, by=buyer).status == "CONFIRMED"

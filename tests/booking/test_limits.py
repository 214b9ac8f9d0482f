"""How much one person may have: seats of a show, and holds at a time."""

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


def booked(show: Show, count: int, by: User) -> Booking:
    return bookings.book(show_id=show.pk, labels=labels(count), by=by)


def held(show: Show, count: int, by: User) -> Booking:
    return holds.acquire(show_id=show.pk, wanted=labels(count), by=by)


def held_best(show: Show, count: int, by: User) -> Booking:
    return holds.acquire(show_id=show.pk, wanted=BestAvailable(count), by=by)


def labels(count: int) -> list[str]:
    return [f"A{number}" for number in range(1, count + 1)]


EVERY_WAY = pytest.mark.parametrize("take", [booked, held, held_best])
HOLDING = pytest.mark.parametrize("take", [held, held_best])


@EVERY_WAY
def test_a_person_has_so_many_seats_of_a_show_and_no_more(
    show: Show, buyer: User, change_rules: ChangeRules, take: Taking
) -> None:
    change_rules(seats_per_user_and_show=5)
    situations.a_booking("C3", show=show, by=buyer)
    holds.acquire(show_id=show.pk, wanted=["C4"], by=buyer)

    with nothing_changes(), pytest.raises(SeatLimitReached) as refusal:
        take(show, 4, buyer)

    assert (refusal.value.limit, refusal.value.already_taken) == (5, 2)
    assert not isinstance(refusal.value, HoldLimitReached)
    assert take(show, 3, buyer).tickets.count() == 3


@EVERY_WAY
def test_what_is_not_theirs_or_not_any_more_or_of_another_show_does_not_count(
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


def test_a_seat_named_twice_counts_once(show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(seats_per_user_and_show=2)
    bookings.book(show_id=show.pk, labels=["A1", "a1"], by=buyer)
    holds.acquire(show_id=show.pk, wanted=["A2", " a2"], by=buyer)

    with nothing_changes(), pytest.raises(SeatLimitReached) as refusal:
        bookings.book(show_id=show.pk, labels=["A3"], by=buyer)

    assert refusal.value.already_taken == 2


@EVERY_WAY
def test_without_a_place_left_nothing_is_taken_at_all(
    show: Show, buyer: User, change_rules: ChangeRules, take: Taking
) -> None:
    change_rules(seats_per_user_and_show=0)

    with nothing_changes(), pytest.raises(SeatLimitReached) as refusal:
        take(show, 1, buyer)

    assert (refusal.value.limit, refusal.value.already_taken) == (0, 0)


@HOLDING
def test_a_person_has_so_many_holds_at_a_time_and_no_more(
    show: Show, buyer: User, change_rules: ChangeRules, take: Taking
) -> None:
    change_rules(open_holds_per_user=2)
    first, second = (holds.acquire(show_id=each.pk, wanted=["B1"], by=buyer) for each in (show, situations.a_show()))

    with nothing_changes(), pytest.raises(HoldLimitReached) as refusal:
        take(show, 1, buyer)

    assert (refusal.value.limit, refusal.value.already_taken) == (2, 2)
    bookings.cancel(booking_id=second.pk, by=buyer)
    assert take(show, 1, buyer).status == "HELD"
    assert first.status == "HELD"


@HOLDING
def test_what_is_confirmed_or_over_or_somebody_else_s_is_no_hold(
    show: Show, buyer: User, change_rules: ChangeRules, take: Taking
) -> None:
    change_rules(open_holds_per_user=1)
    confirmed = holds.acquire(show_id=show.pk, wanted=["B1"], by=buyer)
    bookings.confirm(booking_id=confirmed.pk, by=buyer)
    situations.expire_hold(holds.acquire(show_id=show.pk, wanted=["B2"], by=buyer))
    situations.a_hold("B3", show=show)
    situations.a_booking("B4", show=show, by=buyer)

    assert take(show, 1, buyer).status == "HELD"


def test_who_has_as_many_holds_as_can_be_may_still_book_confirm_and_extend(
    show: Show, buyer: User, change_rules: ChangeRules
) -> None:
    change_rules(open_holds_per_user=1)
    hold = held(show, 2, buyer)

    assert holds.extend(booking_id=hold.pk, by=buyer).status == "HELD"
    assert bookings.book(show_id=show.pk, labels=["B1"], by=buyer).status == "CONFIRMED"
    assert bookings.confirm(booking_id=hold.pk, by=buyer).status == "CONFIRMED"


def test_a_hold_that_is_confirmed_is_not_counted_twice(show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(seats_per_user_and_show=2)
    hold = held(show, 2, buyer)

    assert bookings.confirm(booking_id=hold.pk, by=buyer).status == "CONFIRMED"


def test_an_expired_hold_is_taken_again_up_to_the_limit(show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(seats_per_user_and_show=2)
    hold = situations.expire_hold(held(show, 2, buyer))

    assert bookings.confirm(booking_id=hold.pk, by=buyer).status == "CONFIRMED"

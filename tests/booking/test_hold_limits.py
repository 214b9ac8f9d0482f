"""Limits of holds: for users without a verified email address, per address, and for seats released repeatedly."""

from datetime import timedelta

import pytest
from django.db.models import F

from cinema.booking import bookings, hold_limits, holds
from cinema.booking.errors import (
    AddressLimitReached,
    HeldSeatLimitReached,
    HoldLimitReached,
    NotEnoughSeats,
    SeatsReleasedRepeatedly,
)
from cinema.booking.models import BookingStatus
from cinema.booking.seats import BestAvailable
from cinema.models import Booking, HoldOrigin, Show, User
from tests import situations
from tests.rules import ChangeRules
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

OFFICE = "192.0.2.1"
TWO_SEATS = pytest.mark.parametrize("wanted", [["A1", "A2"], BestAvailable(2)], ids=["labels", "best available"])
Wanted = list[str] | BestAvailable


def hold(show: Show, wanted: Wanted, by: User | None = None, address: str | None = OFFICE) -> Booking:
    return holds.acquire(show_id=show.pk, wanted=wanted, by=by or situations.a_user(), address=address)


def release(held: Booking) -> None:
    bookings.cancel(booking_id=held.pk, by=held.user)


def hold_and_release(show: Show, label: str, *, by: User, times: int) -> None:
    for _ in range(times):
        release(hold(show, [label], by))


def verify(user: User) -> None:
    user.verified_email = user.email
    user.save()


class TestUnverifiedUsers:
    """Users without a verified email address."""

    @TWO_SEATS
    def test_open_holds(self, show: Show, buyer: User, change_rules: ChangeRules, wanted: Wanted) -> None:
        change_rules(open_holds_per_unverified_user=1)
        hold(situations.a_show(), ["A1"], buyer)

        with nothing_changes(), pytest.raises(HoldLimitReached) as refusal:
            hold(show, wanted, buyer)

        assert (refusal.value.limit, refusal.value.already_taken) == (1, 1)
        verify(buyer)
        assert hold(show, wanted, buyer).status == BookingStatus.HELD

    def test_the_limit_of_all_users_applies_if_it_is_lower(
        self, show: Show, buyer: User, change_rules: ChangeRules
    ) -> None:
        change_rules(open_holds_per_user=0, open_holds_per_unverified_user=1)

        with nothing_changes(), pytest.raises(HoldLimitReached):
            hold(show, ["A1"], buyer)

    @TWO_SEATS
    def test_held_seats_of_all_shows(self, show: Show, buyer: User, change_rules: ChangeRules, wanted: Wanted) -> None:
        change_rules(held_seats_per_unverified_user=3)
        other = hold(situations.a_show(), ["A1", "A2"], buyer)
        situations.expire_hold(hold(show, ["B1"], buyer))
        situations.a_booking("B2", show=show, by=buyer)

        with nothing_changes(), pytest.raises(HeldSeatLimitReached) as refusal:
            hold(show, wanted, buyer)

        assert (refusal.value.limit, refusal.value.already_taken) == (3, 2)
        assert str(refusal.value) == (
            "You can hold up to 3 seats until you verify your email address; you already hold 2."
        )
        bookings.confirm(booking_id=other.pk, by=buyer)
        assert hold(show, wanted, buyer).status == BookingStatus.HELD

    def test_a_verified_user_has_no_such_limits(self, show: Show, buyer: User, change_rules: ChangeRules) -> None:
        change_rules(open_holds_per_unverified_user=0, held_seats_per_unverified_user=0)
        verify(buyer)

        assert hold(show, ["A1", "A2"], buyer).status == BookingStatus.HELD

    def test_direct_bookings_are_not_limited(self, show: Show, buyer: User, change_rules: ChangeRules) -> None:
        change_rules(open_holds_per_unverified_user=0, held_seats_per_unverified_user=0, held_seats_per_address=0)

        assert situations.a_booking("A1", show=show, by=buyer).status == BookingStatus.CONFIRMED


class TestAddresses:
    """Held seats per network address."""

    @TWO_SEATS
    def test_held_seats_of_all_users_and_shows(self, show: Show, change_rules: ChangeRules, wanted: Wanted) -> None:
        change_rules(held_seats_per_address=3)
        first = hold(situations.a_show(), ["A1", "A2"])
        hold(show, ["B1"], address="192.0.2.2")
        hold(show, ["B2"], address=None)
        situations.expire_hold(hold(show, ["B3"]))
        buyer = situations.a_user()

        with nothing_changes(), pytest.raises(AddressLimitReached) as refusal:
            hold(show, wanted, buyer)

        assert (refusal.value.limit, refusal.value.already_taken) == (3, 2)
        assert hold(show, ["C3"], buyer, address="192.0.2.2").status == BookingStatus.HELD
        release(first)
        assert hold(show, wanted, buyer).status == BookingStatus.HELD

    def test_many_accounts_cannot_hold_an_auditorium_and_an_office_can_buy_it(self, change_rules: ChangeRules) -> None:
        change_rules(held_seats_per_address=20)
        show = situations.a_show(rows=["S" * 10] * 10)
        pair = BestAvailable(2)
        for _ in range(10):
            hold(show, pair)
        late = situations.a_user()

        with nothing_changes(), pytest.raises(AddressLimitReached):
            hold(show, pair, late)

        for held in Booking.objects.in_status(BookingStatus.HELD):
            bookings.confirm(booking_id=held.pk, by=held.user)
        for _ in range(40):
            held = hold(show, pair)
            bookings.confirm(booking_id=held.pk, by=held.user)
        with pytest.raises(NotEnoughSeats):
            hold(show, pair)

    def test_an_ipv6_client_is_its_network(self, show: Show, change_rules: ChangeRules) -> None:
        change_rules(held_seats_per_address=1)
        hold(show, ["A1"], address="2001:db8::1")
        buyer = situations.a_user()

        with nothing_changes(), pytest.raises(AddressLimitReached):
            hold(show, ["A2"], buyer, address="2001:db8:0:ff:2::1")
        assert hold(show, ["A2"], buyer, address="2001:db8:0:100::1").status == BookingStatus.HELD

    def test_no_address_is_stored_and_its_hash_is_deleted(self, show: Show, change_rules: ChangeRules) -> None:
        change_rules(hold_lifetime_at_most=timedelta(minutes=20))
        old, new = hold(show, ["A1"]), hold(show, ["A2"])
        assert OFFICE not in str(list(HoldOrigin.objects.values()))
        HoldOrigin.objects.filter(booking=old).update(created_at=F("created_at") - timedelta(minutes=21))

        assert hold_limits.purge(at_most=10) == 1
        assert HoldOrigin.objects.get().booking == new


class TestReleasedSeats:
    """Seats that the user has held and released before."""

    @pytest.mark.parametrize("wanted", [["A1"], ["A2", "A1"]])
    def test_a_seat_that_was_released_twice(
        self, show: Show, buyer: User, change_rules: ChangeRules, wanted: list[str]
    ) -> None:
        change_rules(hold_release_period=timedelta(minutes=60))
        hold_and_release(show, "A1", by=buyer, times=1)
        situations.expire_hold(hold(show, ["A1"], buyer), seconds_ago=15 * 60)

        with nothing_changes(), pytest.raises(SeatsReleasedRepeatedly) as refusal:
            hold(show, wanted, buyer)

        assert refusal.value.seats == ["A1"]
        # The first release leaves the period first.
        assert 44 * 60 < refusal.value.retry_after_seconds <= 60 * 60
        assert hold(show, ["A1"]).status == BookingStatus.HELD

    def test_other_seats_and_shows_can_be_held(self, show: Show, buyer: User) -> None:
        hold_and_release(show, "A1", by=buyer, times=2)

        assert hold(show, ["A2"], buyer).status == BookingStatus.HELD
        assert hold(situations.a_show(screen=show.screen, starts_at=situations.in_hours(48)), ["A1"], buyer)

    def test_a_seat_that_was_released_once_can_be_held(self, show: Show, buyer: User) -> None:
        hold_and_release(show, "A1", by=buyer, times=1)

        assert hold(show, ["A1"], buyer).status == BookingStatus.HELD

    def test_releases_before_the_period_do_not_count(self, show: Show, buyer: User, change_rules: ChangeRules) -> None:
        change_rules(hold_release_period=timedelta(minutes=60))
        hold_and_release(show, "A1", by=buyer, times=1)
        situations.age_booking(Booking.objects.get(), by=timedelta(minutes=61))
        hold_and_release(show, "A1", by=buyer, times=1)

        assert hold(show, ["A1"], buyer).status == BookingStatus.HELD

    def test_cancelled_bookings_do_not_count(self, show: Show, buyer: User) -> None:
        for _ in range(2):
            confirmed = hold(show, ["A1"], buyer)
            bookings.confirm(booking_id=confirmed.pk, by=buyer)
            release(confirmed)

        assert hold(show, ["A1"], buyer).status == BookingStatus.HELD

    def test_the_best_available_are_others(self, buyer: User) -> None:
        show = situations.a_show(rows=["SSS"])
        hold_and_release(show, "A2", by=buyer, times=2)

        assert [ticket.seat.label for ticket in hold(show, BestAvailable(1), buyer).tickets.all()] != ["A2"]
        with nothing_changes(), pytest.raises(NotEnoughSeats):
            hold(show, BestAvailable(2, together=False), buyer)

    def test_the_seat_can_be_booked(self, show: Show, buyer: User) -> None:
        hold_and_release(show, "A1", by=buyer, times=2)

        assert situations.a_booking("A1", show=show, by=buyer).status == BookingStatus.CONFIRMED

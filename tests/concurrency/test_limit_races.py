"""Concurrent calls of one user, or from one address, do not exceed the limits of holds and of seats.

The controls come first: without the lock, and with all calls at the critical moment, the race is lost. So the tests
below can fail.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from cinema.booking import hold_limits, holds, locks, sales
from cinema.booking.errors import AddressLimitReached, HoldExpired, HoldLimitReached, SeatLimitReached, SeatsTaken
from cinema.booking.models import BookingStatus
from cinema.booking.seats import BestAvailable
from cinema.models import Booking, Show, Ticket, User
from tests import situations
from tests.concurrency.buyers import booking, confirming, holding, lost, owners, users, won
from tests.concurrency.controls import after_all_called, without_lock
from tests.concurrency.racing import lost_only_in_read_committed, many_writers, race, retrying_if_busy
from tests.rules import ChangeRules

pytestmark = pytest.mark.django_db(transaction=True)

ONE = BestAvailable(count=1)
ROUNDS = 4


class TestOneUser:
    """Concurrent calls of one user."""

    @lost_only_in_read_committed
    @many_writers
    @pytest.mark.usefixtures("only_transactions")
    def test_without_the_lock_on_the_user_the_hold_limit_is_exceeded(
        self, show: Show, buyer: User, change_rules: ChangeRules, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        change_rules(open_holds_per_user=1)
        monkeypatch.setattr(locks, "user", without_lock)
        monkeypatch.setattr(sales, "check_hold_limit", after_all_called(sales.check_hold_limit, 2))
        hold = holds.acquire

        results = race(*[partial(hold, show_id=show.pk, wanted=[label], by=buyer) for label in ("A1", "A2")])

        assert len(won(results)) == 2
        assert owners(show) == {"A1": 1, "A2": 1}

    def test_hold_limit_is_not_exceeded(self, show: Show, change_rules: ChangeRules) -> None:
        change_rules(open_holds_per_user=2)
        for buyer in users(ROUNDS):
            requests: list[Any] = [["A1"], ["A2"], ["A3"], ONE, ONE, ["A4"]]
            results = race(*[holding(show, wanted, by=buyer) for wanted in requests])

            assert len(won(results)) == 2
            assert set(lost(results)) <= {HoldLimitReached, SeatsTaken}
            assert Booking.objects.in_status(BookingStatus.HELD).filter(user=buyer).count() == 2
            assert set(owners(show).values()) == {1}
            Ticket.objects.all().delete()

    def test_seat_limit_is_not_exceeded(self, show: Show, change_rules: ChangeRules) -> None:
        change_rules(seats_per_user_and_show=3)
        for buyer in users(ROUNDS):
            expired = situations.a_hold("A1", "A2", show=show, by=buyer, minutes_left=-1)
            results = race(
                confirming(expired),
                booking(show, "A3", "A4", by=buyer),
                holding(show, ["A5", "A6"], by=buyer),
                holding(show, BestAvailable(count=2), by=buyer),
            )

            assert len(won(results)) == 1
            assert set(lost(results)) <= {SeatLimitReached, HoldExpired}
            assert Ticket.objects.live().filter(show=show, booking__user=buyer).count() == 2
            Ticket.objects.all().delete()


class TestOneAddress:
    """Concurrent calls of several users from one network address."""

    @staticmethod
    def holding(show: Show, wanted: Any, *, by: User) -> Callable[[], Booking]:
        return retrying_if_busy(partial(holds.acquire, show_id=show.pk, wanted=wanted, by=by, address="192.0.2.1"))

    @lost_only_in_read_committed
    @many_writers
    @pytest.mark.usefixtures("only_transactions")
    def test_without_the_lock_on_the_client_the_limit_is_exceeded(
        self, show: Show, change_rules: ChangeRules, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        change_rules(held_seats_per_address=1)
        monkeypatch.setattr(locks, "client", without_lock)
        monkeypatch.setattr(hold_limits, "check", after_all_called(hold_limits.check, 2))

        results = race(*[self.holding(show, [f"A{n}"], by=user) for n, user in enumerate(users(2), start=1)])

        assert len(won(results)) == 2

    def test_limit_is_not_exceeded(self, show: Show, change_rules: ChangeRules) -> None:
        change_rules(held_seats_per_address=2)
        for _ in range(ROUNDS):
            requests: list[Any] = [["A1"], ["A2"], ["A3"], ONE, ONE, ["A4"]]
            buyers = users(len(requests))
            results = race(*[self.holding(show, wanted, by=by) for wanted, by in zip(requests, buyers, strict=True)])

            assert len(won(results)) == 2
            assert set(lost(results)) <= {AddressLimitReached, SeatsTaken}
            assert set(owners(show).values()) == {1}
            Ticket.objects.all().delete()

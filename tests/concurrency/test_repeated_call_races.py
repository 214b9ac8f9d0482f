"""A call that is sent many times concurrently, with the same key, runs once.

The control comes first: without the lock on the user, and with all calls at the critical moment, the race is lost. So
the tests below can fail.
"""

from collections.abc import Callable
from functools import partial

import pytest

from cinema.booking import bookings, locks, quotes
from cinema.booking.models import BookingStatus
from cinema.booking.seats import BestAvailable
from cinema.core import transactions
from cinema.core.errors import Busy, IdempotencyKeyReused
from cinema.models import Booking, IdempotencyKey, Show, Ticket, User
from tests import situations
from tests.concurrency.buyers import booking, cancelling, confirming, extending, holding, lost, owners, users, won
from tests.concurrency.controls import after_all_called, without_lock
from tests.concurrency.outcomes import events
from tests.concurrency.racing import lost_only_in_read_committed, many_writers, race

pytestmark = pytest.mark.django_db(transaction=True)

ONE = BestAvailable(count=1)
TIMES = 6
ROUNDS = 4


class TestRepeatedCall:
    """A client that got no response repeats its call while the first call is still running."""

    @lost_only_in_read_committed
    @many_writers
    @pytest.mark.usefixtures("only_transactions")
    def test_without_the_lock_the_calls_collide(self, show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(locks, "user", without_lock)
        monkeypatch.setattr(transactions, "ATTEMPTS", 1)
        monkeypatch.setattr(quotes, "read", after_all_called(quotes.read, TIMES))
        book = partial(bookings.book, show_id=show.pk, labels=["A1"], by=buyer, key="k")

        results = race(*[book] * TIMES)

        assert len(won(results)) == 1
        assert lost(results) == {Busy: TIMES - 1}

    def check_runs_once(self, call: Callable[[], Booking]) -> Booking:
        before = Booking.objects.count(), IdempotencyKey.objects.count()

        results = race(*[call] * TIMES)

        assert lost(results) == {}
        (result,) = {(each.pk, each.status, each.total, each.expires_at) for each in won(results)}
        done = Booking.objects.get(pk=result[0])
        assert (done.pk, done.status, done.total, done.expires_at) == result
        assert IdempotencyKey.objects.count() == before[1] + 1
        assert Booking.objects.count() in {before[0], before[0] + 1}
        return done

    def test_it_is_booked_once(self, show: Show, buyer: User) -> None:
        for label in ("A1", "A2", "A3", "A4")[:ROUNDS]:
            booked = self.check_runs_once(booking(show, label, "B1", by=buyer, key=label))

            assert events(booked) == ["CONFIRMED", "CONFIRMED"]
            assert owners(show) == {label: 1, "B1": 1}
            bookings.cancel(booking_id=booked.pk, by=buyer)

    def test_it_is_held_once(self, show: Show, buyer: User) -> None:
        for label in ("A1", "A2", "A3", "A4")[:ROUNDS]:
            hold = self.check_runs_once(holding(show, [label], by=buyer, key=label))

            assert events(hold) == ["HELD"]
            assert owners(show) == {label: 1}
            bookings.cancel(booking_id=hold.pk, by=buyer)

    def test_seats_are_picked_once(self, show: Show, buyer: User) -> None:
        for number in range(ROUNDS):
            hold = self.check_runs_once(holding(show, BestAvailable(count=2), by=buyer, key=f"k{number}"))

            assert events(hold) == ["HELD", "HELD"]
            assert sum(owners(show).values()) == 2
            bookings.cancel(booking_id=hold.pk, by=buyer)

    @pytest.mark.parametrize("minutes_left", [5, -1])
    def test_it_is_confirmed_once(self, show: Show, minutes_left: int) -> None:
        for label in ("A1", "A2", "A3", "A4")[:ROUNDS]:
            hold = situations.a_hold(label, show=show, minutes_left=minutes_left)

            confirmed = self.check_runs_once(confirming(hold, key="k"))

            assert confirmed.status == BookingStatus.CONFIRMED
            assert events(confirmed).count("CONFIRMED") == 1
            assert owners(show)[label] == 1

    def test_it_is_extended_once(self, show: Show) -> None:
        for label in ("A1", "A2", "A3", "A4")[:ROUNDS]:
            hold = holding(show, [label], by=situations.a_user())()

            extended = self.check_runs_once(extending(hold, key="k"))

            assert events(extended) == ["HELD", "EXTENDED"]

    @pytest.mark.parametrize("some", [(), ("A1",)])
    def test_it_is_cancelled_once(self, show: Show, some: tuple[str, ...]) -> None:
        for _ in range(ROUNDS):
            booked = situations.a_booking("A1", "A2", show=show)

            cancelled = self.check_runs_once(cancelling(booked, *some, key="k"))

            assert events(cancelled).count("CANCELLED") == len(some or ("A1", "A2"))
            assert owners(show) == ({"A2": 1} if some else {})
            bookings.cancel(booking_id=booked.pk, by=booked.user)

    def test_one_of_different_calls_with_the_same_key_runs(self, show: Show) -> None:
        for buyer in users(ROUNDS):
            earlier = situations.a_booking("C3", show=show, by=buyer)
            calls = [
                *[booking(show, label, by=buyer, key="k") for label in ("A1", "A2")],
                *[holding(show, [label], by=buyer, key="k") for label in ("A1", "A3")],
                holding(show, ONE, by=buyer, key="k"),
                cancelling(earlier, key="k"),
            ]

            results = race(*calls)

            assert len(won(results)) == 1
            assert lost(results) == {IdempotencyKeyReused: len(calls) - 1}
            assert IdempotencyKey.objects.get(user=buyer).result_id == won(results)[0].pk
            Ticket.objects.all().delete()

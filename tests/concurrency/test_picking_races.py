"""Many concurrent calls for the best available seats, and for seats by their labels.

The controls come first: without the lock for picking, and with all calls at the critical moment, the calls collide. So
the tests below can fail.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection

from cinema.booking import holds, locks, seats
from cinema.booking.errors import NotEnoughSeats, SeatsTaken
from cinema.booking.seats import BestAvailable
from cinema.core import transactions
from cinema.core.errors import Busy
from cinema.core.transactions import Conflict, TryAgain
from cinema.models import Booking, Show, Ticket, User
from tests import situations
from tests.concurrency.buyers import booking, holding, lost, owners, users, won
from tests.concurrency.controls import after_all_called
from tests.concurrency.racing import ISOLATION, after, interleave, lost_only_in_read_committed, many_writers, race

pytestmark = pytest.mark.django_db(transaction=True)

ONE = BestAvailable(count=1)


class TestBestAvailable:
    """Concurrent calls about one show."""

    @lost_only_in_read_committed
    @many_writers
    @pytest.mark.usefixtures("only_transactions")
    def test_without_the_lock_and_picking_again_calls_are_refused_while_seats_are_free(
        self, show: Show, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(locks, "show_for_picking", locks.show_for_buying)
        monkeypatch.setattr(seats, "pick", after_all_called(seats.pick, 4))
        monkeypatch.setattr(holds, "PICK_ATTEMPTS", 1)
        monkeypatch.setattr(transactions, "ATTEMPTS", 1)
        hold = holds.acquire

        results = race(*[partial(hold, show_id=show.pk, wanted=ONE, by=buyer) for buyer in users(4)])

        assert len(won(results)) == 1
        assert lost(results) == {TryAgain if connection.vendor == "sqlite" else Busy: 3}
        assert sum(owners(show).values()) == 1

    @lost_only_in_read_committed
    @many_writers
    @pytest.mark.usefixtures("only_transactions")
    def test_without_the_lock_calls_collide(self, show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(locks, "show_for_picking", locks.show_for_buying)
        monkeypatch.setattr(seats, "pick", after_all_called(seats.pick, 4))
        collisions = self.count_collisions(monkeypatch)
        hold = holds.acquire

        race(*[partial(hold, show_id=show.pk, wanted=ONE, by=buyer) for buyer in users(4)])

        assert collisions

    def count_collisions(self, monkeypatch: pytest.MonkeyPatch) -> list[object]:
        """A list that gets one item for each collision."""
        collisions: list[object] = []
        take = seats.take

        def count(*args: Any, **kwargs: Any) -> list[Ticket]:
            try:
                return take(*args, **kwargs)
            except Conflict:
                collisions.append(args)
                raise

        monkeypatch.setattr(seats, "take", count)
        return collisions

    def test_best_available_calls_do_not_collide(self, monkeypatch: pytest.MonkeyPatch) -> None:
        show = situations.a_show(rows=["SSSSSSSS"] * 4)
        collisions = self.count_collisions(monkeypatch)

        results = race(*[holding(show, BestAvailable(count=2), by=buyer) for buyer in users(10)])

        assert lost(results) == {}
        assert sum(owners(show).values()) == 20
        if ISOLATION != "serializable":
            # With SERIALIZABLE, the snapshot is older than the wait for the lock, so it misses what others picked.
            assert collisions == []

    @pytest.mark.parametrize("rows", [["SSSSSSSSSS"] * 3, ["SSSSSSSSSS"] * 5])
    def test_every_call_gets_a_seat_until_none_is_left(self, rows: list[str]) -> None:
        """With too few seats, and with more than enough."""
        show = situations.a_show(rows=rows)
        buyers, rounds = users(16), 3

        def pick(buyer: User) -> list[Booking | Exception]:
            return [outcome_of(holding(show, ONE, by=buyer)) for _ in range(rounds)]

        results = [
            each
            for results_of_one in race(*[partial(pick, buyer) for buyer in buyers])
            for each in as_list(results_of_one)
        ]

        seat_count, demand = len("".join(rows)), len(buyers) * rounds
        assert len(won(results)) == min(seat_count, demand)
        assert lost(results) == ({NotEnoughSeats: demand - seat_count} if demand > seat_count else {})
        assert sum(owners(show).values()) == min(seat_count, demand)
        assert set(owners(show).values()) == {1}

    def test_no_best_available_call_is_refused_while_enough_seats_are_free(self) -> None:
        show = situations.a_show(rows=["SSSSSSSSSS"] * 5)
        labels = [f"{row}{number}" for row in "ABCDE" for number in range(1, 11)]
        pair = BestAvailable(count=2, together=False)

        def pick(buyer: User) -> list[Booking | Exception]:
            return [outcome_of(holding(show, pair, by=buyer)) for _ in range(3)]

        def book_by_label(number: int, buyer: User) -> list[Booking | Exception]:
            return [outcome_of(booking(show, label, by=buyer)) for label in labels[number::5][::3]]

        pickers, bookers = users(10), users(5)
        results = race(
            *[partial(pick, buyer) for buyer in pickers],
            *[partial(book_by_label, number, buyer) for number, buyer in enumerate(bookers)],
        )

        choosing = [each for results_of_one in results[: len(pickers)] for each in as_list(results_of_one)]
        naming = [each for results_of_one in results[len(pickers) :] for each in as_list(results_of_one)]
        sold = sum(owners(show).values())
        assert set(owners(show).values()) == {1}
        assert sold == 2 * len(won(choosing)) + len(won(naming))
        assert set(lost(choosing)) <= {NotEnoughSeats}
        assert set(lost(naming)) <= {SeatsTaken}
        # No seat is released, so seats that are free at the end were free all the time.
        for refusal in choosing:
            if isinstance(refusal, NotEnoughSeats):
                assert (refusal.requested, len(labels) - sold) <= (2, 1)
                assert refusal.available <= 1
        assert sold >= len(labels) - 1

    @many_writers
    @pytest.mark.usefixtures("only_transactions")
    def test_best_available_call_does_not_wait_for_a_call_by_label(self, monkeypatch: pytest.MonkeyPatch) -> None:
        show = situations.a_show(rows=["S_S_S"])
        naming = booking(show, "A1", by=situations.a_user())
        choosing = holding(show, ONE, by=situations.a_user())

        interleaving = interleave(naming, choosing, after(seats, "take"), monkeypatch)

        assert not interleaving.other_waited
        assert len(won([interleaving.first, interleaving.other])) == 2
        assert owners(show) == {"A1": 1, "A2": 1}

    @many_writers
    @pytest.mark.usefixtures("only_transactions")
    def test_call_by_label_does_not_wait_for_a_best_available_call(self, monkeypatch: pytest.MonkeyPatch) -> None:
        show = situations.a_show(rows=["S_S_S"])
        naming = booking(show, "A1", by=situations.a_user())
        choosing = holding(show, ONE, by=situations.a_user())

        interleaving = interleave(choosing, naming, after(seats, "take"), monkeypatch)

        assert not interleaving.other_waited
        assert len(won([interleaving.first, interleaving.other])) == 2
        assert owners(show)["A1"] == 1


def outcome_of(call: Callable[[], Booking]) -> Booking | Exception:
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - an exception is a result
        return error


def as_list(results: list[Booking | Exception] | Exception) -> list[Booking | Exception]:
    return [results] if isinstance(results, Exception) else results

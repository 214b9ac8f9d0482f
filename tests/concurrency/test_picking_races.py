"""Many at once for whom seats are chosen, and who name theirs.

The controls come first: with the lock for picking gone, and everybody at the one moment that matters, they collide.
So the tests below can fail.
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
from cinema.core.transactions import TryAgain
from cinema.models import Booking, Show, User
from tests import situations
from tests.concurrency.buyers import booking, holding, lost, owners, users, won
from tests.concurrency.controls import when_all_have
from tests.concurrency.racing import ISOLATION, after, lost_only_in_read_committed, many_writers, meet, race

pytestmark = pytest.mark.django_db(transaction=True)

ONE = BestAvailable(count=1)


class TestBestAvailable:
    """Those for whom seats are chosen, and those who name theirs, of one show."""

    @lost_only_in_read_committed
    @many_writers
    def test_without_the_lock_for_picking_and_choosing_again_people_are_refused_though_seats_are_free(
        self, show: Show, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(locks, "show_for_picking", locks.show_for_buying)
        monkeypatch.setattr(seats, "pick", when_all_have(seats.pick, 4))
        monkeypatch.setattr(holds, "PICK_ATTEMPTS", 1)
        monkeypatch.setattr(transactions, "ATTEMPTS", 1)
        hold = holds.acquire

        results = race(*[partial(hold, show_id=show.pk, wanted=ONE, by=buyer) for buyer in users(4)])

        assert len(won(results)) == 1
        assert lost(results) == {TryAgain if connection.vendor == "sqlite" else Busy: 3}
        assert sum(owners(show).values()) == 1

    @lost_only_in_read_committed
    @many_writers
    def test_without_the_lock_for_picking_they_collide(self, show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(locks, "show_for_picking", locks.show_for_buying)
        monkeypatch.setattr(seats, "pick", when_all_have(seats.pick, 4))
        collisions = self.count_collisions(monkeypatch)
        hold = holds.acquire

        race(*[partial(hold, show_id=show.pk, wanted=ONE, by=buyer) for buyer in users(4)])

        assert len(collisions) >= 3

    def count_collisions(self, monkeypatch: pytest.MonkeyPatch) -> list[object]:
        """One for each time that somebody was in the way."""
        collisions: list[object] = []
        clear = seats._release_expired_tickets  # noqa: SLF001 - called for each collision, and for nothing else

        def count(*args: Any, **kwargs: Any) -> None:
            collisions.append(args)
            clear(*args, **kwargs)

        monkeypatch.setattr(seats, "_release_expired_tickets", count)
        return collisions

    def test_those_for_whom_seats_are_chosen_do_not_collide(self, monkeypatch: pytest.MonkeyPatch) -> None:
        show = situations.a_show(rows=["SSSSSSSS"] * 4)
        collisions = self.count_collisions(monkeypatch)

        results = race(*[holding(show, BestAvailable(count=2), by=buyer) for buyer in users(10)])

        assert lost(results) == {}
        assert sum(owners(show).values()) == 20
        if ISOLATION != "serializable":
            # There a snapshot is older than the wait for the lock: what others chose meanwhile is not visible in it.
            assert collisions == []

    @pytest.mark.parametrize("rows", [["SSSSSSSSSS"] * 3, ["SSSSSSSSSS"] * 5])
    def test_all_get_a_seat_until_there_is_none(self, rows: list[str]) -> None:
        """Too few for all, and more than enough."""
        show = situations.a_show(rows=rows)
        buyers, rounds = users(16), 3

        def choose(buyer: User) -> list[Booking | Exception]:
            return [outcome_of(holding(show, ONE, by=buyer)) for _ in range(rounds)]

        results = [each for of_one in race(*[partial(choose, buyer) for buyer in buyers]) for each in listed(of_one)]

        seat_count, demand = len("".join(rows)), len(buyers) * rounds
        assert len(won(results)) == min(seat_count, demand)
        assert lost(results) == ({NotEnoughSeats: demand - seat_count} if demand > seat_count else {})
        assert sum(owners(show).values()) == min(seat_count, demand)
        assert set(owners(show).values()) == {1}

    def test_nobody_is_refused_while_enough_seats_are_free_whoever_names_theirs(self) -> None:
        show = situations.a_show(rows=["SSSSSSSSSS"] * 5)
        labels = [f"{row}{number}" for row in "ABCDE" for number in range(1, 11)]
        pair = BestAvailable(count=2, together=False)

        def choose(buyer: User) -> list[Booking | Exception]:
            return [outcome_of(holding(show, pair, by=buyer)) for _ in range(3)]

        def name(number: int, buyer: User) -> list[Booking | Exception]:
            return [outcome_of(booking(show, label, by=buyer)) for label in labels[number::5][::3]]

        chosen_for, by_name = users(10), users(5)
        results = race(
            *[partial(choose, buyer) for buyer in chosen_for],
            *[partial(name, number, buyer) for number, buyer in enumerate(by_name)],
        )

        choosing = [each for of_one in results[: len(chosen_for)] for each in listed(of_one)]
        naming = [each for of_one in results[len(chosen_for) :] for each in listed(of_one)]
        sold = sum(owners(show).values())
        assert set(owners(show).values()) == {1}
        assert sold == 2 * len(won(choosing)) + len(won(naming))
        assert set(lost(choosing)) <= {NotEnoughSeats}
        assert set(lost(naming)) <= {SeatsTaken}
        # Nothing is given back, so seats that are free in the end were free all the time.
        for refusal in choosing:
            if isinstance(refusal, NotEnoughSeats):
                assert (refusal.requested, len(labels) - sold) <= (2, 1)
                assert refusal.available <= 1
        assert sold >= len(labels) - 1

    @many_writers
    def test_they_do_not_wait_for_who_names_seats(self, monkeypatch: pytest.MonkeyPatch) -> None:
        show = situations.a_show(rows=["S_S_S"])
        naming = booking(show, "A1", by=situations.a_user())
        choosing = holding(show, ONE, by=situations.a_user())

        meeting = meet(naming, choosing, after(seats, "take"), monkeypatch)

        assert not meeting.rival_waited
        assert len(won([meeting.first, meeting.rival])) == 2
        assert owners(show) == {"A1": 1, "A2": 1}

    @many_writers
    def test_who_names_seats_does_not_wait_for_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        show = situations.a_show(rows=["S_S_S"])
        naming = booking(show, "A1", by=situations.a_user())
        choosing = holding(show, ONE, by=situations.a_user())

        meeting = meet(choosing, naming, after(seats, "take"), monkeypatch)

        assert not meeting.rival_waited
        assert len(won([meeting.first, meeting.rival])) == 2
        assert owners(show)["A1"] == 1


def outcome_of(call: Callable[[], Booking]) -> Booking | Exception:
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - whatever it raised is its result
        return error


def listed(results: list[Booking | Exception] | Exception) -> list[Booking | Exception]:
    return [results] if isinstance(results, Exception) else results

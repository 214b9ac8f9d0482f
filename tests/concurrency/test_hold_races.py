"""Many at once who hold, confirm, extend and give back; who send a call twice; for whom seats are chosen.

Each class begins with its control: with the guard patched away, and everybody at the one moment that matters, the race
is lost. So the tests below it can fail.
"""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from cinema.booking import bookings, holds, locks, sales, seats
from cinema.booking.errors import (
    HoldExpired,
    HoldLimitReached,
    IdempotencyKeyReused,
    NotEnoughSeats,
    SeatLimitReached,
    SeatsTaken,
)
from cinema.booking.models import BookingStatus
from cinema.booking.seats import BestAvailable
from cinema.core import transactions
from cinema.core.errors import Busy
from cinema.core.transactions import TryAgain
from cinema.models import Booking, IdempotencyKey, Show, Ticket, TicketEvent, User
from tests import situations
from tests.concurrency.buyers import (
    booking,
    canceling,
    confirming,
    extending,
    holding,
    lost,
    owners,
    sweeping,
    users,
    without_the_promise,
    won,
)
from tests.concurrency.racing import (
    ISOLATION,
    after,
    interruptible,
    lost_only_in_read_committed,
    meanwhile,
    meet,
    race,
)

pytestmark = pytest.mark.django_db(transaction=True)

ONE = BestAvailable(count=1)
TIMES = 6
ROUNDS = 4

only_many_writers = pytest.mark.skipif(
    "connection.vendor == 'sqlite'", reason="SQLite has one writer at a time: there everybody waits"
)


def when_all_have(function: Callable[..., Any], parties: int) -> Callable[..., Any]:
    """The function, which returns the first time when so many threads have called it."""
    barrier = threading.Barrier(parties, timeout=30)
    done = threading.local()

    def together(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if not hasattr(done, "once"):
            done.once = True
            barrier.wait()
        return result

    return together


def let_everybody_in(by: User) -> None:
    """Instead of the lock on the user's row."""


def events(of: Booking) -> list[str]:
    return list(TicketEvent.objects.filter(ticket__booking=of).order_by("pk").values_list("kind", flat=True))


class TestSentManyTimes:
    """A client that got no answer sends its call again, and again, while the first is still under way."""

    @lost_only_in_read_committed
    def test_without_the_lock_on_the_user_it_is_refused_its_own_seat(
        self, show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(locks, "user", let_everybody_in)
        monkeypatch.setattr(seats, "named", when_all_have(seats.named, TIMES))
        book = partial(interruptible(bookings.book), show_id=show.pk, labels=["A1"], by=buyer, key="k")

        results = race(*[book] * TIMES)

        assert len(won(results)) == 1
        assert lost(results) == {SeatsTaken: TIMES - 1}

    def check_is_done_once(self, call: Callable[[], Booking]) -> Booking:
        before = Booking.objects.count(), IdempotencyKey.objects.count()

        results = race(*[call] * TIMES)

        assert lost(results) == {}
        (answer,) = {(each.pk, each.status, each.total, each.expires_at) for each in won(results)}
        done = Booking.objects.get(pk=answer[0])
        assert (done.pk, done.status, done.total, done.expires_at) == answer
        assert IdempotencyKey.objects.count() == before[1] + 1
        assert Booking.objects.count() in {before[0], before[0] + 1}
        return done

    def test_it_is_booked_once(self, show: Show, buyer: User) -> None:
        for label in ("A1", "A2", "A3", "A4")[:ROUNDS]:
            booked = self.check_is_done_once(booking(show, label, "B1", by=buyer, key=label))

            assert events(booked) == ["CONFIRMED", "CONFIRMED"]
            assert owners(show) == {label: 1, "B1": 1}
            bookings.cancel(booking_id=booked.pk, by=buyer)

    def test_it_is_held_once(self, show: Show, buyer: User) -> None:
        for label in ("A1", "A2", "A3", "A4")[:ROUNDS]:
            hold = self.check_is_done_once(holding(show, [label], by=buyer, key=label))

            assert events(hold) == ["HELD"]
            assert owners(show) == {label: 1}
            bookings.cancel(booking_id=hold.pk, by=buyer)

    def test_seats_are_chosen_once(self, show: Show, buyer: User) -> None:
        for number in range(ROUNDS):
            hold = self.check_is_done_once(holding(show, BestAvailable(count=2), by=buyer, key=f"k{number}"))

            assert events(hold) == ["HELD", "HELD"]
            assert sum(owners(show).values()) == 2
            bookings.cancel(booking_id=hold.pk, by=buyer)

    @pytest.mark.parametrize("minutes_left", [5, -1])
    def test_it_is_confirmed_once(self, show: Show, minutes_left: int) -> None:
        for label in ("A1", "A2", "A3", "A4")[:ROUNDS]:
            hold = situations.a_hold(label, show=show, minutes_left=minutes_left)

            confirmed = self.check_is_done_once(confirming(hold, key="k"))

            assert confirmed.status == BookingStatus.CONFIRMED
            assert events(confirmed).count("CONFIRMED") == 1
            assert owners(show)[label] == 1

    def test_it_is_extended_once(self, show: Show) -> None:
        for label in ("A1", "A2", "A3", "A4")[:ROUNDS]:
            hold = holding(show, [label], by=situations.a_user())()

            extended = self.check_is_done_once(extending(hold, key="k"))

            assert events(extended) == ["HELD", "EXTENDED"]

    @pytest.mark.parametrize("some", [(), ("A1",)])
    def test_it_is_given_back_once(self, show: Show, some: tuple[str, ...]) -> None:
        for _ in range(ROUNDS):
            booked = situations.a_booking("A1", "A2", show=show)

            canceled = self.check_is_done_once(canceling(booked, *some, key="k"))

            assert events(canceled).count("CANCELLED") == len(some or ("A1", "A2"))
            assert owners(show) == ({"A2": 1} if some else {})
            bookings.cancel(booking_id=booked.pk, by=booked.user)

    def test_of_other_calls_with_the_same_key_one_is_done(self, show: Show) -> None:
        for buyer in users(ROUNDS):
            earlier = situations.a_booking("C3", show=show, by=buyer)
            calls = [
                *[booking(show, label, by=buyer, key="k") for label in ("A1", "A2")],
                *[holding(show, [label], by=buyer, key="k") for label in ("A1", "A3")],
                holding(show, ONE, by=buyer, key="k"),
                canceling(earlier, key="k"),
            ]

            results = race(*calls)

            assert len(won(results)) == 1
            assert lost(results) == {IdempotencyKeyReused: len(calls) - 1}
            assert IdempotencyKey.objects.get(user=buyer).booking == won(results)[0]
            Ticket.objects.all().delete()


class TestTwoTabs:
    """Of one person, and six of them."""

    @lost_only_in_read_committed
    def test_without_the_lock_on_the_user_the_limit_of_holds_is_passed(
        self, show: Show, buyer: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.OPEN_HOLDS_PER_USER = 1
        monkeypatch.setattr(locks, "user", let_everybody_in)
        monkeypatch.setattr(sales, "check_hold_limit", when_all_have(sales.check_hold_limit, 2))
        hold = interruptible(holds.acquire)

        results = race(*[partial(hold, show_id=show.pk, wanted=[label], by=buyer) for label in ("A1", "A2")])

        assert len(won(results)) == 2
        assert owners(show) == {"A1": 1, "A2": 1}

    def test_they_do_not_pass_the_limit_of_holds_together(self, show: Show, settings: Settings) -> None:
        settings.OPEN_HOLDS_PER_USER = 2
        for buyer in users(ROUNDS):
            wishes: list[Any] = [["A1"], ["A2"], ["A3"], ONE, ONE, ["A4"]]
            results = race(*[holding(show, wanted, by=buyer) for wanted in wishes])

            assert len(won(results)) == 2
            assert set(lost(results)) <= {HoldLimitReached, SeatsTaken}
            assert Booking.objects.in_status(BookingStatus.HELD).filter(user=buyer).count() == 2
            assert set(owners(show).values()) == {1}
            Ticket.objects.all().delete()

    def test_they_do_not_pass_the_limit_of_seats_together_however_they_try(
        self, show: Show, settings: Settings
    ) -> None:
        settings.SEATS_PER_USER_AND_SHOW = 3
        for buyer in users(ROUNDS):
            ran_out = situations.a_hold("A1", "A2", show=show, by=buyer, minutes_left=-1)
            results = race(
                confirming(ran_out),
                booking(show, "A3", "A4", by=buyer),
                holding(show, ["A5", "A6"], by=buyer),
                holding(show, BestAvailable(count=2), by=buyer),
            )

            assert len(won(results)) == 1
            assert set(lost(results)) <= {SeatLimitReached, HoldExpired}
            assert Ticket.objects.live().filter(show=show, booking__user=buyer).count() == 2
            Ticket.objects.all().delete()


class TestHoldThatRunsOut:
    """Its buyer wants to confirm it, others want its seat, and it is swept."""

    @lost_only_in_read_committed
    def test_without_the_constraint_it_is_confirmed_and_sold(
        self, show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hold = situations.a_hold("A1", show=show, by=buyer, minutes_left=-1)
        others = booking(show, "A1", by=situations.a_user())
        look = seats.still_free

        def look_too_early(*args: Any, **kwargs: Any) -> list[str]:
            free = look(*args, **kwargs)
            meanwhile(others)
            return free

        monkeypatch.setattr(seats, "still_free", look_too_early)
        with without_the_promise():
            confirmed = interruptible(bookings.confirm)(booking_id=hold.pk, by=buyer)

            assert confirmed.status == BookingStatus.CONFIRMED
            assert owners(show) == {"A1": 2}

    @pytest.mark.parametrize("seconds_left", [-1, 0.01, 0.03])
    def test_it_is_confirmed_or_taken_over_and_not_both(self, show: Show, seconds_left: float) -> None:
        for label in ("A1", "A2", "A3", "A4")[:ROUNDS]:
            hold = situations.a_hold(label, show=show, minutes_left=seconds_left / 60)

            mine, again, *others, _, _ = race(
                *[confirming(hold)] * 2,
                *[booking(show, label, by=buyer) for buyer in users(2)],
                *[holding(show, [label], by=buyer) for buyer in users(2)],
                *[sweeping()] * 2,
            )

            hold.refresh_from_db()
            assert owners(show)[label] == 1
            if isinstance(mine, Booking):
                assert isinstance(again, Booking)
                assert lost(others) == {SeatsTaken: 4}
                assert hold.status == BookingStatus.CONFIRMED
            else:
                assert lost([mine, again]) == {HoldExpired: 2}
                assert len(won(others)) == 1
                assert lost(others) == {SeatsTaken: 3}
                assert hold.status == BookingStatus.EXPIRED
            assert events(hold).count("EXPIRED") <= 1

    def test_sweepers_take_no_seat_from_anybody(self, show: Show) -> None:
        for _ in range(ROUNDS):
            held = [(label, situations.a_hold(label, show=show, minutes_left=-1)) for label in ("A1", "A2", "A3", "A4")]

            results = race(
                *[confirming(hold) for _, hold in held],
                *[booking(show, label, by=situations.a_user()) for label, _ in held],
                *[sweeping(at_most=2)] * 4,
            )

            assert lost(results[:4])[HoldExpired] + len(won(results[:4])) == 4
            assert lost(results[4:8])[SeatsTaken] + len(won(results[4:8])) == 4
            assert lost(results[8:]) == {}
            assert owners(show) == dict.fromkeys(["A1", "A2", "A3", "A4"], 1)
            for confirmed, booked, (_, hold) in zip(results[:4], results[4:8], held, strict=False):
                hold.refresh_from_db()
                assert isinstance(confirmed, Booking) != isinstance(booked, Booking)
                assert hold.status == ("CONFIRMED" if isinstance(confirmed, Booking) else "EXPIRED")
                assert events(hold).count("EXPIRED") == 1
            Ticket.objects.all().delete()


class TestBestAvailable:
    """Those for whom seats are chosen, and those who name theirs, of one show."""

    @lost_only_in_read_committed
    def test_without_the_lock_for_picking_and_choosing_again_people_are_refused_though_seats_are_free(
        self, show: Show, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(locks, "show_for_picking", locks.show_for_buying)
        monkeypatch.setattr(seats, "chosen", when_all_have(seats.chosen, 4))
        monkeypatch.setattr(holds, "CHOICES", 1)
        monkeypatch.setattr(transactions, "ATTEMPTS", 1)
        hold = interruptible(holds.acquire)

        results = race(*[partial(hold, show_id=show.pk, wanted=ONE, by=buyer) for buyer in users(4)])

        assert len(won(results)) == 1
        assert lost(results) == {TryAgain if connection.vendor == "sqlite" else Busy: 3}
        assert sum(owners(show).values()) == 1

    @lost_only_in_read_committed
    def test_without_the_lock_for_picking_they_collide(self, show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(locks, "show_for_picking", locks.show_for_buying)
        monkeypatch.setattr(seats, "chosen", when_all_have(seats.chosen, 4))
        collisions = self.count_collisions(monkeypatch)
        hold = interruptible(holds.acquire)

        race(*[partial(hold, show_id=show.pk, wanted=ONE, by=buyer) for buyer in users(4)])

        assert len(collisions) >= 3

    def count_collisions(self, monkeypatch: pytest.MonkeyPatch) -> list[object]:
        """One for each time that somebody was in the way."""
        collisions: list[object] = []
        clear = seats._clear_the_way  # noqa: SLF001 - called for each collision, and for nothing else

        def count(*args: Any, **kwargs: Any) -> None:
            collisions.append(args)
            clear(*args, **kwargs)

        monkeypatch.setattr(seats, "_clear_the_way", count)
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

    @only_many_writers
    def test_they_do_not_wait_for_who_names_seats(self, monkeypatch: pytest.MonkeyPatch) -> None:
        show = situations.a_show(rows=["S_S_S"])
        naming = booking(show, "A1", by=situations.a_user())
        choosing = holding(show, ONE, by=situations.a_user())

        meeting = meet(naming, choosing, after(seats, "take"), monkeypatch)

        assert not meeting.rival_waited
        assert len(won([meeting.first, meeting.rival])) == 2
        assert owners(show) == {"A1": 1, "A2": 1}

    @only_many_writers
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

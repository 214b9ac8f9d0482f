"""Concurrent calls that confirm an expiring hold, book its seats, and release it.

The control comes first: without the constraint, a booking at the critical moment sells a seat twice. So the tests below
can fail.
"""

from typing import Any

import pytest

from cinema.booking import bookings, seats
from cinema.booking.errors import HoldExpired, SeatsTaken
from cinema.booking.models import BookingStatus
from cinema.models import Booking, Seat, Show, Ticket, User
from tests import situations
from tests.concurrency.buyers import (
    booking,
    confirming,
    holding,
    lost,
    owners,
    releasing_expired,
    users,
    without_ticket_constraint,
    won,
)
from tests.concurrency.outcomes import events
from tests.concurrency.racing import lost_only_in_read_committed, many_writers, race, run_on_another_connection

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4


class TestExpiringHold:
    """Its owner confirms it, other buyers request its seat, and the `tidy` command releases it."""

    @lost_only_in_read_committed
    @many_writers
    def test_without_the_constraint_it_is_confirmed_and_sold(
        self, show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hold = situations.a_hold("A1", show=show, by=buyer, minutes_left=-1)
        others = booking(show, "A1", by=situations.a_user())
        still_free = seats.still_free

        def book_after_check(*args: Any, **kwargs: Any) -> list[Seat]:
            free = still_free(*args, **kwargs)
            run_on_another_connection(others)
            return free

        monkeypatch.setattr(seats, "still_free", book_after_check)
        # Otherwise the other buyer waits for the lock on the hold.
        monkeypatch.setattr(seats, "make_way", lambda *_, **__: None)
        with without_ticket_constraint():
            confirmed = bookings.confirm(booking_id=hold.pk, by=buyer)

            assert confirmed.status == BookingStatus.CONFIRMED
            assert owners(show) == {"A1": 2}

    # The positive ones let the hold expire during the race. The assertions hold whenever it expires.
    @pytest.mark.parametrize("seconds_left", [-1, 0.01, 0.03])
    def test_it_is_either_confirmed_or_sold_to_another_buyer(self, show: Show, seconds_left: float) -> None:
        for label in ("A1", "A2", "A3", "A4")[:ROUNDS]:
            hold = situations.a_hold(label, show=show, minutes_left=seconds_left / 60)

            mine, again, *others, _, _ = race(
                *[confirming(hold)] * 2,
                *[booking(show, label, by=buyer) for buyer in users(2)],
                *[holding(show, [label], by=buyer) for buyer in users(2)],
                *[releasing_expired()] * 2,
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

    def test_releasing_expired_holds_takes_no_seat_from_a_buyer(self, show: Show) -> None:
        for _ in range(ROUNDS):
            held = [(label, situations.a_hold(label, show=show, minutes_left=-1)) for label in ("A1", "A2", "A3", "A4")]

            results = race(
                *[confirming(hold) for _, hold in held],
                *[booking(show, label, by=situations.a_user()) for label, _ in held],
                *[releasing_expired(at_most=2)] * 4,
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

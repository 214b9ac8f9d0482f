"""Two buyers and one seat: each call is interrupted by the other at each of its moments. See `moments`."""

from typing import Any

import pytest

from cinema.booking import holds, seats
from cinema.booking.errors import NotEnoughSeats, SeatsTaken
from cinema.models import Show, User
from tests import situations
from tests.concurrency.calls import ONE, booking, cancelling, holding
from tests.concurrency.moments import BOOKING, CANCELLING, PICKING, interrupting
from tests.concurrency.outcomes import FREE, PRICE, RunBoth, booking_count, is_refusal, owners, state
from tests.concurrency.racing import ISOLATION, run_on_another_connection

# SQLite has one writer at a time, so most of these interleavings cannot happen there.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


class TestCancelledSeat:
    """Ann cancels a seat that Bob wants."""

    # After Bob has read the quote, he is refused regardless of what Ann does.
    @interrupting(ann=CANCELLING, bob=BOOKING[:3])
    def test_it_can_be_booked_afterwards(self, show: Show, ann: User, bob: User, run_both: RunBoth) -> None:
        booked = situations.a_booking("A1", show=show, by=ann)

        came_first, got = run_both(ann=cancelling(booked), bob=booking("A1", show=show, by=bob))

        assert got["ann"] == booked
        assert state(booked) == ("CANCELLED", FREE)
        # With SERIALIZABLE, Bob's snapshot may be older than what Ann did while he was interrupted.
        is_older = ISOLATION == "serializable" and isinstance(got["bob"], SeatsTaken)
        if came_first == "ann" and not is_older:
            assert state(got["bob"]) == ("CONFIRMED", PRICE)
            assert owners(show) == {"A1": "bob"}
        else:
            assert is_refusal(got["bob"], SeatsTaken, seats=["A1"])
            assert (booking_count(show), owners(show)) == (1, {})


class TestBestAvailable:
    """Ann requests the best available seat, and Bob the same seat by its label."""

    @interrupting(ann=PICKING, bob=BOOKING)
    def test_another_seat_is_picked_if_it_was_taken(self, ann: User, bob: User, run_both: RunBoth) -> None:
        show = situations.a_show(rows=["S_S_S"])

        came_first, got = run_both(ann=holding(ONE, show, ann), bob=booking("A2", show=show, by=bob))

        assert state(got["ann"]) == ("HELD", PRICE)
        if came_first == "ann":
            assert is_refusal(got["bob"], SeatsTaken, seats=["A2"])
            assert (booking_count(show), owners(show)) == (1, {"A2": "ann"})
        else:
            assert state(got["bob"]) == ("CONFIRMED", PRICE)
            assert (booking_count(show), owners(show)) == (2, {"A1": "ann", "A2": "bob"})

    @interrupting(ann=PICKING, bob=BOOKING)
    def test_one_of_them_gets_the_last_seat(self, ann: User, bob: User, run_both: RunBoth) -> None:
        show = situations.a_show(rows=["S"])

        came_first, got = run_both(ann=holding(ONE, show, ann), bob=booking("A1", show=show, by=bob))

        if came_first == "ann":
            assert is_refusal(got["bob"], SeatsTaken, seats=["A1"], alternatives=[])
        else:
            assert is_refusal(got["ann"], NotEnoughSeats, requested=1, available=0)
        assert (booking_count(show), owners(show)) == (1, {"A1": came_first})

    @interrupting(ann=PICKING)
    def test_two_best_available_calls_get_different_seats(self, ann: User, bob: User, run_both: RunBoth) -> None:
        show = situations.a_show(rows=["S_S_S"])

        came_first, got = run_both(ann=holding(ONE, show, ann), bob=holding(ONE, show, bob))

        (second,) = got.keys() - {came_first}
        assert owners(show) == {"A2": came_first, "A1": second}
        assert {state(hold) for hold in got.values()} == {("HELD", PRICE)}

    @pytest.mark.postgresql(reason="SQLite has one writer at a time, so no other call can take the picked seat")
    @pytest.mark.usefixtures("only_transactions")
    def test_seats_are_picked_again_each_time_they_were_taken(self, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
        show = situations.a_show(rows=["SSSSSSSS"])
        others = [situations.a_user() for _ in range(holds.PICK_ATTEMPTS + 1)]
        pick = seats.pick

        def pick_and_lose(*args: Any, **kwargs: Any) -> Any:
            picked = pick(*args, **kwargs)
            if others:
                run_on_another_connection(booking(picked[0].label, show=show, by=others.pop()))
            return picked

        monkeypatch.setattr(seats, "pick", pick_and_lose)
        hold = holding(ONE, show, ann)()

        assert not others
        assert state(hold) == ("HELD", PRICE)
        assert len(owners(show)) == holds.PICK_ATTEMPTS + 2
        assert booking_count(show) == holds.PICK_ATTEMPTS + 2

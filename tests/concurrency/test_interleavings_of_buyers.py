"""Two buyers and one seat, each at each moment of what the other one does; see `moments`."""

from typing import Any

import pytest

from cinema.booking import holds, seats
from cinema.booking.errors import NotEnoughSeats, SeatsTaken
from cinema.models import Show, User
from tests import situations
from tests.concurrency.acts import ONE, booking, canceling, holding
from tests.concurrency.moments import BOOKING, CANCELING, PICKING, interrupting
from tests.concurrency.outcomes import FREE, PRICE, AtOnce, is_refusal, owners, state, stored
from tests.concurrency.racing import ISOLATION, before, meanwhile, meet

# SQLite has one writer at a time, so most of these interleavings cannot happen there.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


class TestSeatGivenBack:
    """Ann gives a seat back that Bob wants."""

    @interrupting(ann=CANCELING, bob=BOOKING[:4])
    def test_it_is_had_by_who_comes_after(self, show: Show, ann: User, bob: User, at_once: AtOnce) -> None:
        booked = situations.a_booking("A1", show=show, by=ann)

        came_first, got = at_once(ann=canceling(booked), bob=booking("A1", show=show, by=bob))

        assert got["ann"] == booked
        assert state(booked) == ("CANCELLED", FREE)
        if came_first == "ann":
            assert state(got["bob"]) == ("CONFIRMED", PRICE)
            assert owners(show) == {"A1": "bob"}
        else:
            assert is_refusal(got["bob"], SeatsTaken, seats=["A1"])
            assert (stored(show), owners(show)) == (1, {})

    def test_he_gets_it_if_she_gives_it_back_when_he_has_just_found_it_taken(
        self, show: Show, ann: User, bob: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        booked = situations.a_booking("A1", show=show, by=ann)

        meeting = meet(
            booking("A1", show=show, by=bob), canceling(booked), before(seats, "_release_expired_tickets"), monkeypatch
        )

        assert state(booked) == ("CANCELLED", FREE)
        if meeting.rival_waited or ISOLATION == "serializable":
            # A snapshot is as old as the transaction: there he has come before her.
            assert is_refusal(meeting.first, SeatsTaken, seats=["A1"])
            assert (stored(show), owners(show)) == (1, {})
        else:
            assert state(meeting.first) == ("CONFIRMED", PRICE)
            assert owners(show) == {"A1": "bob"}


class TestBestAvailable:
    """Seats are chosen for Ann; Bob names his, the very ones."""

    @interrupting(ann=PICKING, bob=BOOKING)
    def test_she_gets_others_if_he_was_faster(self, ann: User, bob: User, at_once: AtOnce) -> None:
        show = situations.a_show(rows=["S_S_S"])

        came_first, got = at_once(ann=holding(ONE, show, ann), bob=booking("A2", show=show, by=bob))

        assert state(got["ann"]) == ("HELD", PRICE)
        if came_first == "ann":
            assert is_refusal(got["bob"], SeatsTaken, seats=["A2"])
            assert (stored(show), owners(show)) == (1, {"A2": "ann"})
        else:
            assert state(got["bob"]) == ("CONFIRMED", PRICE)
            assert (stored(show), owners(show)) == (2, {"A1": "ann", "A2": "bob"})

    @interrupting(ann=PICKING, bob=BOOKING)
    def test_one_of_them_gets_the_last_seat(self, ann: User, bob: User, at_once: AtOnce) -> None:
        show = situations.a_show(rows=["S"])

        came_first, got = at_once(ann=holding(ONE, show, ann), bob=booking("A1", show=show, by=bob))

        if came_first == "ann":
            assert is_refusal(got["bob"], SeatsTaken, seats=["A1"], alternatives=[])
        else:
            assert is_refusal(got["ann"], NotEnoughSeats, requested=1, available=0)
        assert (stored(show), owners(show)) == (1, {"A1": came_first})

    @interrupting(ann=PICKING)
    def test_two_for_whom_seats_are_chosen_get_different_ones(self, ann: User, bob: User, at_once: AtOnce) -> None:
        show = situations.a_show(rows=["S_S_S"])

        came_first, got = at_once(ann=holding(ONE, show, ann), bob=holding(ONE, show, bob))

        (second,) = got.keys() - {came_first}
        assert owners(show) == {"A2": came_first, "A1": second}
        assert {state(hold) for hold in got.values()} == {("HELD", PRICE)}

    @pytest.mark.postgresql(reason="SQLite has one writer at a time: nobody else can take a seat between the two steps")
    def test_she_gets_some_though_others_are_faster_time_and_again(
        self, ann: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        show = situations.a_show(rows=["SSSSSSSS"])
        others = [situations.a_user() for _ in range(holds.PICK_ATTEMPTS + 1)]
        choose = seats.pick

        def chosen_too_slowly(*args: Any, **kwargs: Any) -> Any:
            choice = choose(*args, **kwargs)
            if others:
                meanwhile(booking(choice[0].label, show=show, by=others.pop()))
            return choice

        monkeypatch.setattr(seats, "pick", chosen_too_slowly)
        hold = holding(ONE, show, ann)()

        assert not others
        assert state(hold) == ("HELD", PRICE)
        assert len(owners(show)) == holds.PICK_ATTEMPTS + 2
        assert stored(show) == holds.PICK_ATTEMPTS + 2

"""An expired hold: each of two calls about it is interrupted by the other at each of its moments. See `moments`.

The control comes first: without the lock on bookings a confirmation is overwritten, so the tests below can fail.
"""

from functools import partial

import pytest

from cinema.booking import blocks, history, holds, locks, promises, seats
from cinema.booking.errors import HoldExpired, SeatsTaken
from cinema.models import Booking, Show, User
from tests import situations
from tests.concurrency.calls import ONE, booking, cancelling, confirming, extending, holding, releasing_expired
from tests.concurrency.moments import (
    BOOKING_EXPIRED,
    CONFIRMING_EXPIRED,
    EXTENDING_EXPIRED,
    RELEASING_EXPIRED,
    REPLACING_EXPIRED,
    SHOW,
    USER,
    interrupting,
    through,
)
from tests.concurrency.outcomes import PRICE, RunBoth, booking_count, events, is_refusal, owners, state
from tests.concurrency.racing import ISOLATION, after, interleave, lost_only_in_read_committed, many_writers

# SQLite has one writer at a time, so most of these interleavings cannot happen there.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@lost_only_in_read_committed
@many_writers
def test_without_the_lock_on_bookings_a_confirmation_is_overwritten(
    show: Show, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither call waits, and the release writes what it read before the confirmation."""
    hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)
    monkeypatch.setattr(
        locks, "expired_unreleased_holds", lambda at_most: list(Booking.objects.expired_unreleased()[:at_most])
    )
    monkeypatch.setattr(locks, "bookings", lambda pks: list(Booking.objects.filter(pk__in=set(pks))))
    release = partial(holds.release_expired, at_most=100)

    interleaving = interleave(release, confirming(hold), after(locks, "bookings"), monkeypatch)

    assert not interleaving.other_waited
    assert interleaving.other.status == "CONFIRMED"
    assert state(hold) == ("EXPIRED", PRICE)
    assert owners(show) == {"A1": "ann"}


class TestExpiredHold:
    """Ann's hold has expired and is not released. Ann and another caller request its seats."""

    @interrupting(bob=BOOKING_EXPIRED, ann=CONFIRMING_EXPIRED)
    def test_it_is_either_confirmed_or_booked_by_another_user(
        self, show: Show, ann: User, bob: User, run_both: RunBoth
    ) -> None:
        hold = situations.a_hold("A1", "A2", show=show, by=ann, minutes_left=-1)

        came_first, got = run_both(ann=confirming(hold), bob=booking("A2", "A3", show=show, by=bob))

        if came_first == "ann":
            assert is_refusal(got["bob"], SeatsTaken, seats=["A2"])
            assert got["ann"] == hold
            assert state(hold) == ("CONFIRMED", 2 * PRICE)
            assert owners(show) == {"A1": "ann", "A2": "ann"}
            assert booking_count(show) == 1
        else:
            assert is_refusal(got["ann"], HoldExpired, still_available=["A1"])
            assert state(hold) == ("EXPIRED", 2 * PRICE)
            assert state(got["bob"]) == ("CONFIRMED", 2 * PRICE)
            assert owners(show) == {"A2": "bob", "A3": "bob"}

    @interrupting(ann=through(USER, SHOW, (locks, "booking_of"), (locks, "bookings"), (history, "record_expiry")))
    def test_it_is_confirmed_after_another_user_has_cancelled_its_seat(
        self, show: Show, ann: User, bob: User, run_both: RunBoth
    ) -> None:
        hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)
        booked = booking("A1", show=show, by=bob)()

        _, got = run_both(ann=confirming(hold), bob=cancelling(booked))

        # With SERIALIZABLE, Ann's snapshot may be older than what Bob did while she was interrupted.
        if ISOLATION == "serializable" and isinstance(got["ann"], HoldExpired):
            assert (state(hold), owners(show)) == (("EXPIRED", PRICE), {})
        else:
            assert (state(hold), owners(show)) == (("CONFIRMED", PRICE), {"A1": "ann"})
            assert got["ann"].confirmed_at > got["bob"].cancelled_at
        assert not promises.violations()

    @interrupting(bob=[after(seats, "pick"), *REPLACING_EXPIRED], ann=CONFIRMING_EXPIRED)
    def test_it_is_either_confirmed_or_picked_for_another_user(self, ann: User, bob: User, run_both: RunBoth) -> None:
        show = situations.a_show(rows=["S_S_S"])
        hold = situations.a_hold("A2", show=show, by=ann, minutes_left=-1)

        came_first, got = run_both(ann=confirming(hold), bob=holding(ONE, show, bob))

        if came_first == "ann":
            assert state(hold) == ("CONFIRMED", PRICE)
            assert owners(show) == {"A1": "bob", "A2": "ann"}
        else:
            assert is_refusal(got["ann"], HoldExpired, still_available=[])
            assert state(hold) == ("EXPIRED", PRICE)
            assert owners(show) == {"A2": "bob"}
        assert state(got["bob"]) == ("HELD", PRICE)

    @interrupting(bob=REPLACING_EXPIRED, ann=CONFIRMING_EXPIRED)
    def test_it_is_either_confirmed_or_blocked(self, show: Show, ann: User, run_both: RunBoth) -> None:
        hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)

        came_first, got = run_both(ann=confirming(hold), bob=partial(blocks.block, show_id=show.pk, labels=["A1"]))

        if came_first == "ann":
            assert is_refusal(got["bob"], SeatsTaken, seats=["A1"])
            assert (state(hold), owners(show)) == (("CONFIRMED", PRICE), {"A1": "ann"})
        else:
            assert is_refusal(got["ann"], HoldExpired, still_available=[])
            assert (state(hold), owners(show)) == (("EXPIRED", PRICE), {"A1": "staff"})

    @interrupting(bob=BOOKING_EXPIRED, ann=EXTENDING_EXPIRED)
    def test_it_is_not_extended(self, show: Show, ann: User, bob: User, run_both: RunBoth) -> None:
        hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)

        came_first, got = run_both(ann=extending(hold), bob=booking("A1", show=show, by=bob))

        assert is_refusal(got["ann"], HoldExpired, still_available=["A1"] if came_first == "ann" else [])
        assert state(got["bob"]) == ("CONFIRMED", PRICE)
        assert state(hold) == ("EXPIRED", PRICE)
        assert owners(show) == {"A1": "bob"}

    @interrupting(bob=BOOKING_EXPIRED)
    def test_one_of_two_buyers_gets_it(self, show: Show, bob: User, run_both: RunBoth) -> None:
        hold = situations.a_hold("A1", show=show, minutes_left=-1)
        cem = situations.a_user("cem")

        came_first, got = run_both(bob=booking("A1", show=show, by=bob), cem=booking("A1", show=show, by=cem))

        (too_late,) = got.keys() - {came_first}
        assert state(got[came_first]) == ("CONFIRMED", PRICE)
        assert is_refusal(got[too_late], SeatsTaken, seats=["A1"])
        assert state(hold) == ("EXPIRED", PRICE)
        assert owners(show) == {"A1": came_first}
        assert booking_count(show) == 2

    @interrupting(bob=BOOKING_EXPIRED, tidy=RELEASING_EXPIRED)
    def test_release_takes_no_seat_from_a_new_buyer(self, show: Show, bob: User, run_both: RunBoth) -> None:
        hold = situations.a_hold("A1", "A2", show=show, minutes_left=-1)

        _, got = run_both(bob=booking("A1", show=show, by=bob), tidy=releasing_expired)

        assert got["tidy"] in {0, 1}
        assert state(got["bob"]) == ("CONFIRMED", PRICE)
        assert state(hold) == ("EXPIRED", 2 * PRICE)
        assert events(hold) == ["EXPIRED", "EXPIRED"]
        assert owners(show) == {"A1": "bob"}
        assert releasing_expired() == 0

    @interrupting(ann=CONFIRMING_EXPIRED, tidy=RELEASING_EXPIRED)
    def test_release_takes_no_seat_from_the_confirming_owner(self, show: Show, ann: User, run_both: RunBoth) -> None:
        hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)

        _, got = run_both(ann=confirming(hold), tidy=releasing_expired)

        assert got["tidy"] in {0, 1}
        assert got["ann"] == hold
        assert state(hold) == ("CONFIRMED", PRICE)
        assert events(hold) == ["EXPIRED", "CONFIRMED"]
        assert owners(show) == {"A1": "ann"}

    @interrupting(tidy=RELEASING_EXPIRED)
    def test_it_is_released_once(self, show: Show, run_both: RunBoth) -> None:
        hold = situations.a_hold("A1", show=show, minutes_left=-1)

        _, got = run_both(tidy=releasing_expired, other=releasing_expired)

        assert sorted(got.values()) == [0, 1]
        assert events(hold) == ["EXPIRED"]
        assert owners(show) == {}

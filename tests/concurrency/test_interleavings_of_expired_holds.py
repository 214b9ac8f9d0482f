"""A hold that ran out, confirmed late, taken over, blocked or swept: two of these, each at each moment of the other.

See `moments`. The control comes first: with the lock on bookings gone a confirmation is swept away, so the tests below
can fail.
"""

from functools import partial

import pytest

from cinema.booking import blocks, holds, locks, seats
from cinema.booking.errors import HoldExpired, SeatsTaken
from cinema.models import Booking, Show, User
from tests import situations
from tests.concurrency.acts import ONE, booking, confirming, extending, holding, sweeping
from tests.concurrency.moments import CLEARING, CONFIRMING_LATE, EXTENDING_TOO_LATE, SWEEPING, TAKING_OVER, interrupting
from tests.concurrency.outcomes import PRICE, AtOnce, events, is_refusal, owners, state, stored
from tests.concurrency.racing import after, lost_only_in_read_committed, many_writers, meet

# SQLite has one writer at a time, so most of these interleavings cannot happen there.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@lost_only_in_read_committed
@many_writers
def test_without_the_lock_on_bookings_a_confirmation_is_swept_away(
    show: Show, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: nobody waits, and what the sweeper has read is true no more when it writes."""
    hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)
    monkeypatch.setattr(
        locks, "expired_unreleased_holds", lambda at_most: list(Booking.objects.expired_unreleased()[:at_most])
    )
    monkeypatch.setattr(locks, "bookings", lambda pks: list(Booking.objects.filter(pk__in=set(pks))))
    sweep = partial(holds.release_expired, at_most=100)

    meeting = meet(sweep, confirming(hold), after(locks, "bookings"), monkeypatch)

    assert not meeting.rival_waited
    assert meeting.rival.status == "CONFIRMED"
    assert state(hold) == ("EXPIRED", PRICE)
    assert owners(show) == {"A1": "ann"}


class TestHoldThatRanOut:
    """Ann's hold ran out and nobody has noticed; she still wants it, and so does somebody else."""

    @interrupting(bob=TAKING_OVER, ann=CONFIRMING_LATE)
    def test_it_is_confirmed_or_taken_over(self, show: Show, ann: User, bob: User, at_once: AtOnce) -> None:
        hold = situations.a_hold("A1", "A2", show=show, by=ann, minutes_left=-1)

        came_first, got = at_once(ann=confirming(hold), bob=booking("A2", "A3", show=show, by=bob))

        if came_first == "ann":
            assert is_refusal(got["bob"], SeatsTaken, seats=["A2"])
            assert got["ann"] == hold
            assert state(hold) == ("CONFIRMED", 2 * PRICE)
            assert owners(show) == {"A1": "ann", "A2": "ann"}
            assert stored(show) == 1
        else:
            assert is_refusal(got["ann"], HoldExpired, still_available=["A1"])
            assert state(hold) == ("EXPIRED", 2 * PRICE)
            assert state(got["bob"]) == ("CONFIRMED", 2 * PRICE)
            assert owners(show) == {"A2": "bob", "A3": "bob"}

    @interrupting(bob=[after(seats, "pick"), *CLEARING], ann=CONFIRMING_LATE)
    def test_it_is_confirmed_or_chosen_for_somebody(self, ann: User, bob: User, at_once: AtOnce) -> None:
        show = situations.a_show(rows=["S_S_S"])
        hold = situations.a_hold("A2", show=show, by=ann, minutes_left=-1)

        came_first, got = at_once(ann=confirming(hold), bob=holding(ONE, show, bob))

        if came_first == "ann":
            assert state(hold) == ("CONFIRMED", PRICE)
            assert owners(show) == {"A1": "bob", "A2": "ann"}
        else:
            assert is_refusal(got["ann"], HoldExpired, still_available=[])
            assert state(hold) == ("EXPIRED", PRICE)
            assert owners(show) == {"A2": "bob"}
        assert state(got["bob"]) == ("HELD", PRICE)

    @interrupting(bob=CLEARING, ann=CONFIRMING_LATE)
    def test_it_is_confirmed_or_blocked(self, show: Show, ann: User, at_once: AtOnce) -> None:
        hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)

        came_first, got = at_once(ann=confirming(hold), bob=partial(blocks.block, show_id=show.pk, labels=["A1"]))

        if came_first == "ann":
            assert is_refusal(got["bob"], SeatsTaken, seats=["A1"])
            assert (state(hold), owners(show)) == (("CONFIRMED", PRICE), {"A1": "ann"})
        else:
            assert is_refusal(got["ann"], HoldExpired, still_available=[])
            assert (state(hold), owners(show)) == (("EXPIRED", PRICE), {"A1": "staff"})

    @interrupting(bob=TAKING_OVER, ann=EXTENDING_TOO_LATE)
    def test_it_is_not_extended_whoever_takes_it_over(self, show: Show, ann: User, bob: User, at_once: AtOnce) -> None:
        hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)

        came_first, got = at_once(ann=extending(hold), bob=booking("A1", show=show, by=bob))

        assert is_refusal(got["ann"], HoldExpired, still_available=["A1"] if came_first == "ann" else [])
        assert state(got["bob"]) == ("CONFIRMED", PRICE)
        assert state(hold) == ("EXPIRED", PRICE)
        assert owners(show) == {"A1": "bob"}

    @interrupting(bob=TAKING_OVER)
    def test_two_who_want_it_do_not_both_get_it(self, show: Show, bob: User, at_once: AtOnce) -> None:
        hold = situations.a_hold("A1", show=show, minutes_left=-1)
        cem = situations.a_user("cem")

        came_first, got = at_once(bob=booking("A1", show=show, by=bob), cem=booking("A1", show=show, by=cem))

        (too_late,) = got.keys() - {came_first}
        assert state(got[came_first]) == ("CONFIRMED", PRICE)
        assert is_refusal(got[too_late], SeatsTaken, seats=["A1"])
        assert state(hold) == ("EXPIRED", PRICE)
        assert owners(show) == {"A1": came_first}
        assert stored(show) == 2

    @interrupting(bob=TAKING_OVER, sweeper=SWEEPING)
    def test_sweeping_takes_nothing_from_who_takes_it_over(self, show: Show, bob: User, at_once: AtOnce) -> None:
        hold = situations.a_hold("A1", "A2", show=show, minutes_left=-1)

        _, got = at_once(bob=booking("A1", show=show, by=bob), sweeper=sweeping)

        assert got["sweeper"] in {0, 1}
        assert state(got["bob"]) == ("CONFIRMED", PRICE)
        assert state(hold) == ("EXPIRED", 2 * PRICE)
        assert events(hold) == ["EXPIRED", "EXPIRED"]
        assert owners(show) == {"A1": "bob"}
        assert sweeping() == 0

    @interrupting(ann=CONFIRMING_LATE, sweeper=SWEEPING)
    def test_sweeping_takes_nothing_from_who_confirms_it_late(self, show: Show, ann: User, at_once: AtOnce) -> None:
        hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)

        _, got = at_once(ann=confirming(hold), sweeper=sweeping)

        assert got["sweeper"] in {0, 1}
        assert got["ann"] == hold
        assert state(hold) == ("CONFIRMED", PRICE)
        assert events(hold) == ["EXPIRED", "CONFIRMED"]
        assert owners(show) == {"A1": "ann"}

    @interrupting(sweeper=SWEEPING)
    def test_two_sweepers_sweep_it_once(self, show: Show, at_once: AtOnce) -> None:
        hold = situations.a_hold("A1", show=show, minutes_left=-1)

        _, got = at_once(sweeper=sweeping, other=sweeping)

        assert sorted(got.values()) == [0, 1]
        assert events(hold) == ["EXPIRED"]
        assert owners(show) == {}

"""A show is cancelled at each moment of another call, and the other call runs at each moment of the cancellation.

See `moments`.
"""

from typing import Any

import pytest

from cinema.booking.errors import BookingCancelled, HoldExpired, ShowNotOnSale
from cinema.booking.status import ShowStatus
from cinema.models import Show, Ticket, User
from tests import situations
from tests.concurrency.calls import ONE, booking, cancelling, cancelling_show, confirming, holding, releasing_expired
from tests.concurrency.moments import (
    BOOKING,
    CANCELLING,
    CANCELLING_SHOW,
    CONFIRMING,
    CONFIRMING_EXPIRED,
    PICKING,
    RELEASING_EXPIRED,
    interrupting,
)
from tests.concurrency.outcomes import FREE, PRICE, RunBoth, booking_count, events, is_refusal, owners, state

# SQLite has one writer at a time, so most of these interleavings cannot happen there.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once, pytest.mark.deep]


class TestCancelledShow:
    """A show is cancelled while Ann books, holds, confirms or cancels."""

    @interrupting(ann=BOOKING, staff=CANCELLING_SHOW[:4])
    def test_booking_is_either_cancelled_or_refused(self, show: Show, ann: User, run_both: RunBoth) -> None:

        came_first, got = run_both(ann=booking("A1", show=show, by=ann), staff=cancelling_show(show))

        self.check_cancelled_or_refused(show, came_first, got, status="CONFIRMED")

    @interrupting(ann=BOOKING, staff=CANCELLING_SHOW[:4])
    def test_hold_is_either_cancelled_or_refused(self, show: Show, ann: User, run_both: RunBoth) -> None:

        came_first, got = run_both(ann=holding(["A1"], show, ann), staff=cancelling_show(show))

        self.check_cancelled_or_refused(show, came_first, got, status="HELD")

    @interrupting(ann=PICKING, staff=CANCELLING_SHOW[:4])
    def test_best_available_hold_is_either_cancelled_or_refused(self, ann: User, run_both: RunBoth) -> None:
        show = situations.a_show(rows=["S"])

        came_first, got = run_both(ann=holding(ONE, show, ann), staff=cancelling_show(show))

        self.check_cancelled_or_refused(show, came_first, got, status="HELD")

    @interrupting(ann=CONFIRMING, staff=CANCELLING_SHOW)
    def test_hold_is_confirmed_first_or_refused(self, show: Show, ann: User, run_both: RunBoth) -> None:
        hold = holding(["A1"], show, ann)()

        came_first, got = run_both(ann=confirming(hold), staff=cancelling_show(show))

        if came_first == "ann":
            assert got["ann"].status == "CONFIRMED"
            assert events(hold) == ["HELD", "CONFIRMED", "CANCELLED"]
        else:
            hold.refresh_from_db()
            assert is_refusal(got["ann"], BookingCancelled, cancelled_at=hold.cancelled_at)
            assert events(hold) == ["HELD", "CANCELLED"]
        assert got["staff"] == show
        assert (state(hold), owners(show)) == (("CANCELLED", FREE), {})

    @interrupting(ann=CONFIRMING_EXPIRED, staff=CANCELLING_SHOW)
    def test_expired_hold_is_confirmed_first_or_refused(self, show: Show, ann: User, run_both: RunBoth) -> None:
        hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)

        came_first, got = run_both(ann=confirming(hold), staff=cancelling_show(show))

        if came_first == "ann":
            assert got["ann"].status == "CONFIRMED"
            assert state(hold) == ("CANCELLED", FREE)
        else:
            assert is_refusal(got["ann"], HoldExpired, still_available=[])
            assert state(hold) == ("EXPIRED", PRICE)
        assert got["staff"] == show
        assert owners(show) == {}

    @interrupting(ann=CANCELLING, staff=CANCELLING_SHOW)
    def test_booking_is_cancelled_once(self, show: Show, ann: User, run_both: RunBoth) -> None:
        booked = situations.a_booking("A1", "A2", show=show, by=ann)

        came_first, got = run_both(ann=cancelling(booked, "A1"), staff=cancelling_show(show))

        assert got == {"ann": booked, "staff": show}
        assert got["ann"].status == ("CONFIRMED" if came_first == "ann" else "CANCELLED")
        assert events(booked) == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CANCELLED"]
        assert (state(booked), owners(show)) == (("CANCELLED", FREE), {})

    @interrupting(tidy=RELEASING_EXPIRED, staff=CANCELLING_SHOW)
    def test_expired_hold_stays_expired(self, show: Show, ann: User, run_both: RunBoth) -> None:
        hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)

        _, got = run_both(tidy=releasing_expired, staff=cancelling_show(show))

        assert got["staff"] == show
        assert state(hold) == ("EXPIRED", PRICE)
        assert events(hold) == ["EXPIRED"]
        assert owners(show) == {}

    def check_cancelled_or_refused(self, show: Show, came_first: str, got: dict[str, Any], *, status: str) -> None:
        assert got["staff"] == show
        if came_first == "ann":
            assert got["ann"].status == status
            assert state(got["ann"]) == ("CANCELLED", FREE)
            assert booking_count(show) == 1
        else:
            assert is_refusal(got["ann"], ShowNotOnSale, show_status=ShowStatus.CANCELLED)
            assert booking_count(show) == 0
        assert not Ticket.objects.unreleased().filter(show=show).exists()

"""A show is called off, at each moment of what a buyer or the sweeper does, and the other way round; see `moments`."""

from typing import Any

import pytest

from cinema.booking.errors import HoldExpired, ShowNotOnSale
from cinema.booking.status import ShowStatus
from cinema.models import Show, Ticket, User
from tests import situations
from tests.concurrency.acts import ONE, booking, calling_off, canceling, confirming, holding, sweeping
from tests.concurrency.moments import (
    BOOKING,
    CALLING_OFF,
    CANCELING,
    CONFIRMING,
    CONFIRMING_LATE,
    PICKING,
    SWEEPING,
    interrupting,
)
from tests.concurrency.outcomes import FREE, PRICE, AtOnce, events, is_refusal, owners, state, stored

# SQLite has one writer at a time, so most of these interleavings cannot happen there.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


class TestShowCalledOff:
    """A show is called off while Ann wants something of it."""

    @interrupting(ann=BOOKING, staff=CALLING_OFF[:4])
    def test_a_booking_is_cancelled_with_it_or_not_made(self, show: Show, ann: User, at_once: AtOnce) -> None:

        came_first, got = at_once(ann=booking("A1", show=show, by=ann), staff=calling_off(show))

        self.check_made_before(show, came_first, got, status="CONFIRMED")

    @interrupting(ann=BOOKING, staff=CALLING_OFF[:4])
    def test_so_is_a_hold(self, show: Show, ann: User, at_once: AtOnce) -> None:

        came_first, got = at_once(ann=holding(["A1"], show, ann), staff=calling_off(show))

        self.check_made_before(show, came_first, got, status="HELD")

    @interrupting(ann=PICKING, staff=CALLING_OFF[:4])
    def test_so_are_seats_that_are_chosen(self, ann: User, at_once: AtOnce) -> None:
        show = situations.a_show(rows=["S"])

        came_first, got = at_once(ann=holding(ONE, show, ann), staff=calling_off(show))

        self.check_made_before(show, came_first, got, status="HELD")

    @interrupting(ann=CONFIRMING, staff=CALLING_OFF)
    def test_a_hold_is_confirmed_before_or_not_at_all(self, show: Show, ann: User, at_once: AtOnce) -> None:
        hold = holding(["A1"], show, ann)()

        came_first, got = at_once(ann=confirming(hold), staff=calling_off(show))

        if came_first == "ann":
            assert got["ann"].status == "CONFIRMED"
            assert events(hold) == ["HELD", "CONFIRMED", "CANCELLED"]
        else:
            assert is_refusal(got["ann"], HoldExpired, still_available=[])
            assert events(hold) == ["HELD", "CANCELLED"]
        assert got["staff"] == show
        assert (state(hold), owners(show)) == (("CANCELLED", FREE), {})

    @interrupting(ann=CONFIRMING_LATE, staff=CALLING_OFF)
    def test_an_expired_hold_is_confirmed_before_or_not_at_all(self, show: Show, ann: User, at_once: AtOnce) -> None:
        hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)

        came_first, got = at_once(ann=confirming(hold), staff=calling_off(show))

        if came_first == "ann":
            assert got["ann"].status == "CONFIRMED"
            assert state(hold) == ("CANCELLED", FREE)
        else:
            assert is_refusal(got["ann"], HoldExpired, still_available=[])
            assert state(hold) == ("EXPIRED", PRICE)
        assert got["staff"] == show
        assert owners(show) == {}

    @interrupting(ann=CANCELING, staff=CALLING_OFF)
    def test_a_booking_is_cancelled_or_cancelled_and_not_both(self, show: Show, ann: User, at_once: AtOnce) -> None:
        booked = situations.a_booking("A1", "A2", show=show, by=ann)

        came_first, got = at_once(ann=canceling(booked, "A1"), staff=calling_off(show))

        assert got == {"ann": booked, "staff": show}
        assert got["ann"].status == ("CONFIRMED" if came_first == "ann" else "CANCELLED")
        assert events(booked) == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CANCELLED"]
        assert (state(booked), owners(show)) == (("CANCELLED", FREE), {})

    @interrupting(sweeper=SWEEPING, staff=CALLING_OFF)
    def test_an_expired_hold_is_no_booking_cancelled_whoever_sweeps(
        self, show: Show, ann: User, at_once: AtOnce
    ) -> None:
        hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)

        _, got = at_once(sweeper=sweeping, staff=calling_off(show))

        assert got["staff"] == show
        assert state(hold) == ("EXPIRED", PRICE)
        assert events(hold) == ["EXPIRED"]
        assert owners(show) == {}

    def check_made_before(self, show: Show, came_first: str, got: dict[str, Any], *, status: str) -> None:
        assert got["staff"] == show
        if came_first == "ann":
            assert got["ann"].status == status
            assert state(got["ann"]) == ("CANCELLED", FREE)
            assert stored(show) == 1
        else:
            assert is_refusal(got["ann"], ShowNotOnSale, status=ShowStatus.CANCELLED)
            assert stored(show) == 0
        assert not Ticket.objects.unreleased().filter(show=show).exists()

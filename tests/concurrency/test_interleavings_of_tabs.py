"""Two calls of one user: each is interrupted by the other at each of its moments. See `moments`."""

import pytest

from cinema.booking import sales
from cinema.booking.errors import BookingCancelled, HoldLimitReached, SeatLimitReached
from cinema.core import idempotency
from cinema.core.errors import IdempotencyKeyReused
from cinema.models import Show, User
from tests import situations
from tests.concurrency.calls import booking, cancelling, confirming, extending, holding
from tests.concurrency.moments import (
    BOOKING,
    CANCELLING,
    CONFIRMING,
    CONFIRMING_EXPIRED,
    EXTENDING,
    EXTENDING_EXPIRED,
    interrupting,
    through,
)
from tests.concurrency.outcomes import FREE, PRICE, RunBoth, booking_count, events, is_refusal, owners, state
from tests.concurrency.racing import after
from tests.rules import ChangeRules

# SQLite has one writer at a time, so most of these interleavings cannot happen there.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once, pytest.mark.deep]


class TestTwoTabs:
    """Ann makes two calls, in two browser tabs."""

    @interrupting(confirm=CONFIRMING, cancel=CANCELLING)
    def test_hold_that_is_confirmed_and_cancelled_ends_cancelled(
        self, show: Show, ann: User, run_both: RunBoth
    ) -> None:
        hold = holding(["A1", "A2"], show, ann)()

        came_first, got = run_both(confirm=confirming(hold), cancel=cancelling(hold))

        if came_first == "confirm":
            assert got["confirm"].status == "CONFIRMED"
            assert events(hold) == ["HELD", "HELD", "CONFIRMED", "CONFIRMED", "CANCELLED", "CANCELLED"]
        else:
            hold.refresh_from_db()
            assert is_refusal(got["confirm"], BookingCancelled, cancelled_at=hold.cancelled_at)
            assert events(hold) == ["HELD", "HELD", "CANCELLED", "CANCELLED"]
        assert got["cancel"] == hold
        assert state(hold) == ("CANCELLED", FREE)
        assert owners(show) == {}

    @interrupting(confirm=CONFIRMING_EXPIRED, cancel=EXTENDING_EXPIRED)
    def test_cancelling_an_expired_hold_changes_nothing(self, show: Show, ann: User, run_both: RunBoth) -> None:
        hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)

        came_first, got = run_both(confirm=confirming(hold), cancel=cancelling(hold))

        assert got == {"confirm": hold, "cancel": hold}
        if came_first == "confirm":
            assert (state(hold), owners(show)) == (("CANCELLED", FREE), {})
        else:
            assert (state(hold), owners(show)) == (("CONFIRMED", PRICE), {"A1": "ann"})

    @interrupting(confirm=CONFIRMING, extend=EXTENDING)
    def test_hold_that_is_extended_and_confirmed_ends_confirmed(self, show: Show, ann: User, run_both: RunBoth) -> None:
        hold = holding(["A1"], show, ann)()

        came_first, got = run_both(confirm=confirming(hold), extend=extending(hold))

        assert got == {"confirm": hold, "extend": hold}
        assert state(hold) == ("CONFIRMED", PRICE)
        assert events(hold) == ["HELD", *(["EXTENDED"] if came_first == "extend" else []), "CONFIRMED"]
        assert list(hold.tickets.values_list("expires_at", "released_at")) == [(None, None)]

    @interrupting(whole=CANCELLING, part=CANCELLING)
    def test_each_seat_is_cancelled_once(self, show: Show, ann: User, run_both: RunBoth) -> None:
        booked = situations.a_booking("A1", "A2", show=show, by=ann)

        came_first, got = run_both(whole=cancelling(booked), part=cancelling(booked, "A1"))

        assert got == {"whole": booked, "part": booked}
        assert got["part"].total == (PRICE if came_first == "part" else 0)
        assert events(booked) == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CANCELLED"]
        assert (state(booked), owners(show)) == (("CANCELLED", FREE), {})

    @interrupting(one=CANCELLING)
    def test_cancelling_different_seats_keeps_the_total_right(self, show: Show, ann: User, run_both: RunBoth) -> None:
        booked = situations.a_booking("A1", "A2", "A3", show=show, by=ann)

        run_both(one=cancelling(booked, "A1"), other=cancelling(booked, "A3"))

        assert (state(booked), owners(show)) == (("CONFIRMED", PRICE), {"A2": "ann"})

    @interrupting(one=[*BOOKING, *through((idempotency, "_store"))])
    def test_repeated_call_runs_once(self, show: Show, ann: User, run_both: RunBoth) -> None:
        call = booking("A1", show=show, by=ann, key="k")

        _, got = run_both(one=call, other=call)

        assert got["one"] == got["other"]
        assert state(got["one"]) == ("CONFIRMED", PRICE)
        assert events(got["one"]) == ["CONFIRMED"]
        assert (booking_count(show), owners(show)) == (1, {"A1": "ann"})

    @interrupting(A1=[*BOOKING, *through((idempotency, "_store"))])
    def test_one_of_two_calls_with_the_same_key_runs(self, show: Show, ann: User, run_both: RunBoth) -> None:
        calls = {label: booking(label, show=show, by=ann, key="k") for label in ("A1", "A2")}

        came_first, got = run_both(**calls)

        (too_late,) = got.keys() - {came_first}
        assert is_refusal(got[too_late], IdempotencyKeyReused)
        assert state(got[came_first]) == ("CONFIRMED", PRICE)
        assert (booking_count(show), owners(show)) == (1, {came_first: "ann"})

    @interrupting(A1=[*BOOKING, after(sales, "check_seat_limit")])
    def test_seat_limit_is_not_exceeded(
        self,
        show: Show,
        ann: User,
        run_both: RunBoth,
        change_rules: ChangeRules,
    ) -> None:
        change_rules(seats_per_user_and_show=1)
        calls = {label: booking(label, show=show, by=ann) for label in ("A1", "A2")}

        came_first, got = run_both(**calls)

        (too_late,) = got.keys() - {came_first}
        assert is_refusal(got[too_late], SeatLimitReached, limit=1, already_taken=1)
        assert (booking_count(show), owners(show)) == (1, {came_first: "ann"})

    @interrupting(A1=[*BOOKING, after(sales, "check_hold_limit")])
    def test_hold_limit_is_not_exceeded(
        self,
        show: Show,
        ann: User,
        run_both: RunBoth,
        change_rules: ChangeRules,
    ) -> None:
        change_rules(open_holds_per_user=1)
        calls = {label: holding([label], show, ann) for label in ("A1", "A2")}

        came_first, got = run_both(**calls)

        (too_late,) = got.keys() - {came_first}
        assert is_refusal(got[too_late], HoldLimitReached, limit=1, already_taken=1)
        assert (booking_count(show), owners(show)) == (1, {came_first: "ann"})

"""One person in two tabs, each at each moment of what the other one does; see `moments`."""

import pytest

from cinema.booking import sales
from cinema.booking.errors import HoldExpired, HoldLimitReached, SeatLimitReached
from cinema.core import idempotency
from cinema.core.errors import IdempotencyKeyReused
from cinema.models import Show, User
from tests import situations
from tests.concurrency.acts import booking, canceling, confirming, extending, holding
from tests.concurrency.moments import (
    BOOKING,
    CANCELING,
    CONFIRMING,
    CONFIRMING_LATE,
    EXTENDING,
    EXTENDING_TOO_LATE,
    interrupting,
    through,
)
from tests.concurrency.outcomes import FREE, PRICE, AtOnce, events, is_refusal, owners, state, stored
from tests.concurrency.racing import after
from tests.rules import ChangeRules

# SQLite has one writer at a time, so most of these interleavings cannot happen there.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


class TestTwoTabs:
    """Ann, in two tabs."""

    @interrupting(confirm=CONFIRMING, cancel=CANCELING)
    def test_a_hold_is_confirmed_and_then_given_back_or_given_up_and_then_too_late_to_confirm(
        self, show: Show, ann: User, at_once: AtOnce
    ) -> None:
        hold = holding(["A1", "A2"], show, ann)()

        came_first, got = at_once(confirm=confirming(hold), cancel=canceling(hold))

        if came_first == "confirm":
            assert got["confirm"].status == "CONFIRMED"
            assert events(hold) == ["HELD", "HELD", "CONFIRMED", "CONFIRMED", "CANCELLED", "CANCELLED"]
        else:
            assert is_refusal(got["confirm"], HoldExpired, still_available=[])
            assert events(hold) == ["HELD", "HELD", "CANCELLED", "CANCELLED"]
        assert got["cancel"] == hold
        assert state(hold) == ("CANCELLED", FREE)
        assert owners(show) == {}

    @interrupting(confirm=CONFIRMING_LATE, cancel=EXTENDING_TOO_LATE)
    def test_of_an_expired_hold_there_is_nothing_to_give_up(self, show: Show, ann: User, at_once: AtOnce) -> None:
        hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)

        came_first, got = at_once(confirm=confirming(hold), cancel=canceling(hold))

        assert got == {"confirm": hold, "cancel": hold}
        if came_first == "confirm":
            assert (state(hold), owners(show)) == (("CANCELLED", FREE), {})
        else:
            assert (state(hold), owners(show)) == (("CONFIRMED", PRICE), {"A1": "ann"})

    @interrupting(confirm=CONFIRMING, extend=EXTENDING)
    def test_a_hold_that_is_extended_and_confirmed_is_confirmed(self, show: Show, ann: User, at_once: AtOnce) -> None:
        hold = holding(["A1"], show, ann)()

        came_first, got = at_once(confirm=confirming(hold), extend=extending(hold))

        assert got == {"confirm": hold, "extend": hold}
        assert state(hold) == ("CONFIRMED", PRICE)
        assert events(hold) == ["HELD", *(["EXTENDED"] if came_first == "extend" else []), "CONFIRMED"]
        assert list(hold.tickets.values_list("expires_at", "released_at")) == [(None, None)]

    @interrupting(whole=CANCELING, part=CANCELING)
    def test_each_seat_is_cancelled_once(self, show: Show, ann: User, at_once: AtOnce) -> None:
        booked = situations.a_booking("A1", "A2", show=show, by=ann)

        came_first, got = at_once(whole=canceling(booked), part=canceling(booked, "A1"))

        assert got == {"whole": booked, "part": booked}
        assert got["part"].total == (PRICE if came_first == "part" else 0)
        assert events(booked) == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CANCELLED"]
        assert (state(booked), owners(show)) == (("CANCELLED", FREE), {})

    @interrupting(one=CANCELING)
    def test_giving_back_a_seat_each_keeps_the_total_right(self, show: Show, ann: User, at_once: AtOnce) -> None:
        booked = situations.a_booking("A1", "A2", "A3", show=show, by=ann)

        at_once(one=canceling(booked, "A1"), other=canceling(booked, "A3"))

        assert (state(booked), owners(show)) == (("CONFIRMED", PRICE), {"A2": "ann"})

    @interrupting(one=[*BOOKING, *through((idempotency, "_store"))])
    def test_a_call_sent_twice_is_done_once(self, show: Show, ann: User, at_once: AtOnce) -> None:
        call = booking("A1", show=show, by=ann, key="k")

        _, got = at_once(one=call, other=call)

        assert got["one"] == got["other"]
        assert state(got["one"]) == ("CONFIRMED", PRICE)
        assert events(got["one"]) == ["CONFIRMED"]
        assert (stored(show), owners(show)) == (1, {"A1": "ann"})

    @interrupting(A1=[*BOOKING, *through((idempotency, "_store"))])
    def test_of_two_calls_with_one_key_one_is_done(self, show: Show, ann: User, at_once: AtOnce) -> None:
        calls = {label: booking(label, show=show, by=ann, key="k") for label in ("A1", "A2")}

        came_first, got = at_once(**calls)

        (too_late,) = got.keys() - {came_first}
        assert is_refusal(got[too_late], IdempotencyKeyReused)
        assert state(got[came_first]) == ("CONFIRMED", PRICE)
        assert (stored(show), owners(show)) == (1, {came_first: "ann"})

    @interrupting(A1=[*BOOKING, after(sales, "check_seat_limit")])
    def test_the_limit_of_seats_is_not_passed(
        self,
        show: Show,
        ann: User,
        at_once: AtOnce,
        change_rules: ChangeRules,
    ) -> None:
        change_rules(seats_per_user_and_show=1)
        calls = {label: booking(label, show=show, by=ann) for label in ("A1", "A2")}

        came_first, got = at_once(**calls)

        (too_late,) = got.keys() - {came_first}
        assert is_refusal(got[too_late], SeatLimitReached, limit=1, already_taken=1)
        assert (stored(show), owners(show)) == (1, {came_first: "ann"})

    @interrupting(A1=[*BOOKING, after(sales, "check_hold_limit")])
    def test_the_limit_of_holds_is_not_passed(
        self,
        show: Show,
        ann: User,
        at_once: AtOnce,
        change_rules: ChangeRules,
    ) -> None:
        change_rules(open_holds_per_user=1)
        calls = {label: holding([label], show, ann) for label in ("A1", "A2")}

        came_first, got = at_once(**calls)

        (too_late,) = got.keys() - {came_first}
        assert is_refusal(got[too_late], HoldLimitReached, limit=1, already_taken=1)
        assert (stored(show), owners(show)) == (1, {came_first: "ann"})

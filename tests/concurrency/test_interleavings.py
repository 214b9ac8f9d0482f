"""Somebody else, at one exact moment within what another one does; moment by moment.

Either the other one is done before the first goes on, or has to wait for what the first has locked. Nothing is left
to chance, and there is no third possibility: it comes out as if one of them had come after the other, and in which
order is told by whether the other had to wait.

In SQLite a use case is the only one that writes, from its beginning to its end. So there the other one always waits,
except at the very beginning and at the very end.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from types import ModuleType
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from cinema.booking import blocks, bookings, expiry, holds, keys, locks, queries, sales, seats, timeline
from cinema.booking.errors import (
    HoldExpired,
    HoldLimitReached,
    IdempotencyKeyReused,
    NotEnoughSeats,
    SeatLimitReached,
    SeatsTaken,
    ShowNotOnSale,
)
from cinema.booking.seats import BestAvailable
from cinema.booking.status import ShowStatus
from cinema.catalog import locks as staff
from cinema.catalog import programming
from cinema.catalog.layouts import SeatCategory
from cinema.models import Booking, Show, Ticket, TicketEvent, User
from tests import situations
from tests.concurrency.racing import (
    ISOLATION,
    Moment,
    after,
    before,
    interruptible,
    lost_only_in_read_committed,
    meanwhile,
    meet,
)

pytestmark = pytest.mark.django_db(transaction=True)

PRICE = situations.PRICES[SeatCategory.STANDARD]
FREE = Decimal(0)
ONE = BestAvailable(count=1)


def through(*functions: tuple[ModuleType, str]) -> list[Moment]:
    """Before the first, and after each: of functions that are called one after the other."""
    return [before(*functions[0]), *(after(*function) for function in functions)]


USER, SHOW = (locks, "user"), (locks, "shared_show")
TAKE, RECORD = (seats, "take"), (timeline, "record")

BOOKING = through(USER, SHOW, (seats, "named"), TAKE, RECORD)
PICKING = through(USER, (locks, "show_for_picking"), (seats, "chosen"), TAKE, RECORD)
CLEARING = [
    before(seats, "_clear_the_way"),
    before(expiry, "release"),
    *through((locks, "bookings"), (timeline, "record_expiry"), (seats, "_clear_the_way")),
]
TAKING_OVER = [*BOOKING, *CLEARING]
CONFIRMING = through(USER, SHOW, (locks, "booking_of"), RECORD)
CONFIRMING_LATE = [
    *CONFIRMING,
    *through((locks, "bookings"), (timeline, "record_expiry"), (seats, "still_free")),
    *through((sales, "check_seat_limit"), (seats, "take_again")),
]
EXTENDING = CONFIRMING
EXTENDING_TOO_LATE = through(USER, SHOW, (locks, "booking_of"))
CANCELING = [*CONFIRMING, before(seats, "release")]
SWEEPING = through((locks, "overdue_holds"), (locks, "bookings"), (timeline, "record_expiry"), (expiry, "release"))
CALLING_OFF = through((staff, "show"), (locks, "bookings"), (expiry, "release"), (seats, "release"))


def interrupting(**moments: Sequence[Moment]) -> pytest.MarkDecorator:
    """Each of the two, by name, at each of these moments, by the other one."""
    each = [(who, moment) for who, those in moments.items() for moment in those]
    return pytest.mark.parametrize(("interrupted", "moment"), each, ids=[f"{who}-{moment}" for who, moment in each])


def owners(show: Show) -> dict[str, str]:
    """Whose each seat is that is not free."""
    live = Ticket.objects.live().filter(show=show).select_related("seat", "booking__user")
    unreleased = Ticket.objects.unreleased().filter(show=show).values_list("seat__label", flat=True)
    assert max(Counter(unreleased).values(), default=0) <= 1
    return {ticket.seat.label: ticket.booking.user.username if ticket.booking else "staff" for ticket in live}


def state(booking: Booking) -> tuple[str, Decimal]:
    """What it is by the clock, and its total."""
    booking.refresh_from_db()
    return queries.booking_statuses([booking])[booking.pk].value, booking.total


def stored(show: Show) -> int:
    return Booking.objects.filter(show=show).count()


def events(booking: Booking) -> list[str]:
    return list(TicketEvent.objects.filter(ticket__booking=booking).order_by("pk").values_list("kind", flat=True))


def is_refusal(result: Any, kind: type[Exception], **facts: Any) -> bool:
    return type(result) is kind and {name: getattr(result, name) for name in facts} == facts


def booking(*labels: str, show: Show, by: User, key: str | None = None) -> Callable[[], Booking]:
    return partial(bookings.book, show_id=show.pk, labels=labels, by=by, key=key)


def holding(wanted: Sequence[str] | BestAvailable, show: Show, by: User) -> Callable[[], Booking]:
    return partial(holds.acquire, show_id=show.pk, wanted=wanted, by=by)


def confirming(hold: Booking) -> Callable[[], Booking]:
    return partial(bookings.confirm, booking_id=hold.pk, by=hold.user)


def extending(hold: Booking) -> Callable[[], Booking]:
    return partial(holds.extend, booking_id=hold.pk, by=hold.user)


def canceling(booked: Booking, *labels: str) -> Callable[[], Booking]:
    return partial(bookings.cancel, booking_id=booked.pk, by=booked.user, labels=labels or None)


def calling_off(show: Show) -> Callable[[], Show]:
    return partial(programming.cancel, show_id=show.pk)


def sweeping() -> int:
    return holds.release_expired(at_most=100)


# Who of two, by name, came first; and what each of them got.
Outcome = tuple[str, dict[str, Any]]
AtOnce = Callable[..., Outcome]


@pytest.fixture
def at_once(interrupted: str, moment: Moment, monkeypatch: pytest.MonkeyPatch) -> AtOnce:
    """Two who do something at the same time: `at_once(ann=..., bob=...)`. One of them is interrupted at the moment."""

    def at_once(**acts: Callable[[], Any]) -> Outcome:
        (other,) = acts.keys() - {interrupted}
        meeting = meet(acts[interrupted], acts[other], moment, monkeypatch)
        return interrupted if meeting.rival_waited else other, {interrupted: meeting.first, other: meeting.rival}

    return at_once


@pytest.fixture
def ann(db: None) -> User:
    return situations.a_user("ann")


@pytest.fixture
def bob(db: None) -> User:
    return situations.a_user("bob")


@lost_only_in_read_committed
def test_without_the_lock_on_bookings_a_confirmation_is_swept_away(
    show: Show, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: nobody waits, and what the sweeper has read is true no more when it writes."""
    hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)
    monkeypatch.setattr(locks, "overdue_holds", lambda at_most: list(Booking.objects.overdue()[:at_most]))
    monkeypatch.setattr(locks, "bookings", lambda pks: list(Booking.objects.filter(pk__in=set(pks))))
    sweep = partial(interruptible(holds.release_expired), at_most=100)

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

    @interrupting(bob=[after(seats, "chosen"), *CLEARING], ann=CONFIRMING_LATE)
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
    def test_of_a_hold_that_ran_out_there_is_nothing_to_give_up(self, show: Show, ann: User, at_once: AtOnce) -> None:
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
    def test_each_seat_is_given_back_once(self, show: Show, ann: User, at_once: AtOnce) -> None:
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

    @interrupting(one=[*BOOKING, *through((keys, "_keep"))])
    def test_a_call_sent_twice_is_done_once(self, show: Show, ann: User, at_once: AtOnce) -> None:
        call = booking("A1", show=show, by=ann, key="k")

        _, got = at_once(one=call, other=call)

        assert got["one"] == got["other"]
        assert state(got["one"]) == ("CONFIRMED", PRICE)
        assert events(got["one"]) == ["CONFIRMED"]
        assert (stored(show), owners(show)) == (1, {"A1": "ann"})

    @interrupting(A1=[*BOOKING, *through((keys, "_keep"))])
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
        settings: Settings,
    ) -> None:
        settings.SEATS_PER_USER_AND_SHOW = 1
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
        settings: Settings,
    ) -> None:
        settings.OPEN_HOLDS_PER_USER = 1
        calls = {label: holding([label], show, ann) for label in ("A1", "A2")}

        came_first, got = at_once(**calls)

        (too_late,) = got.keys() - {came_first}
        assert is_refusal(got[too_late], HoldLimitReached, limit=1, already_taken=1)
        assert (stored(show), owners(show)) == (1, {came_first: "ann"})


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
            booking("A1", show=show, by=bob), canceling(booked), before(seats, "_clear_the_way"), monkeypatch
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

    def test_she_gets_some_though_others_are_faster_time_and_again(
        self, ann: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if connection.vendor == "sqlite":
            pytest.skip("nobody gets between choosing and taking")
        show = situations.a_show(rows=["SSSSSSSS"])
        others = [situations.a_user() for _ in range(holds.CHOICES + 1)]
        choose = seats.chosen

        def chosen_too_slowly(*args: Any, **kwargs: Any) -> Any:
            choice = choose(*args, **kwargs)
            if others:
                meanwhile(booking(choice[0].label, show=show, by=others.pop()))
            return choice

        monkeypatch.setattr(seats, "chosen", chosen_too_slowly)
        hold = holding(ONE, show, ann)()

        assert not others
        assert state(hold) == ("HELD", PRICE)
        assert len(owners(show)) == holds.CHOICES + 2
        assert stored(show) == holds.CHOICES + 2


class TestShowCalledOff:
    """A show is called off while Ann wants something of it."""

    @interrupting(ann=BOOKING, staff=CALLING_OFF[:4])
    def test_a_booking_is_called_off_with_it_or_not_made(self, show: Show, ann: User, at_once: AtOnce) -> None:

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
    def test_a_hold_that_ran_out_is_confirmed_before_or_not_at_all(
        self, show: Show, ann: User, at_once: AtOnce
    ) -> None:
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
    def test_a_booking_is_given_back_or_called_off_and_not_both(self, show: Show, ann: User, at_once: AtOnce) -> None:
        booked = situations.a_booking("A1", "A2", show=show, by=ann)

        came_first, got = at_once(ann=canceling(booked, "A1"), staff=calling_off(show))

        assert got == {"ann": booked, "staff": show}
        assert got["ann"].status == ("CONFIRMED" if came_first == "ann" else "CANCELLED")
        assert events(booked) == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CANCELLED"]
        assert (state(booked), owners(show)) == (("CANCELLED", FREE), {})

    @interrupting(sweeper=SWEEPING, staff=CALLING_OFF)
    def test_a_hold_that_ran_out_is_no_booking_called_off_whoever_sweeps(
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

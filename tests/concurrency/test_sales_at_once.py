"""The function that sells seats in one statement, interrupted at each of its steps by another call.

The controls come first: without one of its locks, a race is lost. So the tests below can fail.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from cinema.booking import sales
from cinema.booking.errors import SeatLimitReached, SeatsSold, SeatsTaken, ShowNotOnSale, UnknownSeats
from cinema.booking.models import BookingStatus
from cinema.booking.seats import BestAvailable
from cinema.catalog import scheduling, theaters
from cinema.models import Booking, Screen, Show, User
from tests import situations
from tests.concurrency.buyers import booking, holding, lost, owners, users, won
from tests.concurrency.racing import ISOLATION, ConcurrentCall, lost_only_in_read_committed, many_writers
from tests.rules import ChangeRules

pytestmark = [pytest.mark.django_db(transaction=True), many_writers]

FUNCTION = import_module("cinema.migrations.0020_function_that_sells_seats").CREATE
HOLDING = import_module("cinema.migrations.0029_limits_of_holds").CREATE
USER_LOCK = "PERFORM FROM cinema_user WHERE id = buyer FOR NO KEY UPDATE;"
SHOW_LOCK = "SELECT starts_at, cancelled_at INTO show"
SEATS = "SELECT\n        ARRAY_AGG("
BOOKING = "INSERT INTO cinema_booking"
TICKETS = "RETURN QUERY"
LIMITS = "SELECT COUNT(*) INTO already_taken"
STEPS = [USER_LOCK, SHOW_LOCK, SEATS, LIMITS, BOOKING, TICKETS]
ONE = BestAvailable(count=1)
PAUSE = "PERFORM pg_advisory_xact_lock_shared(7);"


@pytest.fixture(autouse=True)
def _function_is_restored() -> Iterator[None]:
    yield
    define(FUNCTION)
    define(HOLDING)


def define(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))


@contextmanager
def pausing() -> Iterator[None]:
    """While this is open, the function waits at `PAUSE`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7)")
        yield
        cursor.execute("SELECT pg_advisory_unlock(7)")


def interrupted(
    sale: Callable[[], Any], other: Callable[[], Any], *, before: str, function: str = FUNCTION
) -> list[Any]:
    """The results of `sale`, and of `other`, which starts when the function reaches a step of the sale.

    The sale continues when `other` has ended or waits for a lock of the sale. `other` does not pause.
    """
    assert function.count(before) == 1
    paused_for = "IF new_reference = 'PAUSED' THEN " + PAUSE + " END IF; "
    define(function.replace(before, paused_for + before))
    first, second = ConcurrentCall(sale), ConcurrentCall(other)
    with pausing():
        first.start()
        assert first.had_to_wait
        second.start()
    return [first.result(), second.result()]


@pytest.fixture(autouse=True)
def references(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first booking has the reference with which the function pauses."""
    names = iter(["PAUSED", *(f"OTHER{n}" for n in range(100))])
    monkeypatch.setattr(sales, "new_reference", lambda: next(names))


# ---------------------------------------------------------------------- controls


@lost_only_in_read_committed
def test_without_the_lock_on_the_user_the_limit_is_exceeded(show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(seats_per_user_and_show=1)
    without_lock = FUNCTION.replace(USER_LOCK, USER_LOCK.replace(" FOR NO KEY UPDATE", ""))

    results = interrupted(
        booking(show, "A1", by=buyer), booking(show, "A2", by=buyer), before=BOOKING, function=without_lock
    )

    assert len(won(results)) == 2


@lost_only_in_read_committed
def test_without_the_lock_on_the_show_a_cancelled_show_is_sold(show: Show, buyer: User) -> None:
    without_lock = FUNCTION.replace(" FOR KEY SHARE", "")

    interrupted(
        booking(show, "A1", by=buyer),
        partial(scheduling.cancel, show_id=show.pk),
        before=BOOKING,
        function=without_lock,
    )

    assert Booking.objects.get().status == BookingStatus.CONFIRMED


@lost_only_in_read_committed
def test_without_the_lock_for_picking_two_calls_collide(show: Show, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ann, bob = users(2)
    define(HOLDING.replace("FOR NO KEY UPDATE SKIP LOCKED", "FOR KEY SHARE"))

    results = interrupted(holding(show, ONE, by=ann), holding(show, ONE, by=bob), before=BOOKING)

    assert len(won(results)) == 2
    assert "collided" in caplog.text


# ---------------------------------------------------------------------- interruptions


@pytest.mark.parametrize("step", STEPS)
def test_show_is_cancelled(show: Show, buyer: User, step: str) -> None:
    result, cancelled = interrupted(
        booking(show, "A1", by=buyer), partial(scheduling.cancel, show_id=show.pk), before=step
    )

    assert isinstance(cancelled, Show)
    assert isinstance(result, Booking | ShowNotOnSale)
    assert owners(show) == {}
    assert not Booking.objects.filter(status=BookingStatus.CONFIRMED)
    assert isinstance(result, Booking) == (step not in {USER_LOCK, SHOW_LOCK})


@pytest.mark.parametrize("step", STEPS)
def test_seat_is_removed_from_the_plan(buyer: User, step: str) -> None:
    show = situations.a_show(rows=["SS"])
    change_plan = partial(theaters.change_screen, screen_id=show.screen_id, rows=["S"])

    result, changed = interrupted(booking(show, "A2", by=buyer), change_plan, before=step)

    assert (type(result), type(changed)) in {(Booking, SeatsSold), (UnknownSeats, Screen)}
    assert isinstance(result, Booking) == (step not in {USER_LOCK, SHOW_LOCK})


@pytest.mark.parametrize("step", STEPS)
def test_another_buyer_wants_the_seat(show: Show, step: str) -> None:
    ann, bob = users(2)

    results = interrupted(booking(show, "A1", by=ann), booking(show, "A1", "A2", by=bob), before=step)

    # The other buyer never waits.
    assert [type(result) for result in results] == [SeatsTaken, Booking]
    assert owners(show) == {"A1": 1, "A2": 1}


@pytest.mark.parametrize("step", STEPS)
def test_the_buyer_reaches_the_limit(show: Show, buyer: User, change_rules: ChangeRules, step: str) -> None:
    change_rules(seats_per_user_and_show=1)

    results = interrupted(booking(show, "A1", by=buyer), booking(show, "A2", by=buyer), before=step)

    assert len(won(results)) == 1
    assert lost(results) == {SeatLimitReached: 1}
    assert len(owners(show)) == 1


@pytest.mark.parametrize("step", STEPS)
def test_the_call_is_repeated(show: Show, buyer: User, step: str) -> None:
    call = booking(show, "A1", by=buyer, key="k")

    first, repeated = interrupted(call, call, before=step)

    assert first == repeated
    assert Booking.objects.count() == 1


@pytest.mark.parametrize("step", STEPS)
def test_another_call_picks_seats(show: Show, step: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ann, bob = users(2)

    results = interrupted(holding(show, ONE, by=ann), holding(show, ONE, by=bob), before=step)

    assert len(won(results)) == 2
    assert owners(show) == {"B4": 1, "B5": 1}
    if ISOLATION != "serializable":
        assert "collided" not in caplog.text


@pytest.mark.parametrize("step", STEPS)
def test_a_buyer_names_a_picked_seat(show: Show, step: str) -> None:
    ann, bob = users(2)

    results = interrupted(holding(show, ONE, by=ann), booking(show, "B4", by=bob), before=step)

    assert len(won(results)) in {1, 2}
    assert set(owners(show).values()) == {1}
    assert "B4" in owners(show)
    # The call that picks gets another seat instead.
    assert isinstance(results[0], Booking)


@pytest.mark.parametrize("step", STEPS)
def test_show_is_cancelled_while_seats_are_picked(show: Show, buyer: User, step: str) -> None:
    result, cancelled = interrupted(
        holding(show, ONE, by=buyer), partial(scheduling.cancel, show_id=show.pk), before=step
    )

    assert isinstance(cancelled, Show)
    assert owners(show) == {}
    # The lock for picking was taken before these steps.
    assert isinstance(result, Booking)

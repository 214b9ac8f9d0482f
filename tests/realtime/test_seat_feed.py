"""What those who look on in this process are told, when, and at what cost."""

import asyncio
import threading
from collections.abc import Iterable
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cinema.booking import bookings, seat_maps
from cinema.booking.seat_maps import ChangesRead
from cinema.booking.status import SeatStatus
from cinema.core import clock
from cinema.core.errors import NotFound
from cinema.models import Show, Ticket, User
from cinema.realtime import seat_feed
from tests import situations
from tests.concurrency.acts import holding
from tests.realtime.looking_on import booking, done, eventually, looking_on, now_that_all_is_long_ago
from tests.rules import ChangeRules

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nobody_looks_unasked")]

AVAILABLE, HELD, BOOKED = SeatStatus.AVAILABLE, SeatStatus.HELD, SeatStatus.BOOKED
MANY = 1_000


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[ChangesRead]:
    """All that the watches read."""
    found: list[ChangesRead] = []
    look = seat_maps.read_changes

    def kept(show_id: int, *, since: datetime | None) -> ChangesRead:
        found.append(look(show_id, since=since))
        return found[-1]

    monkeypatch.setattr(seat_maps, "read_changes", kept)
    return found


def test_a_change_is_read_once_for_a_thousand_who_look_on(show: Show, buyer: User, looks: list[ChangesRead]) -> None:
    async def watched() -> None:
        async with AsyncExitStack() as stack:
            everybody = [await stack.enter_async_context(looking_on(show)) for _ in range(MANY)]
            await eventually(lambda: len(looks) == 1, what="the first look")
            hold = await done(holding(["A1", "A2"], show, buyer))
            await eventually(lambda: all(each.seats == {"A1": HELD, "A2": HELD} for each in everybody), what="the hold")
            await done(lambda: bookings.cancel(booking_id=hold.pk, by=buyer, labels=["A1"]))
            now = {"A1": AVAILABLE, "A2": HELD}
            await eventually(lambda: all(each.seats == now for each in everybody), what="the return")
            # And each is told of the same, which is there once.
            assert {tuple(map(id, each.told)) for each in everybody} == {tuple(map(id, everybody[0].told))}

    asyncio.run(watched())

    # when they came, and for each change
    assert len(looks) == 3


def test_who_comes_with_a_cursor_is_told_what_they_missed(show: Show, buyer: User) -> None:
    situations.a_booking("A8", show=show)
    since = now_that_all_is_long_ago()
    situations.a_booking("A1", show=show)

    async def watched() -> None:
        async with looking_on(show, since=since) as onlooker:
            await eventually(lambda: onlooker.seats == {"A1": BOOKED}, what="what was missed")
            await done(holding(["A2"], show, buyer))
            await eventually(lambda: onlooker.seats == {"A1": BOOKED, "A2": HELD}, what="the hold")
        assert since <= onlooker.told[0].read_at < onlooker.told[1].read_at
        assert [[seat.label for seat in changes.seats] for changes in onlooker.told] == [["A1"], ["A2"]]

    asyncio.run(watched())


def test_each_who_comes_is_told_what_they_themselves_missed(show: Show) -> None:
    long_ago = now_that_all_is_long_ago() - timedelta(hours=2)
    situations.a_booking("A1", show=show)
    Ticket.objects.update(changed_at=long_ago + timedelta(hours=1))
    lately = clock.now()
    situations.a_booking("A2", show=show)

    async def watched() -> None:
        async with looking_on(show, since=long_ago) as one, looking_on(show, since=lately) as other:
            await eventually(lambda: bool(one.told and other.told), what="what both missed")
            assert (one.seats, other.seats) == ({"A1": BOOKED, "A2": BOOKED}, {"A2": BOOKED})

    asyncio.run(watched())


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=1)])
def test_who_comes_with_a_moment_to_come_begins_now(show: Show, ahead: timedelta) -> None:
    """Such as after the database has moved to a machine whose clock is behind."""
    since = now_that_all_is_long_ago() + ahead
    situations.a_booking("A1", show=show)

    async def watched() -> None:
        async with looking_on(show, since=since) as onlooker:
            await eventually(lambda: onlooker.seats == {"A1": BOOKED}, what="what was written a moment ago")

    asyncio.run(watched())


def test_who_comes_while_others_are_read_for_is_told_first_what_they_missed(
    show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told of something else first, they would have its cursor, and what they missed would be before that."""
    long_ago = now_that_all_is_long_ago() - timedelta(hours=2)
    missed = situations.a_booking("A1", show=show)
    missed.tickets.update(changed_at=long_ago + timedelta(hours=1))
    look, reading, may_go_on = seat_maps.read_changes, threading.Event(), threading.Event()

    def slowly(show_id: int, *, since: datetime | None) -> ChangesRead:
        found = look(show_id, since=since)
        reading.set()
        may_go_on.wait(60)
        return found

    async def watched() -> None:
        monkeypatch.setattr(seat_maps, "read_changes", slowly)
        await done(holding(["A2"], show, buyer))
        async with looking_on(show) as first:
            await eventually(reading.is_set, what="the read for the first")
            async with looking_on(show, since=long_ago) as onlooker:
                # It has come when somebody else's task has had a turn.
                await asyncio.sleep(0)
                may_go_on.set()
                await eventually(lambda: bool(first.told and onlooker.told), what="what both are told")
        assert {seat.label for seat in onlooker.told[0].seats} == {"A1", "A2"}

    asyncio.run(watched())


def test_a_hold_that_runs_out_is_told_of_by_the_clock(show: Show) -> None:
    since = now_that_all_is_long_ago()
    hold = situations.a_hold("A1", show=show, minutes_left=0.02)

    async def watched() -> None:
        async with looking_on(show, since=since) as onlooker:
            await eventually(lambda: onlooker.seats == {"A1": AVAILABLE}, what="the end of the hold")
        assert [changes.seats[0].status for changes in onlooker.told] == [HELD, AVAILABLE]
        assert hold.expires_at
        assert onlooker.told[1].read_at >= hold.expires_at

    asyncio.run(watched())

    assert hold.tickets.get().released_at is None


def test_holds_run_out_one_after_the_other_the_latest_having_come_last(show: Show, buyer: User) -> None:
    since = now_that_all_is_long_ago()
    situations.a_hold("A1", show=show, minutes_left=0.02)

    async def watched() -> None:
        async with looking_on(show, since=since) as onlooker:
            await eventually(lambda: "A1" in onlooker.seats, what="the first hold")
            await done(lambda: situations.a_hold("A2", show=show, minutes_left=0.03))
            # Something that is announced, so that it is looked at again.
            await done(holding(["A3"], show, buyer))
            over = {"A1": AVAILABLE, "A2": AVAILABLE, "A3": HELD}
            await eventually(lambda: onlooker.seats == over, what="the end of both")

    asyncio.run(watched())


def test_what_nobody_tells_of_is_found_by_looking(show: Show, change_rules: ChangeRules) -> None:
    change_rules(poll_interval_seconds=0.05)
    since = now_that_all_is_long_ago()

    async def watched() -> None:
        async with looking_on(show, since=since) as onlooker:
            await done(lambda: situations.a_hold("A1", show=show))
            await eventually(lambda: onlooker.seats == {"A1": HELD}, what="a look")
            await done(lambda: Ticket.objects.update(released_at=since))
            await eventually(lambda: onlooker.seats == {"A1": AVAILABLE}, what="another look")

    asyncio.run(watched())


def test_looking_around_reads_no_show_in_which_nothing_happens(
    show: Show, change_rules: ChangeRules, looks: list[ChangesRead], monkeypatch: pytest.MonkeyPatch
) -> None:
    change_rules(poll_interval_seconds=0.01)
    rounds: list[set[Any]] = []
    recent_changes = seat_maps.recent_changes

    def counted(show_ids: Iterable[int]) -> set[Any]:
        rounds.append(recent_changes(show_ids))
        return rounds[-1]

    monkeypatch.setattr(seat_maps, "recent_changes", counted)
    busy, quiet = show, situations.a_show()
    now_that_all_is_long_ago()

    async def watched() -> None:
        async with looking_on(busy) as onlooker, looking_on(quiet):
            await eventually(lambda: len(looks) == 2, what="the first looks")
            await done(lambda: situations.a_hold("A1", show=busy))
            await eventually(lambda: onlooker.seats == {"A1": HELD}, what="a look")
            seen = len(rounds)
            await eventually(lambda: len(rounds) > seen + 20, what="twenty more rounds")

    asyncio.run(watched())

    assert len(looks) == 3


def test_who_is_slow_is_told_of_several_changes_as_one(show: Show, buyer: User, looks: list[ChangesRead]) -> None:
    since = now_that_all_is_long_ago()

    async def watched() -> None:
        async with (
            looking_on(show, since=since) as quick,
            aclosing(seat_feed.subscribe(show.pk, since=since)) as feed,
        ):
            first = asyncio.ensure_future(anext(feed))
            hold = await done(holding(["A1", "A2"], show, buyer))
            assert {seat.label: seat.status for seat in (await first).seats} == {"A1": HELD, "A2": HELD}

            await done(lambda: bookings.cancel(booking_id=hold.pk, by=buyer, labels=["A1"]))
            await eventually(lambda: quick.seats["A1"] == AVAILABLE, what="the return")
            await done(lambda: bookings.confirm(booking_id=hold.pk, by=buyer))
            await eventually(lambda: quick.seats["A2"] == BOOKED, what="the confirmation")
            await done(booking("A1", show=show))
            await eventually(lambda: quick.seats["A1"] == BOOKED, what="the booking")

            second = await anext(feed)
            assert {seat.label: seat.status for seat in second.seats} == {"A1": BOOKED, "A2": BOOKED}
            assert second.read_at == quick.told[-1].read_at
            await done(holding(["A3"], show, buyer))
            assert [seat.label for seat in (await anext(feed)).seats] == ["A3"]

    asyncio.run(watched())


def test_when_everybody_has_left_nothing_goes_on(show: Show, looks: list[ChangesRead]) -> None:
    other = situations.a_show()

    async def watched_for_a_while(label: str) -> None:
        async with looking_on(show) as onlooker, looking_on(show), looking_on(other):
            await done(booking(label, show=show))
            await eventually(lambda: onlooker.seats.get(label) is BOOKED, what="the booking")
            assert len(asyncio.all_tasks()) > 1
        await eventually(lambda: len(asyncio.all_tasks()) == 1, what="the end of all tasks")
        before = len(looks)
        await done(booking(label, show=other))
        assert len(looks) == before

    async def watched() -> None:
        await watched_for_a_while("A1")
        await watched_for_a_while("A2")

    asyncio.run(watched())


def test_of_a_show_that_is_not_there_whoever_asks_is_told_so(show: Show) -> None:
    async def watched() -> None:
        async with (
            aclosing(seat_feed.subscribe(10**9, since=None)) as first,
            aclosing(seat_feed.subscribe(10**9, since=None)) as second,
            looking_on(show) as onlooker,
        ):
            with pytest.raises(NotFound):
                await anext(first)
            # While the first has not left yet.
            with pytest.raises(NotFound):
                await anext(second)
            await done(booking("A1", show=show))
            await eventually(lambda: onlooker.seats == {"A1": BOOKED}, what="what goes on elsewhere")

    asyncio.run(watched())


def test_what_one_missed_is_not_told_to_others_who_know_it(show: Show, buyer: User, looks: list[ChangesRead]) -> None:
    situations.a_booking("A1", show=show)
    now = now_that_all_is_long_ago()

    async def watched() -> None:
        async with looking_on(show, since=now) as other:
            await eventually(lambda: len(looks) == 1, what="the first look")
            async with looking_on(show, since=datetime(2019, 1, 1, tzinfo=UTC)) as late:
                await eventually(lambda: late.seats == {"A1": BOOKED}, what="what was missed")
            await done(holding(["A2"], show, buyer))
            await eventually(lambda: "A2" in other.seats, what="the hold")
            assert other.seats == {"A2": HELD}

    asyncio.run(watched())

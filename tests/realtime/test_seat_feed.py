"""The updates that viewers in one process get, when they get them, and the cost."""

import asyncio
import threading
from collections.abc import Iterable
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cinema.booking import bookings, seat_maps
from cinema.booking.seat_maps import ChangedSeats, ChangesRead
from cinema.booking.status import SeatStatus
from cinema.core import clock
from cinema.core.errors import NotFound
from cinema.models import Show, Ticket, User
from cinema.realtime import seat_feed
from tests import situations
from tests.booking.backdating import backdate_tickets
from tests.concurrency.calls import holding
from tests.realtime.viewers import booking, eventually, run_in_thread, viewing
from tests.rules import ChangeRules

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_polling")]

AVAILABLE, HELD, BOOKED = SeatStatus.AVAILABLE, SeatStatus.HELD, SeatStatus.BOOKED
MANY = 1_000


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[ChangesRead]:
    """All results of `read_changes`."""
    found: list[ChangesRead] = []
    read_changes = seat_maps.read_changes

    def read_and_append(show_id: int, *, since: datetime | None) -> ChangesRead:
        found.append(read_changes(show_id, since=since))
        return found[-1]

    monkeypatch.setattr(seat_maps, "read_changes", read_and_append)
    return found


@pytest.fixture
def started_reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The show of each call of `read_changes`, added when the call starts. It may end after its task was cancelled."""
    found: list[int] = []
    read_changes = seat_maps.read_changes

    def append_and_read(show_id: int, *, since: datetime | None) -> ChangesRead:
        found.append(show_id)
        return read_changes(show_id, since=since)

    monkeypatch.setattr(seat_maps, "read_changes", append_and_read)
    return found


def test_change_is_read_once_for_a_thousand_viewers(show: Show, buyer: User, reads: list[ChangesRead]) -> None:
    async def watched() -> None:
        async with AsyncExitStack() as stack:
            viewers = [await stack.enter_async_context(viewing(show)) for _ in range(MANY)]
            await eventually(lambda: len(reads) == 1, what="the first read")
            hold = await run_in_thread(holding(["A1", "A2"], show, buyer))
            await eventually(lambda: all(each.seats == {"A1": HELD, "A2": HELD} for each in viewers), what="the hold")
            await run_in_thread(lambda: bookings.cancel(booking_id=hold.pk, by=buyer, labels=["A1"]))
            now = {"A1": AVAILABLE, "A2": HELD}
            await eventually(lambda: all(each.seats == now for each in viewers), what="the cancellation")
            # All viewers get the same object.
            assert {tuple(map(id, each.received)) for each in viewers} == {tuple(map(id, viewers[0].received))}

    asyncio.run(watched())

    # one for the new viewers, and one for each change
    assert len(reads) == 3


def test_viewer_with_a_cursor_gets_missed_changes(show: Show, buyer: User) -> None:
    situations.a_booking("A8", show=show)
    since = backdate_tickets()
    situations.a_booking("A1", show=show)

    async def watched() -> None:
        async with viewing(show, since=since) as viewer:
            await eventually(lambda: viewer.seats == {"A1": BOOKED}, what="what was missed")
            await run_in_thread(holding(["A2"], show, buyer))
            await eventually(lambda: viewer.seats == {"A1": BOOKED, "A2": HELD}, what="the hold")
        assert since <= viewer.received[0].read_at < viewer.received[1].read_at
        assert [[seat.label for seat in changes.seats] for changes in viewer.received] == [["A1"], ["A2"]]

    asyncio.run(watched())


def test_each_viewer_gets_the_changes_it_missed(show: Show) -> None:
    long_ago = backdate_tickets() - timedelta(hours=2)
    situations.a_booking("A1", show=show)
    Ticket.objects.update(changed_at=long_ago + timedelta(hours=1))
    lately = clock.now()
    situations.a_booking("A2", show=show)

    async def watched() -> None:
        async with viewing(show, since=long_ago) as one, viewing(show, since=lately) as other:
            await eventually(lambda: bool(one.received and other.received), what="what both missed")
            assert (one.seats, other.seats) == ({"A1": BOOKED, "A2": BOOKED}, {"A2": BOOKED})

    asyncio.run(watched())


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=1)])
def test_cursor_in_the_future_counts_as_now(show: Show, ahead: timedelta) -> None:
    """Cursors can be in the future, for example, after the database has moved to a machine with a slower clock."""
    since = backdate_tickets() + ahead
    situations.a_booking("A1", show=show)

    async def watched() -> None:
        async with viewing(show, since=since) as viewer:
            await eventually(lambda: viewer.seats == {"A1": BOOKED}, what="what was written a moment ago")

    asyncio.run(watched())


def test_viewer_that_connects_during_a_read_gets_missed_changes_first(
    show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise its cursor would be after the missed changes, and it would never get them."""
    long_ago = backdate_tickets() - timedelta(hours=2)
    missed = situations.a_booking("A1", show=show)
    missed.tickets.update(changed_at=long_ago + timedelta(hours=1))
    read_changes, reading, may_continue = seat_maps.read_changes, threading.Event(), threading.Event()

    def read_slowly(show_id: int, *, since: datetime | None) -> ChangesRead:
        found = read_changes(show_id, since=since)
        reading.set()
        may_continue.wait(60)
        return found

    async def watched() -> None:
        monkeypatch.setattr(seat_maps, "read_changes", read_slowly)
        await run_in_thread(holding(["A2"], show, buyer))
        async with viewing(show) as first:
            await eventually(reading.is_set, what="the read for the first")
            async with viewing(show, since=long_ago) as viewer:
                # One turn of the event loop runs the new task up to its subscription.
                await asyncio.sleep(0)
                may_continue.set()
                await eventually(lambda: bool(first.received and viewer.received), what="both updates")
        assert {seat.label for seat in viewer.received[0].seats} == {"A1", "A2"}

    asyncio.run(watched())


def test_hold_that_expires_is_sent_by_the_clock(show: Show, buyer: User) -> None:
    since = backdate_tickets()
    hold = situations.a_hold("A1", show=show)
    received: list[ChangedSeats] = []

    def expire_soon() -> None:
        hold.tickets.update(expires_at=clock.now() + timedelta(seconds=0.5))

    async def watched() -> None:
        async with viewing(show, since=since) as viewer:
            await eventually(lambda: viewer.seats == {"A1": HELD}, what="the hold")
            await run_in_thread(expire_soon)
            # This change is announced, so the show is read again, including the new expiry.
            await run_in_thread(holding(["A2"], show, buyer))
            await eventually(lambda: viewer.seats["A1"] == AVAILABLE, what="the end of the hold")
        received.extend(viewer.received)

    asyncio.run(watched())

    ticket = hold.tickets.get()
    assert ticket.expires_at
    assert received[-1].read_at >= ticket.expires_at
    assert ticket.released_at is None


def test_holds_expire_one_after_the_other(show: Show, buyer: User) -> None:
    since = backdate_tickets()
    situations.a_hold("A1", show=show, minutes_left=0.02)

    async def watched() -> None:
        async with viewing(show, since=since) as viewer:
            await eventually(lambda: "A1" in viewer.seats, what="the first hold")
            await run_in_thread(lambda: situations.a_hold("A2", show=show, minutes_left=0.03))
            # This change is announced, so the show is read again.
            await run_in_thread(holding(["A3"], show, buyer))
            over = {"A1": AVAILABLE, "A2": AVAILABLE, "A3": HELD}
            await eventually(lambda: viewer.seats == over, what="the end of both")

    asyncio.run(watched())


def test_unannounced_change_is_found_by_polling(show: Show, change_rules: ChangeRules) -> None:
    change_rules(poll_interval_seconds=0.05)
    since = backdate_tickets()

    async def watched() -> None:
        async with viewing(show, since=since) as viewer:
            await run_in_thread(lambda: situations.a_hold("A1", show=show))
            await eventually(lambda: viewer.seats == {"A1": HELD}, what="a poll")
            await run_in_thread(lambda: Ticket.objects.update(released_at=since))
            await eventually(lambda: viewer.seats == {"A1": AVAILABLE}, what="another poll")

    asyncio.run(watched())


def test_polling_reads_no_show_without_changes(
    show: Show, change_rules: ChangeRules, reads: list[ChangesRead], monkeypatch: pytest.MonkeyPatch
) -> None:
    change_rules(poll_interval_seconds=0.01)
    rounds: list[set[Any]] = []
    recent_changes = seat_maps.recent_changes

    def counted(show_ids: Iterable[int]) -> set[Any]:
        rounds.append(recent_changes(show_ids))
        return rounds[-1]

    monkeypatch.setattr(seat_maps, "recent_changes", counted)
    busy, quiet = show, situations.a_show()
    backdate_tickets()

    async def watched() -> None:
        async with viewing(busy) as viewer, viewing(quiet):
            await eventually(lambda: len(reads) == 2, what="the first reads")
            await run_in_thread(lambda: situations.a_hold("A1", show=busy))
            await eventually(lambda: viewer.seats == {"A1": HELD}, what="a poll")
            seen = len(rounds)
            await eventually(lambda: len(rounds) > seen + 20, what="twenty more rounds")

    asyncio.run(watched())

    assert len(reads) == 3


def test_slow_viewer_gets_several_changes_as_one(show: Show, buyer: User, reads: list[ChangesRead]) -> None:
    since = backdate_tickets()

    async def watched() -> None:
        async with (
            viewing(show, since=since) as quick,
            aclosing(seat_feed.subscribe(show.pk, since=since)) as feed,
        ):
            first = asyncio.ensure_future(anext(feed))
            hold = await run_in_thread(holding(["A1", "A2"], show, buyer))
            assert {seat.label: seat.status for seat in (await first).seats} == {"A1": HELD, "A2": HELD}

            await run_in_thread(lambda: bookings.cancel(booking_id=hold.pk, by=buyer, labels=["A1"]))
            await eventually(lambda: quick.seats["A1"] == AVAILABLE, what="the cancellation")
            await run_in_thread(lambda: bookings.confirm(booking_id=hold.pk, by=buyer))
            await eventually(lambda: quick.seats["A2"] == BOOKED, what="the confirmation")
            await run_in_thread(booking("A1", show=show))
            await eventually(lambda: quick.seats["A1"] == BOOKED, what="the booking")

            second = await anext(feed)
            assert {seat.label: seat.status for seat in second.seats} == {"A1": BOOKED, "A2": BOOKED}
            assert second.read_at == quick.received[-1].read_at
            await run_in_thread(holding(["A3"], show, buyer))
            assert [seat.label for seat in (await anext(feed)).seats] == ["A3"]

    asyncio.run(watched())


def test_no_task_is_left_when_all_viewers_have_left(show: Show, started_reads: list[int]) -> None:
    other = situations.a_show()

    async def watched_for_a_while(label: str) -> None:
        async with viewing(show) as viewer, viewing(show), viewing(other):
            await run_in_thread(booking(label, show=show))
            await eventually(lambda: viewer.seats.get(label) is BOOKED, what="the booking")
            assert len(asyncio.all_tasks()) > 1
        await eventually(lambda: len(asyncio.all_tasks()) == 1, what="the end of all tasks")
        before = len(started_reads)
        await run_in_thread(booking(label, show=other))
        assert len(started_reads) == before

    async def watched() -> None:
        await watched_for_a_while("A1")
        await watched_for_a_while("A2")

    asyncio.run(watched())


def test_unknown_show_is_not_found(show: Show) -> None:
    async def watched() -> None:
        async with (
            aclosing(seat_feed.subscribe(10**9, since=None)) as first,
            aclosing(seat_feed.subscribe(10**9, since=None)) as second,
            viewing(show) as viewer,
        ):
            with pytest.raises(NotFound):
                await anext(first)
            # The first subscription still exists.
            with pytest.raises(NotFound):
                await anext(second)
            await run_in_thread(booking("A1", show=show))
            await eventually(lambda: viewer.seats == {"A1": BOOKED}, what="the change of the other show")

    asyncio.run(watched())


def test_missed_changes_are_sent_only_to_viewers_that_missed_them(
    show: Show, buyer: User, reads: list[ChangesRead]
) -> None:
    situations.a_booking("A1", show=show)
    now = backdate_tickets()

    async def watched() -> None:
        async with viewing(show, since=now) as other:
            await eventually(lambda: len(reads) == 1, what="the first read")
            async with viewing(show, since=datetime(2019, 1, 1, tzinfo=UTC)) as late:
                await eventually(lambda: late.seats == {"A1": BOOKED}, what="what was missed")
            await run_in_thread(holding(["A2"], show, buyer))
            await eventually(lambda: "A2" in other.seats, what="the hold")
            assert other.seats == {"A2": HELD}

    asyncio.run(watched())

"""The changes of bookings that subscribers in one process get, when they get them, and the cost."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import timedelta
from functools import partial

import pytest

from cinema.booking import booking_changes, bookings, holds
from cinema.catalog import scheduling, theaters
from cinema.models import Booking, Show, Ticket, User
from cinema.realtime import booking_feed
from tests import situations
from tests.realtime.viewers import eventually, run_in_thread
from tests.rules import ChangeRules

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_polling")]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Collection[int]]:
    """The users of each read."""
    found: list[Collection[int]] = []
    read = booking_changes.read

    def read_and_append(user_ids: Collection[int]) -> object:
        result = read(user_ids)
        found.append(user_ids)
        return result

    monkeypatch.setattr(booking_changes, "read", read_and_append)
    return found


@asynccontextmanager
async def subscribed(user: User) -> AsyncIterator[list[int]]:
    """The keys of the bookings that have been received."""
    received: list[int] = []

    async def receive() -> None:
        nonlocal received
        async with aclosing(booking_feed.subscribe(user.pk)) as feed:
            async for change in feed:
                # In place, as each arrives.
                received += [change.booking_id]

    task = asyncio.create_task(receive())
    try:
        yield received
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def earlier(*holds: Booking) -> None:
    """Let the tickets have been written long ago, so that they have not changed lately."""
    for hold in holds:
        Ticket.objects.filter(booking=hold).update(changed_at=hold.created_at - timedelta(hours=1))


def test_every_change_of_a_booking_is_sent(show: Show, buyer: User, reads: list[Collection[int]]) -> None:
    """Also one that other code makes, which publishes no event of bookings: the show is cancelled."""
    changes: list[Callable[[Booking], object]] = [
        lambda hold: holds.extend(booking_id=hold.pk, by=buyer),
        lambda hold: bookings.cancel(booking_id=hold.pk, by=buyer, labels=["A1"]),
        lambda hold: bookings.confirm(booking_id=hold.pk, by=buyer),
        lambda hold: scheduling.cancel(show_id=show.pk),
    ]

    async def test() -> None:
        async with subscribed(buyer) as received:
            await eventually(lambda: len(reads) == 1, what="the first read")
            hold = await run_in_thread(partial(holds.acquire, show_id=show.pk, wanted=["A1", "A2"], by=buyer))
            await eventually(lambda: received == [hold.pk], what="the hold")
            for change in changes:
                received.clear()
                await run_in_thread(partial(change, hold))
                await eventually(lambda: received == [hold.pk], what="a change")

    asyncio.run(test())


def test_change_is_read_once_for_all_subscribers_of_its_user(
    show: Show, buyer: User, reads: list[Collection[int]]
) -> None:
    other = situations.a_user()

    async def test() -> None:
        async with subscribed(buyer) as one, subscribed(buyer) as two, subscribed(other) as others:
            await eventually(lambda: sum(map(len, reads)) == 2, what="the first reads")
            reads.clear()
            hold = await run_in_thread(partial(holds.acquire, show_id=show.pk, wanted=["A1"], by=buyer))
            await eventually(lambda: one == two == [hold.pk], what="the hold")
            theirs = await run_in_thread(partial(holds.acquire, show_id=show.pk, wanted=["A2"], by=other))
            await eventually(lambda: others == [theirs.pk], what="the hold of the other user")
            assert one == two == [hold.pk]
        assert reads == [[buyer.pk], [other.pk]]

    asyncio.run(test())


def test_booking_is_sent_when_its_show_or_a_deadline_of_the_theater_changes(
    show: Show, buyer: User, change_rules: ChangeRules, reads: list[Collection[int]]
) -> None:
    change_rules(poll_interval_seconds=0.05)
    booking = situations.a_booking("A1", show=show, by=buyer)
    earlier(booking)
    theater_id = show.screen.theater_id
    changes: list[Callable[[], object]] = [
        lambda: scheduling.reschedule(show_id=show.pk, starts_at=show.starts_at + timedelta(hours=1)),
        lambda: theaters.change_theater(theater_id=theater_id, cancelling_closes_minutes_before_start=5),
        lambda: theaters.change_theater(theater_id=theater_id, cancelling_closes_minutes_before_start=None),
    ]

    async def test() -> None:
        async with subscribed(buyer) as received:
            await eventually(lambda: bool(reads), what="the first read")
            for change in changes:
                received.clear()
                await run_in_thread(change)
                await eventually(lambda: received == [booking.pk], what="the change")
            async with subscribed(buyer) as later:
                await eventually(lambda: later == [booking.pk], what="the recent change")

    asyncio.run(test())


def test_hold_that_expires_is_sent_although_it_is_not_released(
    show: Show, buyer: User, change_rules: ChangeRules
) -> None:
    change_rules(hold_lifetime=timedelta(seconds=1))

    async def test() -> None:
        hold = await run_in_thread(partial(holds.acquire, show_id=show.pk, wanted=["A1"], by=buyer))
        async with subscribed(buyer) as received:
            await eventually(lambda: received == [hold.pk], what="the recent hold")
            await eventually(lambda: received == [hold.pk] * 2, what="the expiry")
            await run_in_thread(partial(holds.release_expired, at_most=10))
            sent = await run_in_thread(partial(holds.acquire, show_id=show.pk, wanted=["A2"], by=buyer))
            # The release changes nothing that the user can see.
            await eventually(lambda: received == [hold.pk, hold.pk, sent.pk], what="the next hold")

    asyncio.run(test())


def test_new_subscriber_gets_recent_changes_only(show: Show, buyer: User) -> None:
    old, recent = (holds.acquire(show_id=show.pk, wanted=[label], by=buyer) for label in ("A1", "A2"))
    earlier(old)

    async def test() -> None:
        async with subscribed(buyer) as received:
            await eventually(lambda: received == [recent.pk], what="the recent booking")
            async with subscribed(buyer) as later:
                await eventually(lambda: later == [recent.pk], what="the recent booking")
            assert received == [recent.pk]

    asyncio.run(test())


def test_change_without_a_message_is_found_by_polling(
    show: Show, buyer: User, change_rules: ChangeRules, monkeypatch: pytest.MonkeyPatch, reads: list[Collection[int]]
) -> None:
    """As one that another process makes without Redis."""
    change_rules(poll_interval_seconds=0.05)
    monkeypatch.setattr(booking_feed, "_notify", lambda user_ids: None)

    async def test() -> None:
        async with subscribed(buyer) as received:
            await eventually(lambda: bool(reads), what="the first read")
            hold = await run_in_thread(partial(holds.acquire, show_id=show.pk, wanted=["A1"], by=buyer))
            await eventually(lambda: received == [hold.pk], what="the hold")

    asyncio.run(test())


def test_failed_read_is_repeated(
    show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    read, failures = booking_changes.read, iter([LookupError("no such bookings")])
    monkeypatch.setattr(booking_feed, "RETRY_SECONDS", 0.01)
    hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)

    def fail_once(user_ids: Collection[int]) -> object:
        for failure in failures:
            raise failure
        return read(user_ids)

    monkeypatch.setattr(booking_changes, "read", fail_once)

    async def test() -> None:
        async with subscribed(buyer) as received:
            await eventually(lambda: received == [hold.pk], what="the hold")

    asyncio.run(test())
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["cannot read bookings"]


def test_nothing_is_read_without_subscribers(show: Show, buyer: User, reads: list[Collection[int]]) -> None:
    async def test() -> None:
        async with subscribed(buyer):
            await eventually(lambda: len(reads) == 1, what="the first read")
        await run_in_thread(partial(holds.acquire, show_id=show.pk, wanted=["A1"], by=buyer))
        await asyncio.sleep(3 * booking_feed.READ_INTERVAL_SECONDS)
        assert len(reads) == 1

    asyncio.run(test())


def test_bookings_of_ended_shows_are_not_read(show: Show, buyer: User) -> None:
    ended, current = situations.a_booking("A1", by=buyer), situations.a_booking("A1", show=show, by=buyer)
    situations.start_show(ended.show, hours_ago=5)

    assert set(booking_changes.read([buyer.pk])[buyer.pk].versions) == {current.pk}

"""Results that take long, such as a whole seat map: executed in turn, and not kept."""

import gc
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from cinema.booking import bookings
from cinema.models import Show
from schema.catalog.seat_maps import cursor_of
from schema.engine.subscriptions import execution, worker_pool
from schema.engine.subscriptions.events import SharedEvent
from schema.engine.subscriptions.execution import Subscription
from tests import situations
from tests.conftest import global_id
from tests.realtime.looking_on import eventually
from tests.sockets.peer import WATCH, Peer, connected, elsewhere, run

pytestmark = pytest.mark.django_db(transaction=True)

executed = execution.execute_large


class Slow:
    """It has to be let through."""

    def __init__(self) -> None:
        self.begun = 0
        self.gate = threading.Event()

    def __call__(self, subscription: Subscription, event: SharedEvent) -> str:
        self.begun += 1
        assert self.gate.wait(30)
        return executed(subscription, event)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    """Whatever is told counts as a house."""
    slow = Slow()
    monkeypatch.setattr(execution, "MAX_ITEMS_IN_LOOP", 0)
    monkeypatch.setattr(execution, "execute_large", slow)
    yield slow
    slow.gate.set()


@pytest.fixture
def show() -> Show:
    """With something to tell to whoever comes back from long ago."""
    show = situations.a_show()
    bookings.book(show_id=show.pk, labels=["A1"], by=situations.a_user())
    return show


def come_back(peer: Peer, show: Show, *, number: int) -> None:
    """With a cursor and a text of its own, so that nobody else is told the same."""
    since = cursor_of(datetime(2000, 1, 1 + number, tzinfo=UTC))
    peer.subscribe(f"{WATCH} # {number}", show=global_id(show), since=since, number=number)


def test_one_result_of_a_connection_is_executed_at_a_time(show: Show, slow: Slow) -> None:
    slow.gate.set()

    async def test() -> None:
        async with connected(REMOTE_ADDR="192.0.2.1") as peer, connected(REMOTE_ADDR="192.0.2.2") as other:
            await peer.begin()
            await other.begin()
            peer.stop_reading()
            for number in range(5):
                come_back(peer, show, number=number)
            # By then there was time for those too.
            for number in range(5):
                come_back(other, show, number=10 + number)
                await other.changes()
            assert slow.begun == 1 + 5
            peer.read_again()
            for _ in range(5):
                assert await peer.changes() == {"A1": ("BOOKED", False)}

    run(test())


def test_a_client_with_much_work_does_not_delay_others(show: Show, slow: Slow) -> None:
    async def test() -> None:
        async with AsyncExitStack() as stack:
            for number in range(5):
                peer = await stack.enter_async_context(connected(REMOTE_ADDR="192.0.2.1"))
                await peer.begin()
                come_back(peer, show, number=number)
            await eventually(lambda: slow.begun == 1, what="an answer")
            other = await stack.enter_async_context(connected(REMOTE_ADDR="192.0.2.2"))
            await other.begin()
            come_back(other, show, number=10)
            await eventually(lambda: slow.begun == worker_pool.THREADS, what="an answer to somebody else")
            slow.gate.set()
            assert await other.changes() == {"A1": ("BOOKED", False)}

    run(test())


def test_a_result_that_nobody_waits_for_is_not_executed(show: Show, slow: Slow) -> None:
    buyer = situations.a_user()

    async def test() -> None:
        slow.gate.set()
        async with AsyncExitStack() as stack:
            for number in range(5):
                peer = await stack.enter_async_context(connected())
                await peer.begin()
                come_back(peer, show, number=number)
                await peer.changes()
            slow.begun = 0
            slow.gate.clear()
            await elsewhere(bookings.book, show_id=show.pk, labels=["A2"], by=buyer)
            await eventually(lambda: slow.begun == 1 and waiting() == 4, what="one answer, and others in line")
        assert waiting() == 0
        slow.gate.set()
        await eventually(lambda: worker_pool._queue._free == worker_pool.THREADS, what="the places to be free")  # noqa: SLF001
        assert slow.begun == 1

    run(test())


def test_an_abandoned_execution_keeps_its_slot_until_it_is_done(show: Show, slow: Slow) -> None:
    async def test() -> None:
        for number in range(3):
            async with connected() as peer:
                await peer.begin()
                come_back(peer, show, number=number)
                await eventually(lambda: slow.begun == 1, what="an answer")
                if number > 0:
                    await eventually(lambda: waiting() == 1, what="its place in the line")
        assert slow.begun == 1
        slow.gate.set()
        await eventually(lambda: worker_pool._queue._free == worker_pool.THREADS, what="the places to be free")  # noqa: SLF001

    run(test())


def waiting() -> int:
    return sum(not slot.granted.done() for slots in worker_pool._queue._waiting.values() for slot in slots)  # noqa: SLF001 - no other way


def test_a_result_is_not_kept_after_it_was_sent(show: Show) -> None:
    buyer = situations.a_user()
    # Tests before this one left some in cycles.
    gc.collect()

    async def test() -> None:
        async with connected() as peer:
            await peer.begin()
            come_back(peer, show, number=0)
            assert await peer.changes() == {"A1": ("BOOKED", False)}
            await eventually(lambda: not execution._results, what="the answer to be forgotten")  # noqa: SLF001
            # It is still looking on.
            await elsewhere(bookings.book, show_id=show.pk, labels=["A2"], by=buyer)
            assert (await peer.changes())["A2"] == ("BOOKED", False)

    run(test())

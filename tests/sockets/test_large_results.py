"""Large results, such as a whole seat map, are executed one at a time per client and not retained."""

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
from tests.realtime.viewers import eventually
from tests.sockets.peer import WATCH, Peer, connected, in_another_thread, run

pytestmark = pytest.mark.django_db(transaction=True)

original = execution.execute_large


class SlowExecution:
    """Waits until `gate` is set, then executes."""

    def __init__(self) -> None:
        self.started = 0
        self.gate = threading.Event()

    def __call__(self, subscription: Subscription, event: SharedEvent) -> str:
        self.started += 1
        assert self.gate.wait(30)
        return original(subscription, event)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowExecution]:
    """Every result counts as large, and is slow."""
    slow = SlowExecution()
    monkeypatch.setattr(execution, "MAX_ITEMS_IN_LOOP", 0)
    monkeypatch.setattr(execution, "execute_large", slow)
    yield slow
    slow.gate.set()


@pytest.fixture
def show() -> Show:
    """A show with a change, for clients that resume from an old cursor."""
    show = situations.a_show()
    bookings.book(show_id=show.pk, labels=["A1"], by=situations.a_user())
    return show


def resume(peer: Peer, show: Show, *, number: int) -> None:
    """Subscribe with a unique cursor and document, so that no other client shares the result."""
    since = cursor_of(datetime(2000, 1, 1 + number, tzinfo=UTC))
    peer.subscribe(f"{WATCH} # {number}", show=global_id(show), since=since, number=number)


def test_one_result_of_a_connection_is_executed_at_a_time(show: Show, slow: SlowExecution) -> None:
    slow.gate.set()

    async def test() -> None:
        async with connected(REMOTE_ADDR="192.0.2.1") as peer, connected(REMOTE_ADDR="192.0.2.2") as other:
            await peer.initialize()
            await other.initialize()
            peer.stop_reading()
            for number in range(5):
                resume(peer, show, number=number)
            # The other client gets its five results before the first client's remaining ones.
            for number in range(5):
                resume(other, show, number=10 + number)
                await other.changes()
            assert slow.started == 1 + 5
            peer.resume_reading()
            for _ in range(5):
                assert await peer.changes() == {"A1": ("BOOKED", False)}

    run(test())


def test_a_client_with_much_work_does_not_delay_others(show: Show, slow: SlowExecution) -> None:
    async def test() -> None:
        async with AsyncExitStack() as stack:
            for number in range(5):
                peer = await stack.enter_async_context(connected(REMOTE_ADDR="192.0.2.1"))
                await peer.initialize()
                resume(peer, show, number=number)
            await eventually(lambda: slow.started == 1, what="an execution")
            other = await stack.enter_async_context(connected(REMOTE_ADDR="192.0.2.2"))
            await other.initialize()
            resume(other, show, number=10)
            await eventually(lambda: slow.started == worker_pool.THREADS, what="an execution for the other client")
            slow.gate.set()
            assert await other.changes() == {"A1": ("BOOKED", False)}

    run(test())


def test_results_for_disconnected_clients_are_not_executed(show: Show, slow: SlowExecution) -> None:
    buyer = situations.a_user()

    async def test() -> None:
        slow.gate.set()
        async with AsyncExitStack() as stack:
            for number in range(5):
                peer = await stack.enter_async_context(connected())
                await peer.initialize()
                resume(peer, show, number=number)
                await peer.changes()
            slow.started = 0
            slow.gate.clear()
            await in_another_thread(bookings.book, show_id=show.pk, labels=["A2"], by=buyer)
            await eventually(
                lambda: slow.started == 1 and queue_length() == 4, what="one execution, with the others in the queue"
            )
        assert queue_length() == 0
        slow.gate.set()
        await eventually(lambda: not worker_pool._queue._granted_at, what="every slot to be free")  # noqa: SLF001
        assert slow.started == 1

    run(test())


def test_an_abandoned_execution_keeps_its_slot_until_it_is_done(show: Show, slow: SlowExecution) -> None:
    async def test() -> None:
        for number in range(3):
            async with connected() as peer:
                await peer.initialize()
                resume(peer, show, number=number)
                await eventually(lambda: slow.started == 1, what="an execution")
                if number > 0:
                    await eventually(lambda: queue_length() == 1, what="the second one in the queue")
        assert slow.started == 1
        slow.gate.set()
        await eventually(lambda: not worker_pool._queue._granted_at, what="every slot to be free")  # noqa: SLF001

    run(test())


def queue_length() -> int:
    return worker_pool._queue._waiting_counts.total()  # noqa: SLF001 - no other way


def test_results_are_discarded_after_they_are_sent(show: Show) -> None:
    buyer = situations.a_user()
    # Earlier tests leave results in reference cycles.
    gc.collect()

    async def test() -> None:
        async with connected() as peer:
            await peer.initialize()
            resume(peer, show, number=0)
            assert await peer.changes() == {"A1": ("BOOKED", False)}
            await eventually(lambda: not execution._results, what="the result to be discarded")  # noqa: SLF001
            # The subscription continues.
            await in_another_thread(bookings.book, show_id=show.pk, labels=["A2"], by=buyer)
            assert (await peer.changes())["A2"] == ("BOOKED", False)

    run(test())

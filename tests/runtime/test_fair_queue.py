"""The queue in which requests wait for a thread."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import wraps
from typing import Any

import pytest

from cinema.runtime.fair_queue import FairQueue, Slot


def run_in_event_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    @wraps(test)
    def run() -> None:
        asyncio.run(test())

    return run


def granted(slots: Sequence[Slot]) -> list[bool]:
    return [slot.granted.done() and not slot.granted.cancelled() for slot in slots]


@run_in_event_loop
async def test_no_more_slots_are_granted_than_exist() -> None:
    queue = FairQueue(3)
    slots = [queue.acquire(key) for key in ("ana", "bob", "eve", "fay")]
    assert granted(slots) == [True, True, True, False]
    queue.release(slots[1])
    assert granted(slots) == [True, True, True, True]
    assert not queue.acquire("bob").granted.done()


@run_in_event_loop
async def test_half_of_the_slots_are_reserved_for_other_clients() -> None:
    queue = FairQueue(4)
    assert granted([queue.acquire("ana") for _ in range(5)]) == [True, True, False, False, False]
    assert granted([queue.acquire("bob") for _ in range(3)]) == [True, True, False]


@run_in_event_loop
async def test_slots_ahead_are_granted_without_larger_shares_for_clients_or_expensive_requests() -> None:
    queue = FairQueue(4, ahead=2)
    assert granted([queue.acquire("ana") for _ in range(3)]) == [True, True, False]
    others = [queue.acquire(key, is_expensive=True) for key in ("bob", "eve", "fay", "gus")]
    assert granted(others) == [True, True, True, False]
    assert granted([queue.acquire(key) for key in ("hal", "ida")]) == [True, False]


@run_in_event_loop
async def test_a_single_slot_is_not_reserved() -> None:
    queue = FairQueue(1)
    slot = queue.acquire("ana")
    assert slot.granted.done()
    queue.release(slot)
    assert queue.acquire("ana").granted.done()


@run_in_event_loop
async def test_another_client_is_next_after_many_requests_of_one_client() -> None:
    queue = FairQueue(1)
    first = queue.acquire("ana")
    waiting = [*(queue.acquire("ana") for _ in range(100)), queue.acquire("bob")]
    assert order(queue, first, waiting)[:4] == ["ana", "bob", "ana", "ana"]


@run_in_event_loop
async def test_three_clients_take_turns() -> None:
    queue = FairQueue(1)
    first = queue.acquire("ana")
    waiting = [queue.acquire(key) for key in ("ana", "ana", "bob", "bob", "eve", "eve")]
    assert order(queue, first, waiting) == ["ana", "bob", "eve", "ana", "bob", "eve"]


@run_in_event_loop
async def test_a_slot_released_while_waiting_is_not_granted() -> None:
    queue = FairQueue(1)
    first, second, third = (queue.acquire("ana") for _ in range(3))
    queue.release(second)
    queue.release(first)
    assert granted([second, third]) == [False, True]
    queue.release(third)
    assert queue.acquire("bob").granted.done()


@run_in_event_loop
async def test_a_slot_whose_wait_was_cancelled_can_be_released() -> None:
    queue = FairQueue(1)
    first, second = queue.acquire("ana"), queue.acquire("bob")
    waiting = asyncio.ensure_future(asyncio.wait_for(second.granted, 60))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    queue.release(second)
    queue.release(first)
    # Released twice, there would be two slots.
    assert granted([queue.acquire("eve"), queue.acquire("fay")]) == [True, False]


@run_in_event_loop
async def test_a_slot_that_is_granted_while_its_wait_is_cancelled_can_be_released() -> None:
    queue = FairQueue(1)
    first, second = queue.acquire("ana"), queue.acquire("bob")
    waiting = asyncio.ensure_future(asyncio.wait({second.granted}))
    await asyncio.sleep(0)
    queue.release(first)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert granted([second]) == [True]
    queue.release(second)
    assert queue.acquire("eve").granted.done()


@run_in_event_loop
async def test_no_data_of_past_clients_is_kept() -> None:
    queue = FairQueue(2)
    for number in range(10):
        slot = queue.acquire(f"client {number}", is_expensive=number % 2 == 0)
        assert slot.granted.done()
        queue.release(slot)
    assert not queue._in_use  # noqa: SLF001 - requests from many addresses would fill it
    assert len(queue._cheap) == len(queue._expensive) == 0  # noqa: SLF001 - as above


@run_in_event_loop
async def test_500_clients_are_served_in_the_order_of_their_arrival() -> None:
    queue = FairQueue(1)
    first = queue.acquire("first")
    clients = [f"client {number}" for number in range(500)]
    waiting = [queue.acquire(client) for client in clients]
    assert order(queue, first, waiting) == clients


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def use(queue: FairQueue, clock: Clock, *, seconds: float, times: int = 200) -> None:
    """Use slots one after the other for so many seconds each."""
    for number in range(times):
        slot = queue.acquire(f"earlier client {number}")
        clock.now += seconds
        queue.release(slot)


@run_in_event_loop
async def test_no_wait_is_expected_while_no_request_waits() -> None:
    clock = Clock()
    queue = FairQueue(2, clock)
    assert queue.expected_wait("ana") == 0
    use(queue, clock, seconds=3)
    queue.acquire("ana")
    queue.acquire("bob")
    assert queue.expected_wait("eve") == 0


@run_in_event_loop
async def test_expected_wait_is_that_of_one_turn_of_each_waiting_client() -> None:
    clock = Clock()
    queue = FairQueue(2, clock)
    use(queue, clock, seconds=3)
    for client in ("ana", "bob", *["ana"] * 100, "bob"):
        queue.acquire(client)

    assert queue.expected_wait("eve") == pytest.approx(2 * 3 / 2, rel=0.01)
    assert queue.expected_wait("bob") == pytest.approx(4 * 3 / 2, rel=0.01)
    # She never has more than one of the two slots.
    assert queue.expected_wait("ana") == pytest.approx(100 * 3, rel=0.01)


@run_in_event_loop
async def test_expected_wait_follows_the_time_that_requests_take() -> None:
    clock = Clock()
    queue = FairQueue(1, clock)
    use(queue, clock, seconds=60)
    use(queue, clock, seconds=0.5)
    queue.acquire("ana")
    queue.acquire("bob")

    assert queue.expected_wait("eve") == pytest.approx(0.5, rel=0.01)


@run_in_event_loop
async def test_expected_wait_grows_while_no_slot_is_released() -> None:
    clock = Clock()
    queue = FairQueue(2, clock)
    use(queue, clock, seconds=0.01)
    queue.acquire("ana")
    clock.now += 2
    queue.acquire("bob")
    queue.acquire("eve")
    clock.now += 30

    assert queue.expected_wait("fay") == pytest.approx(30 / 2)


@run_in_event_loop
async def test_abandoned_requests_do_not_increase_the_expected_wait() -> None:
    clock = Clock()
    queue = FairQueue(1, clock)
    use(queue, clock, seconds=1)
    held = queue.acquire("ana")
    for slot in [queue.acquire("bob") for _ in range(50)]:
        queue.release(slot)
    assert queue.expected_wait("bob") == 0
    clock.now += 1
    queue.release(held)
    queue.acquire("ana")
    queue.acquire("eve")
    assert queue.expected_wait("fay") == pytest.approx(1, rel=0.01)


@run_in_event_loop
async def test_no_wait_is_expected_for_a_client_that_gets_a_reserved_slot() -> None:
    clock = Clock()
    queue = FairQueue(4, clock)
    for _ in range(100):
        queue.acquire("ana")
    clock.now += 60

    assert queue.expected_wait("ana") > 60
    assert queue.expected_wait("bob") == 0
    assert queue.acquire("bob").granted.done()


def order(queue: FairQueue, first: Slot, waiting: list[Slot]) -> list[str]:
    """The order in which clients are granted the only slot when each holder releases it. `first` holds it now."""
    waiting, holder, found = list(waiting), first, []
    while waiting:
        queue.release(holder)
        (holder,) = [slot for slot in waiting if slot.granted.done()]
        waiting.remove(holder)
        found.append(holder.client_key)
    return found


@run_in_event_loop
async def test_one_slot_is_reserved_for_cheap_requests() -> None:
    queue = FairQueue(4)
    expensive = [queue.acquire(f"reader{n}", is_expensive=True) for n in range(10)]
    assert granted(expensive) == [True] * 3 + [False] * 7
    assert granted([queue.acquire("ana"), queue.acquire("bob")]) == [True, False]


@run_in_event_loop
async def test_cheap_requests_pass_expensive_ones_that_wait() -> None:
    queue = FairQueue(2)
    first = queue.acquire("reader1", is_expensive=True)
    waiting = [queue.acquire(f"reader{n}", is_expensive=True) for n in range(2, 5)]
    cheap = queue.acquire("ana")
    assert (granted(waiting), granted([cheap])) == ([False] * 3, [True])
    queue.release(cheap)
    assert granted(waiting) == [False] * 3
    queue.release(first)
    assert granted(waiting) == [True, False, False]


@run_in_event_loop
async def test_cheap_and_expensive_requests_take_turns_for_the_other_slots() -> None:
    queue = FairQueue(2)
    first, second = queue.acquire("eve"), queue.acquire("fay")
    expensive, cheap = queue.acquire("reader", is_expensive=True), queue.acquire("ana")
    queue.release(first)
    assert granted([expensive, cheap]) == [True, False]
    queue.release(second)
    assert granted([cheap]) == [True]


@run_in_event_loop
async def test_a_single_slot_is_granted_to_expensive_requests() -> None:
    queue = FairQueue(1)
    assert granted([queue.acquire("reader", is_expensive=True)]) == [True]


@run_in_event_loop
async def test_an_expensive_request_waits_although_a_slot_is_reserved() -> None:
    now = 0.0
    queue = FairQueue(4, clock=lambda: now)
    for _ in range(100):
        slot = queue.acquire("reader", is_expensive=True)
        now += 2.0
        queue.release(slot)
    for number in range(3 + 6):
        queue.acquire(f"reader {number}", is_expensive=True)

    # Six wait for three slots, and each takes two seconds.
    assert queue.expected_wait("other reader", is_expensive=True) == pytest.approx(4.0, rel=0.1)
    assert queue.expected_wait("buyer") == 0.0


@run_in_event_loop
async def test_a_cheap_request_does_not_wait_for_expensive_ones() -> None:
    now = 0.0
    queue = FairQueue(4, clock=lambda: now)
    for is_expensive, seconds in ((True, 2.0), (False, 0.1)):
        for _ in range(100):
            slot = queue.acquire("client", is_expensive=is_expensive)
            now += seconds
            queue.release(slot)
    for number in range(100):
        queue.acquire(f"reader {number}", is_expensive=True)
    for number in range(1 + 5):
        queue.acquire(f"buyer {number}")

    assert queue.expected_wait("other buyer") == pytest.approx(0.5, rel=0.1)

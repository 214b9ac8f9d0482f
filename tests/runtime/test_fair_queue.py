"""The line in which requests wait for a thread."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from cinema.runtime.fair_queue import FairQueue, Turn


def in_a_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    @wraps(test)
    def run() -> None:
        asyncio.run(test())

    return run


@in_a_loop
async def test_there_are_as_many_turns_at_a_time_as_places() -> None:
    line = FairQueue(3)
    assert [line.acquire(whose).done() for whose in ("ana", "bob", "eve", "fay")] == [True, True, True, False]
    line.release("bob")
    assert not line.acquire("bob").done()


@in_a_loop
async def test_one_place_is_left_for_another() -> None:
    line = FairQueue(3)
    assert [line.acquire("ana").done() for _ in range(5)] == [True, True, False, False, False]
    assert line.acquire("bob").done()


@in_a_loop
async def test_the_only_place_is_anybodys() -> None:
    line = FairQueue(1)
    assert line.acquire("ana").done()
    line.release("ana")
    assert line.acquire("ana").done()


@in_a_loop
async def test_another_clients_turn_is_next_however_many_one_has_sent() -> None:
    line = FairQueue(1)
    line.acquire("ana")
    turns = [*(("ana", line.acquire("ana")) for _ in range(100)), ("bob", line.acquire("bob"))]
    assert order_of(line, turns, 4) == ["ana", "bob", "ana", "ana"]


@in_a_loop
async def test_three_clients_take_turns() -> None:
    line = FairQueue(1)
    line.acquire("ana")
    turns = [(whose, line.acquire(whose)) for whose in ("ana", "ana", "bob", "bob", "eve", "eve")]
    assert order_of(line, turns, 6) == ["ana", "bob", "eve", "ana", "bob", "eve"]


@in_a_loop
async def test_who_has_stopped_waiting_has_no_turn() -> None:
    line = FairQueue(1)
    line.acquire("ana")
    gone, turn = line.acquire("ana"), line.acquire("ana")
    gone.cancel()
    line.release("ana")
    assert turn.done()
    line.release("ana")
    assert line.acquire("bob").done()


@in_a_loop
async def test_nothing_is_kept_of_who_has_left() -> None:
    line = FairQueue(2)
    for number in range(10):
        whose = f"client {number}"
        assert line.acquire(whose).done()
        line.release(whose)
    assert not line._served  # noqa: SLF001 - what a flood of addresses would fill
    assert not line._waiting  # noqa: SLF001 - as above


def order_of(line: FairQueue, turns: list[tuple[str, Turn]], count: int) -> list[str]:
    """Whose turn comes, when who has the one place leaves it each time; "ana" has it now."""
    order, has_it = [], "ana"
    for _ in range(count):
        line.release(has_it)
        (come,) = [(whose, turn) for whose, turn in turns if turn.done()]
        turns.remove(come)
        has_it = come[0]
        order.append(has_it)
    return order

"""The line in which requests wait for a thread."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from cinema.core.line import Line, Turn


def in_a_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    @wraps(test)
    def run() -> None:
        asyncio.run(test())

    return run


@in_a_loop
async def test_there_are_as_many_turns_at_a_time_as_places() -> None:
    line = Line(3)
    assert [line.enter(whose).done() for whose in ("ana", "bob", "eve", "fay")] == [True, True, True, False]
    line.leave("bob")
    assert not line.enter("bob").done()


@in_a_loop
async def test_one_place_is_left_for_another() -> None:
    line = Line(3)
    assert [line.enter("ana").done() for _ in range(5)] == [True, True, False, False, False]
    assert line.enter("bob").done()


@in_a_loop
async def test_the_only_place_is_anybodys() -> None:
    line = Line(1)
    assert line.enter("ana").done()
    line.leave("ana")
    assert line.enter("ana").done()


@in_a_loop
async def test_another_clients_turn_is_next_however_many_one_has_sent() -> None:
    line = Line(1)
    line.enter("ana")
    turns = [*(("ana", line.enter("ana")) for _ in range(100)), ("bob", line.enter("bob"))]
    assert order_of(line, turns, 4) == ["ana", "bob", "ana", "ana"]


@in_a_loop
async def test_three_clients_take_turns() -> None:
    line = Line(1)
    line.enter("ana")
    turns = [(whose, line.enter(whose)) for whose in ("ana", "ana", "bob", "bob", "eve", "eve")]
    assert order_of(line, turns, 6) == ["ana", "bob", "eve", "ana", "bob", "eve"]


@in_a_loop
async def test_who_has_stopped_waiting_has_no_turn() -> None:
    line = Line(1)
    line.enter("ana")
    gone, turn = line.enter("ana"), line.enter("ana")
    gone.cancel()
    line.leave("ana")
    assert turn.done()
    line.leave("ana")
    assert line.enter("bob").done()


@in_a_loop
async def test_nothing_is_kept_of_who_has_left() -> None:
    line = Line(2)
    for number in range(10):
        whose = f"client {number}"
        assert line.enter(whose).done()
        line.leave(whose)
    assert not line._served  # noqa: SLF001 - what a flood of addresses would fill
    assert not line._waiting  # noqa: SLF001 - as above


def order_of(line: Line, turns: list[tuple[str, Turn]], count: int) -> list[str]:
    """Whose turn comes, when who has the one place leaves it each time; "ana" has it now."""
    order, has_it = [], "ana"
    for _ in range(count):
        line.leave(has_it)
        (come,) = [(whose, turn) for whose, turn in turns if turn.done()]
        turns.remove(come)
        has_it = come[0]
        order.append(has_it)
    return order

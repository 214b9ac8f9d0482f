"""The line in which requests wait for a thread."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from config.line import Line, Turn


def in_a_loop(told: Coroutine[Any, Any, None]) -> None:
    asyncio.run(told)


def test_there_are_as_many_turns_at_a_time_as_places() -> None:
    async def tell() -> None:
        line = Line(2)
        assert [line.enter("ana").done() for _ in range(4)] == [True, True, False, False]

    in_a_loop(tell())


def test_another_clients_turn_is_next_however_many_one_has_sent() -> None:
    async def tell() -> None:
        line = Line(1)
        line.enter("ana")
        turns = [*(("ana", line.enter("ana")) for _ in range(100)), ("bob", line.enter("bob"))]
        assert await order_of(line, turns, 4) == ["ana", "bob", "ana", "ana"]

    in_a_loop(tell())


def test_three_clients_take_turns() -> None:
    async def tell() -> None:
        line = Line(1)
        line.enter("ana")
        turns = [(whose, line.enter(whose)) for whose in ("ana", "ana", "bob", "bob", "eve", "eve")]
        assert await order_of(line, turns, 6) == ["ana", "bob", "eve", "ana", "bob", "eve"]

    in_a_loop(tell())


def test_who_has_stopped_waiting_has_no_turn() -> None:
    async def tell() -> None:
        line = Line(1)
        line.enter("ana")
        gone, turn = line.enter("ana"), line.enter("ana")
        gone.cancel()
        line.leave()
        assert turn.done()
        line.leave()
        assert line.enter("bob").done()

    in_a_loop(tell())


async def order_of(line: Line, turns: list[tuple[str, Turn]], count: int) -> list[str]:
    """Whose turn comes, one after the other."""
    order = []
    for _ in range(count):
        line.leave()
        (come,) = [(whose, turn) for whose, turn in turns if turn.done()]
        turns.remove(come)
        order.append(come[0])
    return order

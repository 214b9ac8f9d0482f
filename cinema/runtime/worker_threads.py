"""Permanent threads that run functions for an event loop."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class _Call(NamedTuple):
    loop: asyncio.AbstractEventLoop
    result: asyncio.Future[Any]
    function: Callable[[], Any]


class WorkerThreads:
    """Runs functions in `count` threads, which end with the process.

    `loop.run_in_executor` does the same with three more objects, a lock and a callback for each call, which cost a
    tenth of a small request.
    """

    def __init__(self, count: int) -> None:
        self._calls: SimpleQueue[_Call] = SimpleQueue()
        for _ in range(count):
            Thread(target=self._work, daemon=True).start()

    async def run(self, function: Callable[[], R]) -> R:
        """Call `function` in one of the threads and return its result. Exceptions of `function` are raised."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[R] = loop.create_future()
        self._calls.put(_Call(loop, result, function))
        return await result

    def _work(self) -> None:
        while True:
            call = self._calls.get()
            try:
                value = call.function()
            except BaseException as error:  # noqa: BLE001 - it is raised where the result is awaited
                _in_loop(call, call.result.set_exception, error)
            else:
                _in_loop(call, call.result.set_result, value)


def _in_loop(call: _Call, settle: Callable[[Any], None], value: object) -> None:
    def settle_if_awaited() -> None:
        if not call.result.done():
            settle(value)

    # The event loop may have ended.
    with suppress(RuntimeError):
        call.loop.call_soon_threadsafe(settle_if_awaited)

"""What takes long is done here, in threads, so that all others are told meanwhile: in turn, by where it comes from."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from cinema.runtime.fair_queue import FairQueue

T = TypeVar("T")

# With two, whoever asks for much leaves one for others.
PLACES = 2

_threads = ThreadPoolExecutor(PLACES, thread_name_prefix="desk")
_queue = FairQueue(PLACES)


async def work(function: Callable[[], T], *, whose: str) -> T:
    """What `function` returns or raises. It does not use the database."""
    turn = _queue.acquire(whose)
    try:
        await turn
    except asyncio.CancelledError:
        if not turn.cancelled():
            _queue.release(whose)
        raise
    working = asyncio.get_running_loop().run_in_executor(_threads, function)
    try:
        return await asyncio.shield(working)
    finally:
        try:
            # Also when nobody wants it any longer: the place is taken as long as the thread is at work.
            await asyncio.wait([working])
        finally:
            _queue.release(whose)

"""Threads for work that would block the event loop for too long, with a fair queue of clients."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from cinema.runtime.fair_queue import FairQueue

T = TypeVar("T")

# One client never occupies all of them.
THREADS = 2

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="subscription-worker")
_queue = FairQueue(THREADS)


async def run(function: Callable[[], T], *, client_key: str) -> T:
    """Call `function` in a thread and return its result. It must not use the database."""
    slot = _queue.acquire(client_key)
    try:
        await slot.granted
        running = asyncio.get_running_loop().run_in_executor(_threads, function)
        try:
            return await asyncio.shield(running)
        finally:
            # Even if the caller is cancelled, the slot is in use until the thread is free.
            await asyncio.wait([running])
    finally:
        _queue.release(slot)

"""Threads for work that would block the event loop for too long, with fair queues of clients."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from cinema.runtime import database_threads
from cinema.runtime.fair_queue import FairQueue

T = TypeVar("T")

# One client never occupies all of them.
THREADS = 2

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="subscription-worker")
_queue = FairQueue(THREADS)
# One at a time, so that the other database threads remain free to read changes.
_database_queue = FairQueue(1)


async def run(function: Callable[[], T], *, client_key: str) -> T:
    """Call `function` in a thread and return its result. It must not use the database."""
    return await _run(
        lambda: asyncio.get_running_loop().run_in_executor(_threads, function), _queue, client_key=client_key
    )


async def run_with_database(function: Callable[[], T], *, client_key: str) -> T:
    """Call `function` in a thread with a database connection and return its result."""
    return await _run(lambda: database_threads.run(function), _database_queue, client_key=client_key)


async def _run(start: Callable[[], Awaitable[T]], queue: FairQueue, *, client_key: str) -> T:
    slot = queue.acquire(client_key)
    try:
        await slot.granted
        running = asyncio.ensure_future(start())
        try:
            return await asyncio.shield(running)
        finally:
            # Even if the caller is cancelled, the slot is in use until the thread is free.
            await asyncio.wait([running])
    finally:
        queue.release(slot)

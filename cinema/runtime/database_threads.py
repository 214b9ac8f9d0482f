"""Database access from an event loop, in a few threads that keep their connections."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
R = TypeVar("R")

THREADS = 2

_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="database")


async def run(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call `function` in one of the threads and return its result. Exceptions of `function` are raised."""
    return await asyncio.get_running_loop().run_in_executor(_pool, lambda: _call(function, *args, **kwargs))


def _call(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    close_old_connections()
    try:
        return function(*args, **kwargs)
    finally:
        close_old_connections()

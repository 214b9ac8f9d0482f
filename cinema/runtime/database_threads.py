"""Reading the database from an event loop, in threads that are few and keep their connections."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
R = TypeVar("R")

READERS = 2

_readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")


async def run(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What `function` returns or raises, called in one of the threads."""
    return await asyncio.get_running_loop().run_in_executor(_readers, lambda: _connected(function, *args, **kwargs))


def _connected(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    close_old_connections()
    try:
        return function(*args, **kwargs)
    finally:
        close_old_connections()

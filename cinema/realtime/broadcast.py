"""Messages to other processes about shows that have changed, and about users whose bookings have changed.

They are sent over a channel layer (Redis, if `REDIS_URL` is set).

A message is only a hint: every process also polls the database, so a lost message delays a change. Sending is therefore
never retried and nothing waits for it. Without Redis, a booking takes no longer.
"""

import asyncio
import logging
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from typing import Literal

from channels.layers import get_channel_layer

from cinema.core.text import on_one_line
from cinema.runtime.outages import FailureLog

GROUP = "seats"
SEND_TIMEOUT_SECONDS = 5
LISTEN_RETRY_SECONDS = 1

logger = logging.getLogger(__name__)

# The ID of this process, which ignores its own messages.
_process = uuid.uuid4().hex


class Sender:
    """Sends messages in a separate thread. Changes during a send are sent together in the next message."""

    def __init__(self) -> None:
        # The keys by kind: shows or users.
        self._pending: defaultdict[str, set[int]] = defaultdict(set)
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._sending = asyncio.Lock()
        self._failures = FailureLog(logger, ended="changed seats are broadcast again", service="redis")
        threading.Thread(target=self._loop.run_forever, name="broadcast", daemon=True).start()

    def send(self, **keys: Iterable[int]) -> None:
        with self._lock:
            is_first = not self._pending
            for kind, some in keys.items():
                self._pending[kind].update(some)
        if is_first:
            asyncio.run_coroutine_threadsafe(self._send(), self._loop)

    async def _send(self) -> None:
        async with self._sending:
            with self._lock:
                pending, self._pending = self._pending, defaultdict(set)
            await self._send_to_group({kind: list(keys) for kind, keys in pending.items()})

    async def _send_to_group(self, keys: dict[str, list[int]]) -> None:
        layer = get_channel_layer()
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                await layer.group_send(GROUP, {"type": "seats.changed", "from": _process, **keys})
            self._failures.succeeded()
        except Exception as error:  # noqa: BLE001 - after any error, other processes poll
            # Without a traceback: Redis is not available.
            self._failures.failed("changed seats are not broadcast to other processes: %s", on_one_line(error))


@cache
def _sender() -> Sender:
    return Sender()


def send(*, show_ids: Iterable[int] = (), user_ids: Iterable[int] = ()) -> None:
    """Notify other processes that these shows, or bookings of these users, have changed. Returns immediately."""
    if get_channel_layer() is not None:
        _sender().send(shows=show_ids, users=user_ids)


async def listen(kind: Literal["shows", "users"], on_changed: Callable[[Iterable[int]], None]) -> None:
    """Call `on_changed` with the keys of this kind that other processes report, until cancelled."""
    layer = get_channel_layer()
    while layer is not None:
        try:
            channel = await layer.new_channel()
            await layer.group_add(GROUP, channel)
            while True:
                message = await layer.receive(channel)
                if message["from"] != _process:
                    # Another release may send messages without this kind.
                    on_changed(message.get(kind, ()))
        except Exception as error:  # noqa: BLE001 - after any error, the hub polls
            logger.debug("not listening: %s", on_one_line(error))
            await asyncio.sleep(LISTEN_RETRY_SECONDS)
            # The layer keeps tasks that it could not finish.
            with suppress(Exception):
                await layer.flush()

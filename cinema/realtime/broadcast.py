"""Telling other processes which shows have changed, where there is a channel layer: `REDIS_URL`.

It is a hint and no more: what is lost on the way is found by looking. So nobody waits for it, and it is never tried
again; while Redis is gone, a booking takes no longer than before.
"""

import asyncio
import logging
import threading
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache

from channels.layers import get_channel_layer

from cinema.core.text import on_one_line

GROUP = "seats"
SECONDS_FOR_A_MESSAGE = 5
SECONDS_BEFORE_LISTENING_AGAIN = 1

logger = logging.getLogger(__name__)

# Of this process, to know its own messages by: what it did itself it has heard of.
_process = uuid.uuid4().hex


class Sender:
    """Sends from a thread of its own; what comes meanwhile goes together."""

    def __init__(self) -> None:
        self._waiting: set[int] = set()
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._sending = asyncio.Lock()
        self._failing = False
        threading.Thread(target=self._loop.run_forever, name="seats-wire", daemon=True).start()

    def send(self, show_ids: Iterable[int]) -> None:
        with self._lock:
            begins = not self._waiting
            self._waiting.update(show_ids)
        if begins:
            asyncio.run_coroutine_threadsafe(self._send(), self._loop)

    async def _send(self) -> None:
        async with self._sending:
            with self._lock:
                show_ids, self._waiting = self._waiting, set()
            await self._send_to_group(list(show_ids))

    async def _send_to_group(self, show_ids: list[int]) -> None:
        layer = get_channel_layer()
        try:
            async with asyncio.timeout(SECONDS_FOR_A_MESSAGE):
                await layer.group_send(GROUP, {"type": "seats.changed", "from": _process, "shows": show_ids})
            self._failing = False
        except Exception as error:  # noqa: BLE001 - whatever it is, the others look themselves
            if not self._failing:
                # No traceback: it is Redis that is gone.
                logger.error("other processes are not told of changed seats: %s", on_one_line(error))  # noqa: TRY400
            self._failing = True


@cache
def _sender() -> Sender:
    return Sender()


def tell(show_ids: Iterable[int]) -> None:
    """Tell other processes, at once and without waiting for it."""
    if get_channel_layer() is not None:
        _sender().send(show_ids)


async def listen(heard: Callable[[Iterable[int]], None]) -> None:
    """Calls `heard` with what other processes tell, for ever."""
    layer = get_channel_layer()
    while layer is not None:
        try:
            channel = await layer.new_channel()
            await layer.group_add(GROUP, channel)
            while True:
                message = await layer.receive(channel)
                if message["from"] != _process:
                    heard(message["shows"])
        except Exception as error:  # noqa: BLE001 - whatever it is, the hub looks itself
            logger.debug("not listening: %s", on_one_line(error))
            await asyncio.sleep(SECONDS_BEFORE_LISTENING_AGAIN)
            # The layer keeps what it could not finish.
            with suppress(Exception):
                await layer.flush()

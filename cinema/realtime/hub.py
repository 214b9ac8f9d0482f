"""The subscribers in this process, by show.

Messages, from this process and over Redis from others, make changes arrive quickly. Correctness does not depend on
them: the hub polls all watched shows together at a fixed interval.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine, Iterable
from datetime import datetime
from typing import Any

from cinema.booking import seat_maps
from cinema.booking.seat_maps import ChangedSeats
from cinema.realtime import broadcast
from cinema.realtime.rules import rules
from cinema.realtime.watch import Subscriber, Watch
from cinema.runtime import database_threads

logger = logging.getLogger(__name__)


class Hub:
    """The watches of one event loop. It polls while there are subscribers."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._watches: dict[int, Watch] = {}
        self._polling: asyncio.Task[None] | None = None
        # Starts with the first watch and never ends, because each restart would leave a channel in the layer.
        self._listening: asyncio.Task[None] | None = None
        self._tasks: dict[Watch, asyncio.Task[None]] = {}

    async def changes(self, show_id: int, since: datetime | None) -> AsyncGenerator[ChangedSeats, None]:
        """Yield the changes in the show since `since`, and all later changes. Raises `NotFound`."""
        watch = self._watches.get(show_id) or self._start(show_id)
        subscriber = Subscriber(since)
        watch.add(subscriber)
        try:
            while True:
                yield await subscriber.next()
        finally:
            watch.remove(subscriber)
            if not watch.subscribers:
                self._stop(watch)

    def mark_changed(self, show_ids: Iterable[int]) -> None:
        """Report that these shows may have changed."""
        for show_id in show_ids:
            if show_id in self._watches:
                self._watches[show_id].mark_changed()

    def mark_changed_threadsafe(self, show_ids: Iterable[int]) -> None:
        """Like `mark_changed`, but can be called from another thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.mark_changed, show_ids)

    def _start(self, show_id: int) -> Watch:
        if not self._watches:
            self._polling = self._task(self._poll())
            self._listening = self._listening or self._task(broadcast.listen("shows", self.mark_changed))
        watch = self._watches[show_id] = Watch(show_id)
        self._tasks[watch] = self._task(watch.run())
        return watch

    def _stop(self, watch: Watch) -> None:
        self._tasks.pop(watch).cancel()
        del self._watches[watch.show_id]
        if not self._watches and self._polling:
            self._polling.cancel()

    def _task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return self._loop.create_task(work)

    async def _poll(self) -> None:
        seen: set[tuple[int, int | None, datetime]] = set()
        while True:
            await asyncio.sleep(rules().poll_interval_seconds)
            try:
                recent = await database_threads.run(seat_maps.recent_changes, list(self._watches))
            except Exception as error:  # noqa: BLE001 - each watch fails as well, and logs it
                logger.debug("not polling: %s", error)
                continue
            self.mark_changed({show_id for show_id, *_ in recent - seen})
            seen = recent

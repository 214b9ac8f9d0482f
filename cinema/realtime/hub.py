"""Everybody who looks on in this process, show by show.

That a change is told at once depends on messages: from this process, and by Redis from others. That it is told at all
depends on none: the hub looks itself, all watched shows together, every so often.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings

from cinema.booking import seat_maps
from cinema.booking.seat_maps import ChangedSeats
from cinema.realtime import broadcast
from cinema.realtime.watch import Subscriber, Watch
from cinema.runtime import database_threads

logger = logging.getLogger(__name__)


class Hub:
    """Of one event loop. It works as long as anybody looks on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._watches: dict[int, Watch] = {}
        self._looking: asyncio.Task[None] | None = None
        # From the first watch on, for good: to begin and end it with each would leave much behind in the layer.
        self._listening: asyncio.Task[None] | None = None
        self._tasks: dict[Watch, asyncio.Task[None]] = {}

    async def changes(self, show_id: int, since: datetime | None) -> AsyncGenerator[ChangedSeats, None]:
        """What changed in the show since then, and whatever changes, for ever. Raises `NotFound`."""
        watch = self._watches.get(show_id) or self._begin(show_id)
        subscriber = Subscriber(since)
        watch.add(subscriber)
        try:
            while True:
                yield await subscriber.next()
        finally:
            watch.remove(subscriber)
            if not watch.subscribers:
                self._end(watch)

    def notice(self, show_ids: Iterable[int]) -> None:
        """Something may have changed in these shows."""
        for show_id in show_ids:
            if show_id in self._watches:
                self._watches[show_id].notice()

    def notice_soon(self, show_ids: Iterable[int]) -> None:
        """The same, from another thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.notice, show_ids)

    def _begin(self, show_id: int) -> Watch:
        if not self._watches:
            self._looking = self._task(self._look_around())
            self._listening = self._listening or self._task(broadcast.listen(self.notice))
        watch = self._watches[show_id] = Watch(show_id)
        self._tasks[watch] = self._task(watch.run())
        return watch

    def _end(self, watch: Watch) -> None:
        self._tasks.pop(watch).cancel()
        del self._watches[watch.show_id]
        if not self._watches and self._looking:
            self._looking.cancel()

    def _task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return self._loop.create_task(work)

    async def _look_around(self) -> None:
        seen: set[tuple[int, int, datetime]] = set()
        while True:
            await asyncio.sleep(settings.POLL_INTERVAL_SECONDS)
            try:
                recent = await database_threads.run(seat_maps.recent_changes, list(self._watches))
            except Exception as error:  # noqa: BLE001 - each watch finds out, and says so
                logger.debug("not looking around: %s", error)
                continue
            self.notice({show_id for show_id, *_ in recent - seen})
            seen = recent

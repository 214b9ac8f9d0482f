"""One show that is watched: read once for each change, however many look on."""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime

from cinema.booking import seat_maps
from cinema.booking.seat_maps import ChangedSeats, ChangesRead, ShowSeat
from cinema.core.database_errors import is_outage
from cinema.core.errors import NotFound
from cinema.core.text import on_one_line
from cinema.runtime import database_threads

# Changes that come faster are told together.
SECONDS_BETWEEN_READS = 0.1
SECONDS_AFTER_A_FAILURE = 1.0
# Clocks go differently, but not much within the lifetime of a hold.
SECONDS_AFTER_AN_EXPIRY = 0.01

logger = logging.getLogger(__name__)


class Subscriber:
    """Somebody who looks on. What it has not taken yet is kept as one: it never falls behind by more than a house."""

    def __init__(self, since: datetime | None) -> None:
        # None: from when it is first told of anything.
        self.since = since
        self._untold: ChangedSeats | NotFound | None = None
        self._something = asyncio.Event()

    async def next(self) -> ChangedSeats:
        """What changed, as soon as anything has. Raises `NotFound`: there is no such show."""
        while self._untold is None:
            self._something.clear()
            await self._something.wait()
        untold, self._untold = self._untold, None
        if isinstance(untold, NotFound):
            raise untold
        return untold

    def tell(self, news: ChangedSeats | NotFound) -> None:
        if isinstance(self._untold, ChangedSeats) and isinstance(news, ChangedSeats):
            news = self._untold.merged_with(news)
        self._untold = news
        self._something.set()


class Watch:
    """Reads a show as long as its task runs, and tells its subscribers what they have not been told."""

    def __init__(self, show_id: int) -> None:
        self.show_id = show_id
        self.subscribers: set[Subscriber] = set()
        self._newcomers: list[Subscriber] = []
        self._told: dict[str, ShowSeat] = {}
        self._read_at: datetime | None = None
        self._changed = asyncio.Event()
        self._failing = False

    def add(self, subscriber: Subscriber) -> None:
        """It is told what changed since its moment, and then whatever changes."""
        self.subscribers.add(subscriber)
        self._newcomers.append(subscriber)
        self._changed.set()

    def remove(self, subscriber: Subscriber) -> None:
        self.subscribers.discard(subscriber)

    def notice(self) -> None:
        """Something may have changed."""
        self._changed.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            seconds = await self._read_and_tell()
            await asyncio.sleep(SECONDS_BETWEEN_READS)
            await _within(seconds, self._changed)

    async def _read_and_tell(self) -> float | None:
        """Seconds until it has to read again in any case."""
        self._changed.clear()
        newcomers, self._newcomers = self._newcomers, []
        moments = [moment for moment in (self._read_at, *(each.since for each in newcomers)) if moment]
        try:
            look = await database_threads.run(seat_maps.read_changes, self.show_id, since=min(moments, default=None))
            self._tell(look, newcomers)
        except NotFound as error:
            for each in self.subscribers:
                each.tell(error)
            return None
        except Exception as error:  # noqa: BLE001 - whatever it is, those who look on stay
            self._newcomers += [each for each in newcomers if each in self.subscribers]
            self._log(error)
            return SECONDS_AFTER_A_FAILURE
        self._failing = False
        self._read_at = look.changes.read_at
        if look.next_expiry is None:
            return None
        return (look.next_expiry - look.changes.read_at).total_seconds() + SECONDS_AFTER_AN_EXPIRY

    def _log(self, error: Exception) -> None:
        """Once, however often it is tried again."""
        if not self._failing and is_outage(error):
            logger.error("show %d cannot be watched: no database: %s", self.show_id, on_one_line(error))
        elif not self._failing:
            logger.error("show %d cannot be watched", self.show_id, exc_info=error)
        self._failing = True

    def _tell(self, look: ChangesRead, newcomers: list[Subscriber]) -> None:
        changed = _since(self._read_at, look)
        # What is older was read for those who come: the others know it.
        news = _part(changed, [seat for seat in changed.seats if self._told.get(seat.label) != seat])
        # One for all who come with about the same cursor, as after a restart, or when sales begin.
        missed = {moment: _since(moment, look) for moment in {_about(each.since) for each in newcomers}}
        new = set(newcomers)
        # Who came meanwhile is told next time, of everything since its moment. Told only of this, its cursor would
        # lead past what it has missed.
        for each in self.subscribers.difference(self._newcomers):
            changes = missed[_about(each.since)] if each in new else news
            if changes.seats:
                each.tell(changes)
        # Last: what fails before is told again.
        self._told |= {seat.label: seat for seat in look.changes.seats}


def _about(moment: datetime | None) -> datetime | None:
    """Not later: to be told more does no harm."""
    return moment and moment.replace(second=moment.second // 10 * 10, microsecond=0)


def _since(moment: datetime | None, look: ChangesRead) -> ChangedSeats:
    from_when = seat_maps.safe_since(min(moment or look.changes.read_at, look.changes.read_at))
    return _part(look.changes, [seat for seat in look.changes.seats if look.changed_at[seat.label] >= from_when])


def _part(changes: ChangedSeats, seats: list[ShowSeat]) -> ChangedSeats:
    return ChangedSeats(changes.read_at, seats)


async def _within(seconds: float | None, event: asyncio.Event) -> None:
    """Until it has happened, or the time is over."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()

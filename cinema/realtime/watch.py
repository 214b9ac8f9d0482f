"""A show with subscribers. It is read once for each change, for any number of subscribers."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from cinema.booking import seat_maps
from cinema.booking.seat_maps import ChangedSeats, ChangesRead
from cinema.booking.show_seats import ShowSeat
from cinema.core.database_errors import is_outage
from cinema.core.errors import NotFound
from cinema.core.text import on_one_line
from cinema.runtime import database_threads, outages
from cinema.runtime.outages import FailureLog

# Changes within this interval are sent together.
READ_INTERVAL_SECONDS = 0.1
RETRY_SECONDS = 1.0
# The clocks of this machine and the database differ, but little during the lifetime of a hold.
EXPIRY_MARGIN_SECONDS = 0.01

logger = logging.getLogger(__name__)


class Subscriber:
    """The pending changes of one subscriber, merged: at most one state of each seat."""

    def __init__(self, since: datetime | None) -> None:
        # None means that changes after the first read are sent.
        self.since = since
        self._pending: ChangedSeats | NotFound | None = None
        self._has_pending = asyncio.Event()

    async def next(self) -> ChangedSeats:
        """Wait for changes and return them. Raises `NotFound` if there is no such show."""
        while self._pending is None:
            self._has_pending.clear()
            await self._has_pending.wait()
        pending, self._pending = self._pending, None
        if isinstance(pending, NotFound):
            raise pending
        return pending

    def add(self, changes: ChangedSeats | NotFound) -> None:
        if isinstance(self._pending, ChangedSeats) and isinstance(changes, ChangedSeats):
            changes = self._pending.merged_with(changes)
        self._pending = changes
        self._has_pending.set()


class Watch:
    """Reads a show while its task runs, and sends each subscriber the changes that it has not received."""

    def __init__(self, show_id: int) -> None:
        self.show_id = show_id
        self.subscribers: set[Subscriber] = set()
        self._new_subscribers: list[Subscriber] = []
        self._sent: dict[str, ShowSeat] = {}
        self._sent_show_change: datetime | None = None
        self._read_at: datetime | None = None
        self._changed = asyncio.Event()
        self._failures = FailureLog(logger)

    def add(self, subscriber: Subscriber) -> None:
        """Add a subscriber. It gets the changes since its `since`, and then later changes."""
        self.subscribers.add(subscriber)
        self._new_subscribers.append(subscriber)
        self._changed.set()

    def remove(self, subscriber: Subscriber) -> None:
        self.subscribers.discard(subscriber)

    def mark_changed(self) -> None:
        """Report that the show may have changed."""
        self._changed.set()

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            seconds = await self._read_and_send()
            await asyncio.sleep(READ_INTERVAL_SECONDS)
            await _wait(self._changed, timeout=seconds)

    async def _read_and_send(self) -> float | None:
        """Read the show. Returns the seconds until the next read without a change, or None to wait for a change."""
        self._changed.clear()
        new_subscribers, self._new_subscribers = self._new_subscribers, []
        cursors = [moment for moment in (self._read_at, *(each.since for each in new_subscribers)) if moment]
        try:
            read = await database_threads.run(seat_maps.read_changes, self.show_id, since=min(cursors, default=None))
            self._send(read, new_subscribers)
        except NotFound as error:
            for each in self.subscribers:
                each.add(error)
            return None
        except Exception as error:  # noqa: BLE001 - after any error, the subscribers stay
            self._new_subscribers += [each for each in new_subscribers if each in self.subscribers]
            self._log(error)
            return RETRY_SECONDS
        self._failures.succeeded()
        outages.database.succeeded()
        self._read_at = read.changes.read_at
        if read.next_change is None:
            return None
        return (read.next_change - read.changes.read_at).total_seconds() + EXPIRY_MARGIN_SECONDS

    def _log(self, error: Exception) -> None:
        if is_outage(error):
            # One line for all shows of this process.
            outages.database.failed("cannot read show %d: no database: %s", self.show_id, on_one_line(error))
        else:
            self._failures.failed("cannot read show %d", self.show_id, exc_info=error)

    def _send(self, read: ChangesRead, new_subscribers: list[Subscriber]) -> None:
        changed = read.since(self._read_at)
        # Older changes were read for new subscribers. The others have received them.
        unsent = replace(
            changed,
            seats=[seat for seat in changed.seats if self._sent.get(seat.label) != seat],
            show_changed=read.show_changed_at != self._sent_show_change,
        )
        # New subscribers with similar cursors share one read, for example after a restart or when sales start.
        missed = {cursor: read.since(cursor) for cursor in {rounded_cursor(each.since) for each in new_subscribers}}
        new = set(new_subscribers)
        # Subscribers added during the read do not get its result: its cursor is later than the changes they missed.
        for each in self.subscribers.difference(self._new_subscribers):
            changes = missed[rounded_cursor(each.since)] if each in new else unsent
            if changes.seats or changes.show_changed:
                each.add(changes)
        # Set last, so that everything is sent again after a failure above.
        self._sent |= {seat.label: seat for seat in read.changes.seats}
        self._sent_show_change = read.show_changed_at


def rounded_cursor(moment: datetime | None) -> datetime | None:
    """The cursor, rounded down to ten seconds. Receiving changes twice has no effect."""
    return moment and moment.replace(second=moment.second // 10 * 10, microsecond=0)


async def _wait(event: asyncio.Event, *, timeout: float | None) -> None:  # noqa: ASYNC109 - a timeout is not an error
    """Return when the event is set, or after `timeout` seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout):
            await event.wait()

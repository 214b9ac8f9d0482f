"""Pushes changes of bookings to their users, in all processes.

Messages, from this process and over Redis from others, make changes arrive quickly. Correctness does not depend on
them: the bookings of all subscribed users are also read together at a fixed interval, and when a hold expires.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Collection, Iterable
from contextlib import suppress
from weakref import WeakKeyDictionary

from django.db import transaction

from cinema.booking import booking_changes
from cinema.booking.booking_changes import BookingsRead, BookingVersion
from cinema.booking.events import SeatsChanged
from cinema.core.database_errors import is_outage
from cinema.core.text import on_one_line
from cinema.realtime import broadcast
from cinema.realtime.rules import rules
from cinema.runtime import database_threads, outages
from cinema.runtime.outages import FailureLog

# Changes within this interval are read together.
READ_INTERVAL_SECONDS = 0.1
RETRY_SECONDS = 1.0
# The clocks of this machine and the database differ, but little during the lifetime of a hold.
EXPIRY_MARGIN_SECONDS = 0.01

logger = logging.getLogger(__name__)


class BookingChange:
    """A booking has changed. All subscribers of the user get the same object."""

    def __init__(self, booking_id: int) -> None:
        self.booking_id = booking_id


class Subscriber:
    """The changes that one subscriber has not received yet: at most one of each booking."""

    def __init__(self) -> None:
        self._pending: dict[int, BookingChange] = {}
        self._has_pending = asyncio.Event()

    async def next(self) -> BookingChange:
        """Wait for a change and return it."""
        while not self._pending:
            self._has_pending.clear()
            await self._has_pending.wait()
        return self._pending.pop(next(iter(self._pending)))

    def add(self, changes: Iterable[BookingChange]) -> None:
        self._pending |= {change.booking_id: change for change in changes}
        self._has_pending.set()


class _User:
    """A user with subscribers, and the bookings as they were last read."""

    def __init__(self) -> None:
        self.subscribers: set[Subscriber] = set()
        self.new_subscribers: set[Subscriber] = set()
        # By the event loop's clock: when to read the bookings even if there is no message.
        self.read_at = 0.0
        self._versions: dict[int, BookingVersion] | None = None

    def send(self, read: BookingsRead, to_new: Collection[Subscriber]) -> None:
        """Send what has changed since the last read, and to new subscribers what has changed lately."""
        known = self._versions
        changed = {key for key, version in read.versions.items() if known is not None and known.get(key) != version}
        changes = {key: BookingChange(key) for key in changed | (read.recent if to_new else set())}
        for subscriber in self.subscribers:
            if subscriber not in self.new_subscribers:
                wanted = changed | read.recent if subscriber in to_new else changed
                subscriber.add(changes[key] for key in wanted)
        self._versions = read.versions


class _Hub:
    """The users with subscribers in one event loop. One task reads their bookings while there are any."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._users: dict[int, _User] = {}
        self._changed: set[int] = set()
        self._wake = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None
        # Never ends, because each restart would leave a channel in the layer.
        self._listening: asyncio.Task[None] | None = None
        self._failures = FailureLog(logger)

    async def changes(self, user_id: int) -> AsyncGenerator[BookingChange, None]:
        subscriber = Subscriber()
        user = self._add(user_id, subscriber)
        try:
            while True:
                yield await subscriber.next()
        finally:
            user.subscribers.discard(subscriber)
            user.new_subscribers.discard(subscriber)
            if not user.subscribers:
                del self._users[user_id]
            if not self._users and self._reading:
                self._reading.cancel()

    def mark_changed(self, user_ids: Iterable[int]) -> None:
        """Report that bookings of these users may have changed."""
        if changed := self._users.keys() & set(user_ids):
            self._changed |= changed
            self._wake.set()

    def mark_changed_threadsafe(self, user_ids: Iterable[int]) -> None:
        """Like `mark_changed`, but can be called from another thread."""
        if self._users and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.mark_changed, user_ids)

    def _add(self, user_id: int, subscriber: Subscriber) -> _User:
        if not self._users:
            self._reading = self._loop.create_task(self._read_and_send())
            if self._listening is None:
                self._listening = self._loop.create_task(broadcast.listen("users", self.mark_changed))
        user = self._users.setdefault(user_id, _User())
        user.subscribers.add(subscriber)
        user.new_subscribers.add(subscriber)
        self.mark_changed([user_id])
        return user

    async def _read_and_send(self) -> None:
        while True:
            await self._wait()
            self._wake.clear()
            changed, self._changed = self._changed, set()
            now = self._loop.time()
            due = {key: user for key, user in self._users.items() if key in changed or user.read_at <= now}
            if due:
                await self._read(due)
                await asyncio.sleep(READ_INTERVAL_SECONDS)

    async def _read(self, due: dict[int, _User]) -> None:
        new = {key: user.new_subscribers for key, user in due.items()}
        for user in due.values():
            user.new_subscribers = set()
            user.read_at = self._loop.time() + rules().poll_interval_seconds
        try:
            read = await database_threads.run(booking_changes.read, list(due))
        except Exception as error:  # noqa: BLE001 - after any error, the subscribers stay, and the next read sends all
            for key, user in due.items():
                user.new_subscribers |= new[key] & user.subscribers
                user.read_at = self._loop.time() + RETRY_SECONDS
            self._log(error)
            return
        self._failures.succeeded()
        outages.database.succeeded()
        for key, user in due.items():
            user.send(read[key], new[key])
            seconds = read[key].seconds_to_expiry
            if seconds is not None:
                user.read_at = min(user.read_at, self._loop.time() + seconds + EXPIRY_MARGIN_SECONDS)

    async def _wait(self) -> None:
        """Return when bookings may have changed, or when it is time to read those of some user."""
        next_read = min((user.read_at for user in self._users.values()), default=None)
        with suppress(TimeoutError):
            async with asyncio.timeout_at(next_read):
                await self._wake.wait()

    def _log(self, error: Exception) -> None:
        if is_outage(error):
            outages.database.failed("cannot read bookings: no database: %s", on_one_line(error))
        else:
            self._failures.failed("cannot read bookings", exc_info=error)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, _Hub] = WeakKeyDictionary()


def publish(event: SeatsChanged) -> None:
    """Notify the subscribers in all processes after the transaction has been committed. Does not block."""
    if event.user_ids:
        transaction.on_commit(lambda: _notify(event.user_ids), robust=True)


def subscribe(user_id: int) -> AsyncGenerator[BookingChange, None]:
    """Yield the bookings of the user that have changed lately, and then each that changes.

    A subscriber that iterates slowly gets several changes of a booking as one.
    """
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = _Hub()
    return _hubs[loop].changes(user_id)


def _notify(user_ids: frozenset[int]) -> None:
    for hub in list(_hubs.values()):
        hub.mark_changed_threadsafe(user_ids)
    broadcast.send(user_ids=user_ids)

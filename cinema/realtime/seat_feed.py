"""Pushes changes of shows and their seats to subscribers in all processes.

Invariant: a subscriber that passes the cursor of a seat map, or of the last changes it received, receives the latest
state of every seat that has changed since then, possibly more than once, and a message if the show itself has changed.
Intermediate states may be skipped.
"""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime
from weakref import WeakKeyDictionary

from django.db import transaction

from cinema.booking.events import SeatsChanged
from cinema.booking.seat_maps import ChangedSeats
from cinema.catalog.events import ShowsChanged
from cinema.realtime import broadcast
from cinema.realtime.hub import Hub

_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def publish(event: SeatsChanged | ShowsChanged) -> None:
    """Notify the subscribers in all processes after the transaction has been committed. Does not block."""
    transaction.on_commit(lambda: _notify(event.show_ids), robust=True)


def subscribe(show_id: int, *, since: datetime | None) -> AsyncGenerator[ChangedSeats, None]:
    """Yield the changes in the show since `since`, and all later changes. Raises `NotFound` when iterated.

    `since` None means now. A subscriber that iterates slowly gets several changes merged into one.
    """
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop].changes(show_id, since)


def _notify(show_ids: frozenset[int]) -> None:
    for hub in list(_hubs.values()):
        hub.mark_changed_threadsafe(show_ids)
    broadcast.send(show_ids=show_ids)

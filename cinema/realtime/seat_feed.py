"""The seats of shows, as they change: pushed to whoever looks on, in whatever process it happens.

Invariant: who subscribes with the cursor of a seat map, or of the last changes it got, is told every state that a seat
has come to since and stays in; some of it twice. What lasts only for a moment may be left out.
"""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime
from weakref import WeakKeyDictionary

from django.db import transaction

from cinema.booking.events import SeatsChanged
from cinema.booking.seat_maps import ChangedSeats
from cinema.realtime import broadcast
from cinema.realtime.hub import Hub

_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def publish(event: SeatsChanged) -> None:
    """Tell everybody, everywhere, once the transaction has been committed. It takes no time of the caller's."""
    transaction.on_commit(lambda: _tell(event.show_ids), robust=True)


def subscribe(show_id: int, *, since: datetime | None) -> AsyncGenerator[ChangedSeats, None]:
    """What changed in the show since then, and whatever changes, for ever. Raises `NotFound` when it is awaited.

    `since` None: now. Who takes long to ask for the next is told of several changes at once.
    """
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop].changes(show_id, since)


def _tell(show_ids: frozenset[int]) -> None:
    for hub in list(_hubs.values()):
        hub.notice_soon(show_ids)
    broadcast.tell(show_ids)

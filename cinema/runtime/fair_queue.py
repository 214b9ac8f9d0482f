"""A queue that shares a limited number of slots fairly among clients.

A client that sends many requests cannot keep others waiting: clients take turns, and one client never has every slot
(unless there is only one).
"""

import asyncio
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Slot:
    """A slot of a `FairQueue`. Await `granted` before you use it."""

    client_key: str
    granted: asyncio.Future[None]


class FairQueue:
    """Grants at most `slots` slots at a time. It must be used in one event loop, and not in other threads."""

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._max_per_client = max(1, slots - 1)
        self._in_use: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[Slot]] = OrderedDict()

    def acquire(self, client_key: str) -> Slot:
        """Return a slot that is granted now or later. Every slot must be passed to `release`."""
        slot = Slot(client_key, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(client_key, deque()).append(slot)
        self._grant()
        return slot

    def release(self, slot: Slot) -> None:
        """Release a slot, or stop waiting for it if it has not been granted."""
        slot.granted.cancel()
        if slot.granted.cancelled():
            return
        self._free += 1
        self._in_use[slot.client_key] -= 1
        if not self._in_use[slot.client_key]:
            del self._in_use[slot.client_key]
        self._grant()

    def _grant(self) -> None:
        """Grant free slots. A client that gets one is moved to the end of the queue with its other requests."""
        while self._free and (client_key := self._next_client()) is not None:
            slots = self._waiting.pop(client_key)
            slot = slots.popleft()
            if slots:
                self._waiting[client_key] = slots
            if not slot.granted.cancelled():
                self._free -= 1
                self._in_use[client_key] += 1
                slot.granted.set_result(None)

    def _next_client(self) -> str | None:
        return next((key for key in self._waiting if self._in_use[key] < self._max_per_client), None)

"""A queue that shares a limited number of slots fairly among clients.

A client that sends many requests cannot keep others waiting: clients take turns, and one client never has more than
half of the slots (unless there is only one).
"""

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

# How much the latest use of a slot counts in the average.
_WEIGHT = 1 / 16


@dataclass(frozen=True, eq=False)
class Slot:
    """A slot of a `FairQueue`. Await `granted` before you use it."""

    client_key: str
    granted: asyncio.Future[None]


class FairQueue:
    """Grants at most `slots` slots at a time. It must be used in one event loop, and not in other threads."""

    def __init__(self, slots: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._slots = slots
        # The other slots are reserved for other clients. They can use the CPU while one client gets large responses.
        self._max_per_client = max(1, slots // 2)
        self._clock = clock
        self._granted_at: dict[Slot, float] = {}
        self._in_use: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[Slot]] = OrderedDict()
        self._waiting_count = 0
        self._average_seconds = 0.0

    def acquire(self, client_key: str) -> Slot:
        """Return a slot that is granted now or later. Every slot must be passed to `release`."""
        slot = Slot(client_key, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(client_key, deque()).append(slot)
        self._waiting_count += 1
        self._grant()
        return slot

    def release(self, slot: Slot) -> None:
        """Release a slot, or stop waiting for it if it has not been granted."""
        slot.granted.cancel()
        granted_at = self._granted_at.pop(slot, None)
        if granted_at is None:
            self._waiting_count -= 1
            return
        self._average_seconds += _WEIGHT * (self._clock() - granted_at - self._average_seconds)
        self._in_use[slot.client_key] -= 1
        if not self._in_use[slot.client_key]:
            del self._in_use[slot.client_key]
        self._grant()

    def expected_wait(self, client_key: str) -> float:
        """Estimate how many seconds a request of this client would wait for a slot if it arrived now.

        Clients take turns, so a client without other requests waits for one request of each client at most.
        """
        own = len(self._waiting.get(client_key, ()))
        is_below_maximum = self._in_use[client_key] < self._max_per_client
        if not self._waiting_count or (len(self._granted_at) < self._slots and is_below_maximum):
            return 0.0
        turns = min(self._waiting_count, (own + 1) * len(self._waiting)) / self._slots
        own_turns = own / self._max_per_client
        # The average does not grow while no slot is released, so the time since the last grant is its lower bound.
        latest = self._clock() - max(self._granted_at.values(), default=self._clock())
        return max(turns, own_turns) * max(self._average_seconds, latest)

    def _grant(self) -> None:
        """Grant free slots. A client that gets one is moved to the end of the queue with its other requests."""
        while len(self._granted_at) < self._slots and (client_key := self._next_client()) is not None:
            slots = self._waiting.pop(client_key)
            slot = slots.popleft()
            if slots:
                self._waiting[client_key] = slots
            if not slot.granted.cancelled():
                self._waiting_count -= 1
                self._granted_at[slot] = self._clock()
                self._in_use[client_key] += 1
                slot.granted.set_result(None)

    def _next_client(self) -> str | None:
        return next((key for key in self._waiting if self._in_use[key] < self._max_per_client), None)

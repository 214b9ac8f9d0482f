"""A queue that shares a limited number of slots fairly among clients.

A client that sends many requests cannot keep others waiting: clients take turns, and one client never has more than
half of the slots (unless there is only one). Expensive requests never have all slots (unless there is only one), so
cheap requests do not wait behind them.
"""

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

# How much the latest use of a slot counts in the average.
_WEIGHT = 1 / 16


@dataclass(frozen=True, eq=False)
class Slot:
    """A slot of a `FairQueue`. Await `granted` before you use it."""

    client_key: str
    is_expensive: bool
    granted: asyncio.Future[None]


class _Line:
    """Waiting slots of clients that take turns."""

    def __init__(self) -> None:
        # By client: the number of its turn, and its slots. The client whose turn is next is first.
        self._clients: OrderedDict[str, tuple[int, deque[Slot]]] = OrderedDict()

    def __len__(self) -> int:
        """The number of clients."""
        return len(self._clients)

    def count_of(self, client_key: str) -> int:
        return len(self._clients[client_key][1]) if client_key in self._clients else 0

    def add(self, slot: Slot, turn: int) -> None:
        self._clients.setdefault(slot.client_key, (turn, deque()))[1].append(slot)

    def next_client(self, may_have_slot: Callable[[str], bool]) -> tuple[int, str] | None:
        """The turn and the key of the next client that may have a slot."""
        return next(((turn, key) for key, (turn, _) in self._clients.items() if may_have_slot(key)), None)

    def pop(self, client_key: str, turn: int) -> Slot:
        """Remove the first slot of a client, whose other slots wait for this turn."""
        _, slots = self._clients.pop(client_key)
        slot = slots.popleft()
        if slots:
            self._clients[client_key] = turn, slots
        return slot


class FairQueue:
    """Grants at most `slots` slots at a time. It must be used in one event loop, and not in other threads.

    `ahead` more slots are granted for requests that will be next. Then a thread that becomes free need not wait for
    the event loop.
    """

    def __init__(self, slots: int, clock: Callable[[], float] = time.monotonic, *, ahead: int = 0) -> None:
        self._max_granted = slots + ahead
        # The other slots are reserved for other clients. They can use the CPU while one client gets large responses.
        self._max_per_client = max(1, slots // 2)
        self._max_expensive = max(1, slots - 1)
        self._clock = clock
        self._granted_at: dict[Slot, float] = {}
        self._in_use: Counter[str] = Counter()
        self._expensive_in_use = 0
        self._cheap, self._expensive = _Line(), _Line()
        self._turns = count()
        # Of cheap and of expensive requests, by `is_expensive`.
        self._waiting_counts = Counter[bool]()
        self._average_seconds = {False: 0.0, True: 0.0}

    def acquire(self, client_key: str, *, is_expensive: bool = False) -> Slot:
        """Return a slot that is granted now or later. Every slot must be passed to `release`."""
        slot = Slot(client_key, is_expensive, asyncio.get_running_loop().create_future())
        if not self._is_anyone_waiting() and self._is_free(client_key, is_expensive=is_expensive):
            self._grant(slot)
        else:
            self._line_of(slot).add(slot, next(self._turns))
            self._waiting_counts[slot.is_expensive] += 1
            self._grant_free_slots()
        return slot

    def release(self, slot: Slot) -> None:
        """Release a slot, or stop waiting for it if it has not been granted."""
        slot.granted.cancel()
        granted_at = self._granted_at.pop(slot, None)
        if granted_at is None:
            self._waiting_counts[slot.is_expensive] -= 1
            return
        average = self._average_seconds[slot.is_expensive]
        self._average_seconds[slot.is_expensive] += _WEIGHT * (self._clock() - granted_at - average)
        self._expensive_in_use -= slot.is_expensive
        self._in_use[slot.client_key] -= 1
        if not self._in_use[slot.client_key]:
            del self._in_use[slot.client_key]
        if self._is_anyone_waiting():
            self._grant_free_slots()

    def expected_wait(self, client_key: str, *, is_expensive: bool = False) -> float:
        """Estimate how many seconds a request of this client would wait for a slot if it arrived now.

        Clients take turns, so a client without other requests waits for one request of each client at most.
        """
        lanes_are_full = self._expensive_in_use >= self._max_expensive
        if not self._is_anyone_waiting() or self._is_free(client_key, is_expensive=is_expensive):
            return 0.0
        # Cheap requests pass the expensive ones that wait while these have all their slots.
        passes = lanes_are_full and not is_expensive
        kinds, lines = ([False], [self._cheap]) if passes else ([False, True], [self._cheap, self._expensive])
        slots = self._max_expensive if is_expensive else self._max_granted - passes * self._max_expensive
        own = sum(line.count_of(client_key) for line in lines)
        turns = min(sum(self._waiting_counts[kind] for kind in kinds), (own + 1) * sum(map(len, lines)))
        # The average does not grow while no slot is released, so the time since the last grant is its lower bound.
        latest = self._clock() - max(self._granted_at.values(), default=self._clock())
        seconds = max(latest, *(self._average_seconds[kind] for kind in kinds))
        return max(turns / max(1, slots), own / self._max_per_client) * seconds

    def _is_free(self, client_key: str, *, is_expensive: bool) -> bool:
        """Whether a slot would be granted to this request at once."""
        return (
            len(self._granted_at) < self._max_granted
            and self._may_have_slot(client_key)
            and not (is_expensive and self._expensive_in_use >= self._max_expensive)
        )

    def _is_anyone_waiting(self) -> bool:
        return bool(self._waiting_counts[False] or self._waiting_counts[True])

    def _grant_free_slots(self) -> None:
        """Grant free slots. A client that gets one is moved to the end of the queue with its other requests."""
        while len(self._granted_at) < self._max_granted and (found := self._next()) is not None:
            line, client_key = found
            slot = line.pop(client_key, next(self._turns))
            if not slot.granted.cancelled():
                self._waiting_counts[slot.is_expensive] -= 1
                self._grant(slot)

    def _grant(self, slot: Slot) -> None:
        self._granted_at[slot] = self._clock()
        self._in_use[slot.client_key] += 1
        self._expensive_in_use += slot.is_expensive
        slot.granted.set_result(None)

    def _next(self) -> tuple[_Line, str] | None:
        """The waiting slots and the client whose turn is next."""
        lines = [self._cheap] if self._expensive_in_use >= self._max_expensive else [self._cheap, self._expensive]
        found = [(*client, line) for line in lines if (client := line.next_client(self._may_have_slot))]
        if not found:
            return None
        _, client_key, line = min(found, key=lambda each: each[0])
        return line, client_key

    def _may_have_slot(self, client_key: str) -> bool:
        return self._in_use[client_key] < self._max_per_client

    def _line_of(self, slot: Slot) -> _Line:
        return self._expensive if slot.is_expensive else self._cheap

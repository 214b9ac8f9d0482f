"""A thread-safe record of all calls."""

import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.proof.calls import Call, Operation


@dataclass
class KnownBooking:
    """A booking that a client has received in a response."""

    id: int
    show: int
    seats: list[str]
    key: str | None


@dataclass
class Recorder:
    """All calls, the bookings that clients have received, and the last success and change."""

    calls: list[Call] = field(default_factory=list)
    # How often clients took an unusual action, such as reusing a key.
    actions: Counter[str] = field(default_factory=Counter)
    _known: dict[int, list[KnownBooking]] = field(default_factory=lambda: defaultdict(list))
    _last_success: int = 0
    _last_change: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, call: Call) -> Call:
        with self._lock:
            self.calls.append(call)
            if call.succeeded:
                self._last_success = max(self._last_success, call.start)
            booked = call.booked
            if booked:
                self._last_change = max(self._last_change, call.start)
            if booked and call.creates_a_booking and call.show is not None:
                self._add_known(call.user, KnownBooking(booked.id, call.show, sorted(booked.seats), call.key))
            if booked and call.operation is Operation.CANCEL and call.seats is None:
                self._remove_known(call.user, booked.id)
        return call

    def count_action(self, action: str) -> None:
        with self._lock:
            self.actions[action] += 1

    def known_bookings(self, user: int) -> list[KnownBooking]:
        with self._lock:
            return list(self._known[user])

    def succeeded_since(self, moment: int) -> bool:
        """Whether a call that began after `moment` succeeded."""
        with self._lock:
            return self._last_success > moment

    def changed_since(self, moment: int) -> bool:
        """Whether a change that began after `moment` was acknowledged."""
        with self._lock:
            return self._last_change > moment

    def _add_known(self, user: int, booking: KnownBooking) -> None:
        if all(known.id != booking.id for known in self._known[user]):
            self._known[user].append(booking)

    def _remove_known(self, user: int, booking: int) -> None:
        self._known[user] = [known for known in self._known[user] if known.id != booking]

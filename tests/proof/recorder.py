"""Where calls are recorded, by many threads at once."""

import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.proof.calls import Call, Operation


@dataclass
class KnownBooking:
    """The bookings that a client knows from answers."""

    id: int
    show: int
    seats: list[str]
    key: str | None


@dataclass
class Recorder:
    """All calls, what clients know, and when the server last answered."""

    calls: list[Call] = field(default_factory=list)
    # Things clients did that are more than one call.
    deeds: Counter[str] = field(default_factory=Counter)
    _known: dict[int, list[KnownBooking]] = field(default_factory=lambda: defaultdict(list))
    _succeeded_since: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, call: Call) -> Call:
        with self._lock:
            self.calls.append(call)
            if call.succeeded:
                self._succeeded_since = max(self._succeeded_since, call.start)
            booked = call.booked
            if booked and call.makes_a_booking and call.show is not None:
                self._learn(call.user, KnownBooking(booked.id, call.show, sorted(booked.seats), call.key))
            if booked and call.operation is Operation.CANCEL and call.seats is None:
                self._forget(call.user, booked.id)
        return call

    def did(self, deed: str) -> None:
        with self._lock:
            self.deeds[deed] += 1

    def known(self, user: int) -> list[KnownBooking]:
        with self._lock:
            return list(self._known[user])

    def succeeded_since(self, moment: int) -> bool:
        """Whether a call that began after `moment` succeeded."""
        with self._lock:
            return self._succeeded_since > moment

    def _learn(self, user: int, booking: KnownBooking) -> None:
        if all(known.id != booking.id for known in self._known[user]):
            self._known[user].append(booking)

    def _forget(self, user: int, booking: int) -> None:
        self._known[user] = [known for known in self._known[user] if known.id != booking]

"""Valid histories of a seat: the calls run one after the other, and are recorded as if they had overlapped."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from tests.proof.calls import NEVER
from tests.proof.model import Owner, Part, SeatCall

ANN, BEN = 1, 2


class Seat:
    """A seat with calls one after the other, each recorded with its moment. Independent of the checker's model."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.now = 0
        self.owner: Owner | None = None
        self.released_by: set[int] = set()
        self.bookings = 0
        self.calls: list[tuple[int, SeatCall]] = []

    def run(self, calls: int) -> None:
        for _ in range(calls):
            self.now += self.random.randint(1, 20)
            self.random.choice([self.read, self.read, self.take, self.confirm, self.extend, self.cancel])()

    @property
    def free(self) -> bool:
        return self.owner is None or (self.owner.until is not None and self.owner.until <= self.now)

    def read(self) -> None:
        user = self.random.choice([ANN, BEN])
        mine = self.owner is not None and self.owner.user == user
        if self.free:
            self.record(SeatCall(Part.SEEN_FREE, 0, 0, user=user))
        else:
            assert self.owner is not None
            part = Part.SEEN_SOLD if self.owner.until is None else Part.SEEN_HELD
            self.record(SeatCall(part, 0, 0, user=user, mine=mine))

    def take(self) -> None:
        user = self.random.choice([ANN, BEN])
        if not self.free:
            self.record(SeatCall(Part.REFUSED, 0, 0, user=user))
            return
        self.bookings += 1
        until = self.random.choice([None, self.now + 40])
        self.owner = Owner(self.bookings, user, until)
        self.record(SeatCall(Part.TAKE, 0, 0, user=user, booking=self.bookings, until=until))

    def confirm(self) -> None:
        if not self.bookings:
            return
        booking = self.random.randint(1, self.bookings)
        owns = self.owner is not None and self.owner.booking == booking
        if booking in self.released_by or not (owns or self.free):
            self.record(SeatCall(Part.LOST, 0, 0, booking=booking))
            return
        user = next(call.user for _, call in self.calls if call.part is Part.TAKE and call.booking == booking)
        self.owner = Owner(booking, user, None)
        self.record(SeatCall(Part.CONFIRM, 0, 0, user=user, booking=booking))

    def extend(self) -> None:
        if self.owner is None or self.owner.until is None or self.free:
            return
        taken_at = self.owner.until if self.owner.until - self.now > 40 else self.owner.until + 40
        self.owner = self.owner._replace(until=taken_at)
        self.record(SeatCall(Part.EXTEND, 0, 0, user=self.owner.user, booking=self.owner.booking, until=taken_at))

    def cancel(self) -> None:
        if not self.bookings:
            return
        booking = self.random.randint(1, self.bookings)
        if not self.free and self.owner is not None and self.owner.booking == booking:
            self.owner = None
            self.released_by.add(booking)
        self.record(SeatCall(Part.CANCEL, 0, 0, booking=booking))

    def record(self, call: SeatCall) -> None:
        self.calls.append((self.now, call))


def generate(seed: int, *, calls: int = 40) -> Seat:
    seat = Seat(Random(seed))  # noqa: S311 - no secret
    seat.run(calls)
    return seat


def overlapping(seat: Seat, *, by: int) -> list[SeatCall]:
    """The calls as clients see them: each starts up to `by` before its moment and ends up to `by` after it."""
    return [
        replace(call, start=at - seat.random.randint(0, by), end=at + seat.random.randint(0, by))
        for at, call in seat.calls
    ]


def lose_some_responses(seat: Seat, calls: Sequence[SeatCall]) -> list[SeatCall]:
    """Some of the calls that confirm or cancel have no response."""
    parts = {Part.CONFIRM, Part.CANCEL}
    return [uncertain(call) if call.part in parts and seat.random.random() < 0.3 else call for call in calls]


def uncertain(call: SeatCall) -> SeatCall:
    """The call without a response."""
    return replace(call, end=NEVER, certain=False)

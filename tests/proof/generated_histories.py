"""Valid histories of a seat: the calls are made one after the other, and recorded as if they had overlapped."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from tests.proof.calls import NEVER
from tests.proof.model import Owner, Part, SeatCall

ANN, BEN = 1, 2


class Seat:
    """A seat that is handled by one after the other; what each saw or did, at its moment. Not the checker's model."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.now = 0
        self.owner: Owner | None = None
        self.given_up: set[int] = set()
        self.bookings = 0
        self.calls: list[tuple[int, SeatCall]] = []

    def live(self, longest: int) -> None:
        for _ in range(longest):
            self.now += self.random.randint(1, 20)
            self.random.choice([self.look, self.look, self.take, self.confirm, self.extend, self.give_back])()

    @property
    def free(self) -> bool:
        return self.owner is None or (self.owner.until is not None and self.owner.until <= self.now)

    def look(self) -> None:
        user = self.random.choice([ANN, BEN])
        mine = self.owner is not None and self.owner.user == user
        if self.free:
            self.tell(SeatCall(Part.SEEN_FREE, 0, 0, user=user))
        else:
            assert self.owner is not None
            part = Part.SEEN_SOLD if self.owner.until is None else Part.SEEN_HELD
            self.tell(SeatCall(part, 0, 0, user=user, mine=mine))

    def take(self) -> None:
        user = self.random.choice([ANN, BEN])
        if not self.free:
            self.tell(SeatCall(Part.REFUSED, 0, 0, user=user))
            return
        self.bookings += 1
        until = self.random.choice([None, self.now + 40])
        self.owner = Owner(self.bookings, user, until)
        self.tell(SeatCall(Part.TAKE, 0, 0, user=user, booking=self.bookings, until=until))

    def confirm(self) -> None:
        if not self.bookings:
            return
        booking = self.random.randint(1, self.bookings)
        owns = self.owner is not None and self.owner.booking == booking
        if booking in self.given_up or not (owns or self.free):
            self.tell(SeatCall(Part.LOST, 0, 0, booking=booking))
            return
        user = next(call.user for _, call in self.calls if call.part is Part.TAKE and call.booking == booking)
        self.owner = Owner(booking, user, None)
        self.tell(SeatCall(Part.CONFIRM, 0, 0, user=user, booking=booking))

    def extend(self) -> None:
        if self.owner is None or self.owner.until is None or self.free:
            return
        taken_at = self.owner.until if self.owner.until - self.now > 40 else self.owner.until + 40
        self.owner = self.owner._replace(until=taken_at)
        self.tell(SeatCall(Part.EXTEND, 0, 0, user=self.owner.user, booking=self.owner.booking, until=taken_at))

    def give_back(self) -> None:
        if not self.bookings:
            return
        booking = self.random.randint(1, self.bookings)
        if not self.free and self.owner is not None and self.owner.booking == booking:
            self.owner = None
            self.given_up.add(booking)
        self.tell(SeatCall(Part.CANCEL, 0, 0, booking=booking))

    def tell(self, call: SeatCall) -> None:
        self.calls.append((self.now, call))


def a_life(seed: int, *, long: int = 40) -> Seat:
    seat = Seat(Random(seed))  # noqa: S311 - no secret
    seat.live(long)
    return seat


def blurred(seat: Seat, *, by: int) -> list[SeatCall]:
    """The calls as clients saw them: begun some time before their moment, and answered some time after."""
    return [
        replace(call, start=at - seat.random.randint(0, by), end=at + seat.random.randint(0, by))
        for at, call in seat.calls
    ]


def partly_unanswered(seat: Seat, calls: Sequence[SeatCall]) -> list[SeatCall]:
    """Some of what confirmed or gave back was never answered."""
    may = {Part.CONFIRM, Part.CANCEL}
    return [perhaps(call) if call.part in may and seat.random.random() < 0.3 else call for call in calls]


def perhaps(call: SeatCall) -> SeatCall:
    """The same without an answer."""
    return replace(call, end=NEVER, certain=False)

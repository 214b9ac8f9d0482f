"""What was asked and what was answered, as it is recorded.

Times are nanoseconds of the machine's clock, which is also the database's: both run here.
"""

from dataclasses import dataclass, field
from enum import StrEnum

NEVER = 2**63


class Operation(StrEnum):
    HOLD = "holdSeats"
    BOOK = "bookSeat"
    CONFIRM = "confirmBooking"
    EXTEND = "extendHold"
    CANCEL = "cancelBooking"
    READ = "seatMap"


# What a refusal means to a seat depends on its kind; these say nothing about any.
BUSY = "Busy"
KEY_REUSED = "IdempotencyKeyReused"
BOOKING = "Booking"
SEAT_MAP = "SeatMap"

# The refusals that a client of good will meets in its turn; any other answer is a fault of the server.
EXPECTED: dict[Operation, frozenset[str]] = {
    Operation.HOLD: frozenset({"SeatsTaken", "NotEnoughSeats", "SeatLimitReached", "HoldLimitReached", BUSY}),
    Operation.BOOK: frozenset({"SeatsTaken", "SeatLimitReached", BUSY}),
    Operation.CONFIRM: frozenset({"HoldExpired", BUSY}),
    Operation.EXTEND: frozenset({"HoldExpired", BUSY}),
    Operation.CANCEL: frozenset({BUSY}),
    Operation.READ: frozenset({SEAT_MAP}),
}


@dataclass(frozen=True)
class BookingSeen:
    """A booking as an answer shows it. Its seats never change, nor when it was made; the rest may."""

    id: int
    status: str
    seats: frozenset[str]
    created_at: int
    expires_at: int | None


@dataclass(frozen=True)
class SeatSeen:
    status: str
    mine: bool


@dataclass(frozen=True)
class Answer:
    """A definite answer. `kind` is its GraphQL type, or the code of an error that tells that nothing was done."""

    kind: str
    booking: BookingSeen | None = None
    # Those of SeatsTaken, or what HoldExpired says is still available.
    seats: frozenset[str] = frozenset()
    seat_map: dict[str, SeatSeen] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One request. Without an answer it may have taken effect at any moment from its start on, or never."""

    operation: Operation
    user: int
    start: int
    end: int
    answer: Answer | None
    # What became of it for the client: the kind of the answer, or how it failed.
    outcome: str
    show: int | None = None
    booking: int | None = None
    # Named by the buyer; None: whatever there is, or all of the booking.
    seats: frozenset[str] | None = None
    count: int = 0
    # Of seats that the server chooses: next to each other, or none.
    together: bool = False
    key: str | None = None
    # The key stood for another call before: the only right answer says so.
    reuses_key: bool = False
    attempt: int = 1

    @property
    def makes_a_booking(self) -> bool:
        return self.operation in {Operation.HOLD, Operation.BOOK}

    @property
    def booked(self) -> BookingSeen | None:
        return self.answer.booking if self.answer else None

    @property
    def refused(self) -> bool:
        return self.answer is not None and self.answer.booking is None

    @property
    def succeeded(self) -> bool:
        """Whether the answer shows a booking or a seat map."""
        return self.booked is not None or (self.answer is not None and self.operation is Operation.READ)

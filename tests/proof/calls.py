"""Recorded calls and their responses.

Times are nanoseconds of the machine's clock. The database runs on the same machine and uses the same clock.
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


# Kinds of responses. A refusal because of load or a reused key contains no information about seats.
BUSY = "Busy"
KEY_REUSED = "IdempotencyKeyReused"
BOOKING = "Booking"
SEAT_MAP = "SeatMap"

# The refusals that a correct client may get. Any other response is an error of the server.
EXPECTED: dict[Operation, frozenset[str]] = {
    Operation.HOLD: frozenset({"SeatsTaken", "NotEnoughSeats", "SeatLimitReached", "HoldLimitReached", BUSY}),
    Operation.BOOK: frozenset({"SeatsTaken", "SeatLimitReached", BUSY}),
    Operation.CONFIRM: frozenset({"HoldExpired", "BookingCancelled", BUSY}),
    Operation.EXTEND: frozenset({"HoldExpired", "BookingCancelled", BUSY}),
    Operation.CANCEL: frozenset({BUSY}),
    Operation.READ: frozenset({SEAT_MAP}),
}


@dataclass(frozen=True)
class BookingSeen:
    """A booking as a response shows it. Its seats and its creation time never change."""

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
class Response:
    """A definite response. `kind` is its GraphQL type, or the code of an error after which nothing has changed."""

    kind: str
    booking: BookingSeen | None = None
    # The taken seats of SeatsTaken, or the still available seats of HoldExpired.
    seats: frozenset[str] = frozenset()
    seat_map: dict[str, SeatSeen] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One request. Without a response, it may have taken effect at any moment after its start, or never."""

    operation: Operation
    user: int
    start: int
    end: int
    response: Response | None
    # The kind of the response, or how the request failed.
    outcome: str
    show: int | None = None
    booking: int | None = None
    # The seats named in the request. None: the best available ones, or all of the booking.
    seats: frozenset[str] | None = None
    count: int = 0
    # For best available seats: whether they must be next to each other.
    together: bool = False
    key: str | None = None
    # The key was used for another call before, so the call must be refused.
    reuses_key: bool = False
    attempt: int = 1

    @property
    def creates_a_booking(self) -> bool:
        return self.operation in {Operation.HOLD, Operation.BOOK}

    @property
    def booked(self) -> BookingSeen | None:
        return self.response.booking if self.response else None

    @property
    def refused(self) -> bool:
        return self.response is not None and self.response.booking is None

    @property
    def succeeded(self) -> bool:
        """Whether the response shows a booking or a seat map."""
        return self.booked is not None or (self.response is not None and self.operation is Operation.READ)

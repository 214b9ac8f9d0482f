"""Errors of booking, holding and releasing seats.

CinemaError
  SeatsTaken             held or booked by others, or blocked by staff
  UnknownSeats           not in the auditorium, or not in the booking
  NotEnoughSeats         fewer seats are left, or they are not adjacent
  AccessibleSeatsOnly    wheelchair spaces or companion seats, and the buyer did not say that they need them
  SeatsSoldTogether      only a part of a love seat or a table
  ShowNotOnSale          closed or cancelled
  SeatLimitReached       too many seats of one show for one user
    HoldLimitReached     too many open holds for one user
    HeldSeatLimitReached too many held seats for a user without a verified email address
    AddressLimitReached  too many held seats for one network address
  SeatsReleasedRepeatedly  the user has released the seats too often (a `TooManyAttempts` of `cinema.accounts`)
  HoldExpired            the hold has expired, and not all of its seats are available
  BookingCancelled       the booking or the hold was cancelled
  TooLateToCancel        the show starts too soon
  SeatsNotBooked         staff wanted to move seats that are not booked, or not any more
  SeatsSold              a seat that a new plan would change or remove is sold
  ShowHasBookings        the screen and the movie of a show with bookings cannot be changed
"""

from dataclasses import dataclass
from datetime import datetime

from cinema.accounts.errors import TooManyAttempts
from cinema.booking.status import ShowStatus
from cinema.catalog.local_times import LocalTime
from cinema.core.errors import CinemaError
from cinema.core.text import counted, counted_each, join_words


@dataclass(eq=False)
class SeatsTaken(CinemaError):
    """`alternatives` are the same number of available seats, side by side or nearest first, or empty."""

    template = "No longer available: {seats}."

    seats: list[str]
    alternatives: list[str]


@dataclass(eq=False)
class UnknownSeats(CinemaError):
    seats: list[str]

    def __str__(self) -> str:
        return f"{'Seat' if len(self.seats) == 1 else 'Seats'} not found: {join_words(self.seats)}."


@dataclass(eq=False)
class NotEnoughSeats(CinemaError):
    """`available` counts seats next to each other if that was requested."""

    requested: int
    available: int

    def __str__(self) -> str:
        if not self.available:
            return "No seats like this are left."
        return f"Only {counted(self.available, 'seat')} like this {'is' if self.available == 1 else 'are'} left."


@dataclass(eq=False)
class AccessibleSeatsOnly(CinemaError):
    """`seats` are the wheelchair spaces and companion seats. Empty if the request names no seats."""

    seats: list[str]

    def __str__(self) -> str:
        seats = join_words(self.seats) or "Wheelchair spaces and companion seats"
        return f"{seats} {'is' if len(self.seats) == 1 else 'are'} reserved for guests who need a wheelchair space."


@dataclass(eq=False)
class SeatsSoldTogether(CinemaError):
    """`seats` are only parts of units. With `missing`, they would be whole."""

    seats: list[str]
    missing: list[str]

    def __str__(self) -> str:
        verb = "is" if len(self.seats) == 1 else "are"
        return f"{join_words(self.seats)} {verb} sold only together with {join_words(self.missing)}."


@dataclass(eq=False)
class ShowNotOnSale(CinemaError):
    """`closed_at` is given if booking has closed."""

    show_status: ShowStatus
    closed_at: LocalTime | None = None

    def __str__(self) -> str:
        match self.show_status:
            case ShowStatus.CANCELLED:
                return "This show has been cancelled."
            case ShowStatus.SOLD_OUT:
                return "This show is sold out."
            case _:
                return f"Booking for this show closed on {self.closed_at}."


@dataclass(eq=False)
class SeatLimitReached(CinemaError):
    limit: int
    already_taken: int

    def __str__(self) -> str:
        return f"You can book up to {counted(self.limit, 'seat')} per show; you already have {self.already_taken}."


@dataclass(eq=False)
class HoldLimitReached(SeatLimitReached):
    """Here `limit` and `already_taken` count open holds."""

    def __str__(self) -> str:
        limit = counted(self.limit, "open hold")
        return f"You can have up to {limit}; you already have {self.already_taken}. Confirm or release one first."


@dataclass(eq=False)
class HeldSeatLimitReached(SeatLimitReached):
    """Here `limit` and `already_taken` count held seats of all shows."""

    def __str__(self) -> str:
        limit = counted(self.limit, "seat")
        return f"You can hold up to {limit} until you verify your email address; you already hold {self.already_taken}."


@dataclass(eq=False)
class AddressLimitReached(SeatLimitReached):
    """Here `limit` and `already_taken` count seats that are held from the client's network address."""

    def __str__(self) -> str:
        limit = counted(self.limit, "seat")
        return (
            f"Up to {limit} can be held from one network; {self.already_taken} are held from yours. "
            "Please try again in a few minutes."
        )


@dataclass(eq=False)
class SeatsReleasedRepeatedly(TooManyAttempts):
    seats: list[str]

    def __str__(self) -> str:
        return (
            f"You have released {join_words(self.seats)} several times. "
            f"Please choose other seats, or try again in {self.wait}."
        )


@dataclass(eq=False)
class HoldExpired(CinemaError):
    """`still_available` are the seats of the hold that can be held again."""

    template = "Your hold has expired, and some of its seats are no longer available."

    still_available: list[str]


@dataclass(eq=False)
class BookingCancelled(CinemaError):
    template = "This booking has been cancelled."

    cancelled_at: datetime


@dataclass(eq=False)
class TooLateToCancel(CinemaError):
    template = "This booking could be cancelled until {deadline}."

    deadline: LocalTime


@dataclass(eq=False)
class SeatsNotBooked(CinemaError):
    template = "Not booked, or cancelled in the meantime: {seats}."

    seats: list[str]


@dataclass(eq=False)
class SeatsSold(CinemaError):
    template = "These seats are sold for shows that have not ended, so they can't be changed or removed: {seats}."

    seats: list[str]


@dataclass(eq=False)
class ShowHasBookings(CinemaError):
    """`booking_count` includes the holds."""

    booking_count: int
    hold_count: int = 0

    def __str__(self) -> str:
        found = counted_each({"booking": self.booking_count - self.hold_count, "hold": self.hold_count})
        return f"This show has {found}, so its screen and movie can't be changed."

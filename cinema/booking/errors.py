"""What can go wrong with taking and giving back seats.

CinemaError
  SeatsTaken             somebody else has them, or staff keep them back
  UnknownSeats           the house, or the booking, has no such seats
  NotEnoughSeats         fewer than that many are left, or are left together
  ShowNotOnSale          too late, or cancelled
  SeatLimitReached       one user, too many seats of one show
    HoldLimitReached     one user, too many holds at a time
  HoldExpired            the hold is over, and not all of its seats can be had again
  TooLateToCancel        the show is about to start
  SeatsSold              a seat that is to go from a plan is sold
  ShowHasBookings        a show with bookings keeps its screen and its movie
"""

from dataclasses import dataclass
from datetime import datetime

from cinema.booking.status import ShowStatus
from cinema.core.errors import CinemaError


@dataclass(eq=False)
class SeatsTaken(CinemaError):
    """No longer available: {seats}."""

    seats: list[str]
    alternatives: list[str]


@dataclass(eq=False)
class UnknownSeats(CinemaError):
    """There is no such seat here: {seats}."""

    seats: list[str]


@dataclass(eq=False)
class NotEnoughSeats(CinemaError):
    """{requested} such seats are not to be had; {available} would be."""

    requested: int
    available: int


@dataclass(eq=False)
class ShowNotOnSale(CinemaError):
    """Seats for this show cannot be booked: it is {status}."""

    status: ShowStatus


@dataclass(eq=False)
class SeatLimitReached(CinemaError):
    """At most {limit} of the seats of a show go to one person; you have {already_taken}."""

    limit: int
    already_taken: int


@dataclass(eq=False)
class HoldLimitReached(SeatLimitReached):
    """At most {limit} holds are open at a time, and you have {already_taken}; confirm one or give one up."""


@dataclass(eq=False)
class HoldExpired(CinemaError):
    """These seats are no longer kept for you."""

    still_available: list[str]


@dataclass(eq=False)
class TooLateToCancel(CinemaError):
    """This booking could be cancelled until {deadline:%Y-%m-%d %H:%M} UTC."""

    deadline: datetime


@dataclass(eq=False)
class SeatsSold(CinemaError):
    """These seats are sold for shows that are not over, so they cannot go: {seats}."""

    seats: list[str]


@dataclass(eq=False)
class ShowHasBookings(CinemaError):
    """This show is booked ({booking_count}), so it keeps its screen and its movie."""

    booking_count: int

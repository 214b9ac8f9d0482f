"""Messages of errors do not depend on docstrings, which `python -OO` removes."""

import subprocess
import sys
from datetime import datetime

import pytest

from cinema.booking.errors import (
    HoldLimitReached,
    NotEnoughSeats,
    SeatLimitReached,
    SeatsTaken,
    ShowHasBookings,
    ShowNotOnSale,
    UnknownSeats,
)
from cinema.booking.status import ShowStatus
from cinema.catalog.errors import MovieHasShows
from cinema.catalog.local_times import LocalTime
from cinema.core.errors import CinemaError, InvalidInput, NotFound

PRINT_MESSAGES = """
import django
django.setup()
from cinema.accounts.errors import InvalidCredentials, InvalidLink
from cinema.booking.errors import HoldExpired, SeatsTaken
from cinema.catalog.imports.errors import UnreadableFile
from cinema.core.errors import Busy
errors = [InvalidCredentials(), InvalidLink(), HoldExpired([]), SeatsTaken(["A1", "A2"], []), UnreadableFile("empty"),
          Busy(5)]
print(*errors, sep="|", end="")
"""


def test_messages_do_not_need_docstrings() -> None:
    printed = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-OO", "-c", PRINT_MESSAGES], capture_output=True, text=True, check=True
    ).stdout
    assert printed.split("|") == [
        "Wrong username, email or password.",
        "This link is no longer valid. Please request a new one.",
        "Your hold has expired, and some of its seats are no longer available.",
        "No longer available: A1 and A2.",
        "The file cannot be read: empty",
        "It's busy right now. Please try again.",
    ]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (SeatsTaken(["A1", "A2", "A3"], []), "No longer available: A1, A2 and A3."),
        (UnknownSeats(["A1"]), "Seat not found: A1."),
        (UnknownSeats(["A1", "A2"]), "Seats not found: A1 and A2."),
        (NotEnoughSeats(4, 0), "No seats like this are left."),
        (NotEnoughSeats(4, 1), "Only 1 seat like this is left."),
        (NotEnoughSeats(4, 3), "Only 3 seats like this are left."),
        (ShowNotOnSale(ShowStatus.CANCELLED), "This show has been cancelled."),
        (
            ShowNotOnSale(ShowStatus.CLOSED, LocalTime(datetime(2026, 3, 1, 9, 5), "Porto")),  # noqa: DTZ001 - local
            "Booking for this show closed on Mar 1, 09:05 (local time in Porto).",
        ),
        (ShowNotOnSale(ShowStatus.SOLD_OUT), "This show is sold out."),
        (SeatLimitReached(10, 3), "You can book up to 10 seats per show; you already have 3."),
        (
            HoldLimitReached(1, 1),
            "You can have up to 1 open hold; you already have 1. Confirm or release one first.",
        ),
        (ShowHasBookings(1), "This show has 1 booking, so its screen and movie can't be changed."),
        (MovieHasShows(2), "This movie has 2 shows, so it can't be deleted."),
        (NotFound("show"), "There is no such show."),
        (InvalidInput.of("email", "invalid", "Enter a valid email address."), "Enter a valid email address."),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, CinemaError) else "",
)
def test_message_of_an_error(error: CinemaError, message: str) -> None:
    assert str(error) == message

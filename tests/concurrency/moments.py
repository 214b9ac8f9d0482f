"""Somebody else, at one exact moment within what another one does; the moments, use case by use case.

Either the other one is done before the first goes on, or has to wait for what the first has locked. Nothing is left
to chance, and there is no third possibility: it comes out as if one of them had come after the other, and in which
order is told by whether the other had to wait.

In SQLite a use case is the only one that writes, from its beginning to its end. So there the other one always waits,
except at the very beginning and at the very end.
"""

from collections.abc import Sequence
from types import ModuleType

import pytest

from cinema.booking import expiry, history, locks, sales, seats
from cinema.catalog import locks as staff
from tests.concurrency.racing import Moment, after, before


def through(*functions: tuple[ModuleType, str]) -> list[Moment]:
    """Before the first, and after each: of functions that are called one after the other."""
    return [before(*functions[0]), *(after(*function) for function in functions)]


USER, SHOW = (locks, "user"), (locks, "shared_show")
TAKE, RECORD = (seats, "take"), (history, "record")

BOOKING = through(USER, SHOW, (seats, "resolve"), TAKE, RECORD)
PICKING = through(USER, (locks, "show_for_picking"), (seats, "pick"), TAKE, RECORD)
CLEARING = [
    before(seats, "_release_expired_tickets"),
    before(expiry, "release"),
    *through((locks, "bookings"), (history, "record_expiry"), (seats, "_release_expired_tickets")),
]
TAKING_OVER = [*BOOKING, *CLEARING]
CONFIRMING = through(USER, SHOW, (locks, "booking_of"), RECORD)
CONFIRMING_LATE = [
    *CONFIRMING,
    *through((locks, "bookings"), (history, "record_expiry"), (seats, "still_free")),
    *through((sales, "check_seat_limit"), (seats, "take_again")),
]
EXTENDING = CONFIRMING
EXTENDING_TOO_LATE = through(USER, SHOW, (locks, "booking_of"))
CANCELING = [*CONFIRMING, before(seats, "release")]
SWEEPING = through(
    (locks, "expired_unreleased_holds"), (locks, "bookings"), (history, "record_expiry"), (expiry, "release")
)
CALLING_OFF = through((staff, "show"), (locks, "bookings"), (expiry, "release"), (seats, "release"))


def interrupting(**moments: Sequence[Moment]) -> pytest.MarkDecorator:
    """Each of the two, by name, at each of these moments, by the other one."""
    each = [(who, moment) for who, those in moments.items() for moment in those]
    return pytest.mark.parametrize(("interrupted", "moment"), each, ids=[f"{who}-{moment}" for who, moment in each])

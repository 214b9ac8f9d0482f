"""The moments at which one call is interrupted by another, for each use case.

Before the first call continues, the other call either ends or waits for a lock of the first. So the result is always
that of one call after the other, and the order is known from whether the other call had to wait.

On SQLite, a use case is the only writer from its beginning to its end, so the other call always waits.
"""

from collections.abc import Sequence
from types import ModuleType

import pytest

from cinema.booking import expiry, history, locks, quotes, sales, seats
from cinema.catalog import locks as staff
from tests.concurrency.racing import Moment, after, before, many_writers


def through(*functions: tuple[ModuleType, str]) -> list[Moment]:
    """The moments before the first of these functions, and after each. They are called in this order."""
    return [before(*functions[0]), *(after(*function) for function in functions)]


USER, SHOW = (locks, "user"), (locks, "show_for_buying")
TAKE, RECORD = (seats, "take"), (history, "record")

BOOKING = through(USER, SHOW, (quotes, "read"), TAKE)
PICKING = through(USER, (locks, "show_for_picking"), (seats, "pick"), TAKE)
REPLACING_EXPIRED = [
    before(seats, "make_way"),
    before(expiry, "release"),
    *through((locks, "bookings"), (history, "record_expiry"), (seats, "make_way")),
]
BOOKING_EXPIRED = [*BOOKING, *REPLACING_EXPIRED]
CONFIRMING = through(USER, SHOW, (locks, "booking_of"), RECORD)
CONFIRMING_EXPIRED = [
    *CONFIRMING,
    *through((locks, "bookings"), (history, "record_expiry"), (seats, "still_free")),
    *through((sales, "check_seat_limit"), (seats, "take_again")),
]
EXTENDING = CONFIRMING
EXTENDING_EXPIRED = through(USER, SHOW, (locks, "booking_of"))
CANCELLING = [*CONFIRMING, before(seats, "release")]
RELEASING_EXPIRED = through(
    (locks, "expired_unreleased_holds"), (locks, "bookings"), (history, "record_expiry"), (expiry, "release")
)
CANCELLING_SHOW = through((staff, "show"), (locks, "bookings"), (expiry, "release"), (seats, "release"))


def interrupting(**moments: Sequence[Moment]) -> pytest.MarkDecorator:
    """Parametrize a test: each of two callers is interrupted by the other at each of its moments.

    On SQLite only the first and the last moment are tested: between them, the other call waits for the transaction.
    """
    cases = [
        pytest.param(caller, moment, id=f"{caller}-{moment}", marks=[] if moment in {first, last} else [many_writers])
        for caller, (first, *_, last) in moments.items()
        for moment in moments[caller]
    ]
    return pytest.mark.parametrize(("interrupted", "moment"), cases)

"""A hold that expires after its owner's call has read the clock, while another buyer waits for its seat.

The owner's call was in time, so it succeeds, and the other buyer is refused. In these tests the hold has already
expired, and the owner's call gets the time just before its expiry, as if it had read the clock then. The control shows
that the seat is available without the owner's call.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from cinema.booking import locks
from cinema.booking.errors import SeatsTaken
from cinema.booking.locks import LockedBooking
from cinema.models import Booking, Show, User
from tests import situations
from tests.concurrency.calls import booking, cancelling, confirming, extending
from tests.concurrency.outcomes import FREE, PRICE, is_refusal, owners, state
from tests.concurrency.racing import after, interleave

pytestmark = pytest.mark.django_db(transaction=True)

AFTER_READING_THE_CLOCK = after(locks, "booking_of")


@pytest.fixture
def hold(show: Show, ann: User, monkeypatch: pytest.MonkeyPatch) -> Booking:
    """An expired hold of A1, which its owner's calls see just before its expiry."""
    hold = situations.a_hold("A1", show=show, by=ann, minutes_left=-1)
    booking_of = locks.booking_of

    def just_before_expiry(user: User, pk: int) -> LockedBooking:
        assert hold.expires_at is not None
        return replace(booking_of(user, pk), now=hold.expires_at - timedelta(milliseconds=1))

    monkeypatch.setattr(locks, "booking_of", just_before_expiry)
    return hold


@pytest.mark.usefixtures("hold")
def test_without_the_call_of_the_owner_the_seat_is_available(show: Show, bob: User) -> None:
    booking("A1", show=show, by=bob)()

    assert owners(show) == {"A1": "bob"}


@pytest.mark.parametrize(
    ("call", "expected"),
    [(extending, ("HELD", PRICE)), (confirming, ("CONFIRMED", PRICE))],
    ids=["extended", "confirmed"],
)
def test_owner_who_acts_in_time_keeps_the_seat(
    hold: Booking,
    bob: User,
    call: Callable[[Booking], Callable[[], Booking]],
    expected: tuple[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = booking("A1", show=hold.show, by=bob)

    interleaving = interleave(call(hold), other, AFTER_READING_THE_CLOCK, monkeypatch)

    assert interleaving.other_waited
    assert interleaving.first == hold
    assert is_refusal(interleaving.other, SeatsTaken, seats=["A1"], alternatives=["A2"])
    assert state(hold) == expected
    assert owners(hold.show) == {"A1": "ann"}


def test_hold_that_was_cancelled_in_time_is_cancelled(
    show: Show, hold: Booking, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = booking("A1", show=show, by=bob)

    interleaving = interleave(cancelling(hold), other, AFTER_READING_THE_CLOCK, monkeypatch)

    assert interleaving.other_waited
    assert state(hold) == ("CANCELLED", FREE)
    assert state(interleaving.other) == ("CONFIRMED", PRICE)
    assert owners(show) == {"A1": "bob"}

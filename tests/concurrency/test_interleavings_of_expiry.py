"""A hold that runs out in the middle of what its owner does with it, while somebody else waits for just that.

Who was in time when her use case looked at the clock stays so: what it then writes comes a moment late, and the other
one finds it done. The control shows that the time is really over meanwhile.
"""

from collections.abc import Callable
from functools import partial

import pytest

from cinema.booking import locks
from cinema.booking.errors import SeatsTaken
from cinema.core import clock
from cinema.models import Booking, Show, User
from tests import situations
from tests.concurrency.acts import booking, canceling, confirming, extending
from tests.concurrency.outcomes import FREE, PRICE, is_refusal, owners, state
from tests.concurrency.racing import after, meet
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

# Long enough to get to the middle in time, however busy the machine is.
SECONDS_LEFT = 2.0
MIDDLE = after(locks, "booking_of")


@pytest.fixture
def hold(show: Show, ann: User) -> Booking:
    return situations.a_hold("A1", show=show, by=ann, minutes_left=SECONDS_LEFT / 60)


def is_over(hold: Booking) -> bool:
    assert hold.expires_at is not None
    return clock.now() > hold.expires_at


def once_over(hold: Booking, act: Callable[[], Booking]) -> Booking:
    wait_until(lambda: is_over(hold), what="the hold to run out")
    return act()


def test_without_anybody_in_the_middle_of_it_the_seat_is_had_once_it_is_over(
    show: Show, hold: Booking, bob: User
) -> None:
    """The control: nothing but what its owner has begun keeps the seat."""
    assert not is_over(hold)

    once_over(hold, booking("A1", show=show, by=bob))

    assert owners(show) == {"A1": "bob"}


@pytest.mark.parametrize(
    ("act", "left"),
    [(extending, ("HELD", PRICE)), (confirming, ("CONFIRMED", PRICE))],
    ids=["extended", "confirmed"],
)
def test_who_was_in_time_keeps_the_seat(
    hold: Booking,
    bob: User,
    act: Callable[[Booking], Callable[[], Booking]],
    left: tuple[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = partial(once_over, hold, booking("A1", show=hold.show, by=bob))

    meeting = meet(act(hold), late, MIDDLE, monkeypatch)

    assert meeting.rival_waited
    assert meeting.first == hold
    assert is_refusal(meeting.rival, SeatsTaken, seats=["A1"], alternatives=["A2"])
    assert state(hold) == left
    assert owners(hold.show) == {"A1": "ann"}


def test_who_gave_it_up_in_time_has_given_it_up(
    show: Show, hold: Booking, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = partial(once_over, hold, booking("A1", show=show, by=bob))

    meeting = meet(canceling(hold), late, MIDDLE, monkeypatch)

    assert meeting.rival_waited
    assert state(hold) == ("CANCELLED", FREE)
    assert state(meeting.rival) == ("CONFIRMED", PRICE)
    assert owners(show) == {"A1": "bob"}

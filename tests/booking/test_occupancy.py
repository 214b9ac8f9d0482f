import pytest

from cinema.booking import blocks, bookings, queries
from cinema.booking.queries import Occupancy
from cinema.models import Show
from tests import situations

pytestmark = pytest.mark.django_db


def test_blocked_held_and_expired_seats_are_not_sold(show: Show) -> None:
    situations.a_booking("A1", "A2", show=show)
    cancelled = situations.a_booking("A3", show=show)
    bookings.cancel(booking_id=cancelled.pk, by=cancelled.user)
    situations.a_hold("B1", show=show)
    situations.a_hold("B2", show=show, minutes_left=-1)
    blocks.block(show_id=show.pk, labels=["C3", "C4", "C5"])
    empty = situations.a_show(rows=["SS"])

    found = queries.occupancy([show, empty])

    assert found == {show.pk: Occupancy(21, booked=2, held=1, blocked=3), empty.pk: Occupancy(2, 0, 0, 0)}
    assert str(found[show.pk]) == "2 of 21 booked, 1 held, 3 blocked"
    assert str(found[empty.pk]) == "0 of 2 booked"

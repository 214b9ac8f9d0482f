"""The plain statement for the first page of a user's bookings returns what the ORM does."""

import pytest
from pytest_django import DjangoAssertNumQueries

from cinema.booking import queries
from cinema.booking.queries import BookingCriteria
from cinema.models import Booking, User
from tests import situations
from tests.api.lists import make_bookings

pytestmark = pytest.mark.django_db


def test_the_same_rows_in_the_same_order(buyer: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_bookings(3, buyer)
    situations.a_booking("A1", show=situations.a_show(), by=buyer)
    situations.a_hold("A1", show=situations.a_show(), by=buyer, minutes_left=-5)
    situations.a_booking("A1", show=situations.a_show())
    expected = list(queries.bookings(BookingCriteria()).filter(user=buyer))

    with django_assert_num_queries(1):
        found = queries.newest_bookings_of(buyer, 4)
        details = [(booking.show.movie, booking.show.screen.theater) for booking in found]

    assert [values(booking) for booking in found] == [values(booking) for booking in expected[:4]]
    assert details == [(booking.show.movie, booking.show.screen.theater) for booking in expected[:4]]
    assert len(queries.newest_bookings_of(buyer, 100)) == len(expected) == 5


def values(booking: Booking) -> dict[str, object]:
    return {field.attname: getattr(booking, field.attname) for field in Booking._meta.concrete_fields}

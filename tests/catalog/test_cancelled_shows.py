from decimal import Decimal

import pytest
from django.utils import timezone

from cinema.booking import blocks, bookings
from cinema.booking.models import BookingStatus, TicketStatus
from cinema.catalog import scheduling
from cinema.core import clock
from cinema.core.errors import InvalidInput, NotFound
from cinema.models import Booking, Movie, Screen, User
from tests import situations
from tests.catalog.refusals import problems
from tests.catalog.shows import MINUTE, at, schedule, stored, unreleased
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


def test_a_cancelled_show_is_kept_and_says_when(movie: Movie, screen: Screen) -> None:
    show = scheduling.cancel(show_id=schedule(movie, screen, at(24)).pk)

    cancelled_at = stored(show).cancelled_at
    assert cancelled_at is not None
    assert abs(timezone.now() - cancelled_at) < MINUTE


def test_the_bookings_of_a_cancelled_show_are_cancelled_with_it(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    sold, held = situations.a_booking("A1", show=show), situations.a_hold("A2", show=show)

    scheduling.cancel(show_id=show.pk)

    for booking in (sold, held):
        booking.refresh_from_db()
        assert (booking.status, booking.total) == ("CANCELLED", Decimal(0))
        assert booking.cancelled_at is not None
        assert [ticket.status_at(clock.now()) for ticket in booking.tickets.all()] == [TicketStatus.CANCELLED]
    assert unreleased(show) == []


def test_the_bookings_of_a_cancelled_show_are_cancelled_whatever_the_deadline(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    booking = situations.a_booking("A1", show=show)
    situations.start_show(show, hours_ago=0.5)

    scheduling.cancel(show_id=show.pk)

    booking.refresh_from_db()
    assert booking.status == BookingStatus.CANCELLED


def test_the_blocks_of_a_cancelled_show_go(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    blocks.block(show_id=show.pk, labels=["A1"])

    scheduling.cancel(show_id=show.pk)

    assert unreleased(show) == []


def test_the_bookings_of_other_shows_stay(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    other = schedule(movie, screen, at(48))
    situations.a_booking("A1", show=other)

    scheduling.cancel(show_id=show.pk)

    assert unreleased(other) == ["A1"]
    assert Booking.objects.get().status == BookingStatus.CONFIRMED


def test_what_was_given_back_before_keeps_its_moment(movie: Movie, screen: Screen, buyer: User) -> None:
    show = schedule(movie, screen, at(24))
    booking = situations.a_booking("A1", show=show, by=buyer)
    given_back = bookings.cancel(booking_id=booking.pk, by=buyer).cancelled_at

    scheduling.cancel(show_id=show.pk)

    booking.refresh_from_db()
    assert booking.cancelled_at == given_back


def test_cancelling_twice_changes_nothing(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_booking("A1", show=show)
    first = scheduling.cancel(show_id=show.pk)

    with nothing_changes():
        again = scheduling.cancel(show_id=show.pk)

    assert again.cancelled_at == first.cancelled_at


def test_a_show_that_was_cancelled_in_time_may_be_cancelled_again_when_it_is_over(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    scheduling.cancel(show_id=show.pk)
    situations.start_show(show, hours_ago=5)

    with nothing_changes():
        scheduling.cancel(show_id=show.pk)


def test_a_show_that_is_over_is_not_cancelled() -> None:
    show = situations.a_started_show(hours_ago=5)

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        scheduling.cancel(show_id=show.pk)

    assert problems(refusal) == [("show_id", "over")]


def test_a_show_that_is_not_there_cannot_be_cancelled() -> None:
    with pytest.raises(NotFound, match=r"^There is no such show\.$"):
        scheduling.cancel(show_id=0)

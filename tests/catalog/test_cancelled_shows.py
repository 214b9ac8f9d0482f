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


def test_a_cancelled_show_stores_the_time_of_cancellation(movie: Movie, screen: Screen) -> None:
    show = scheduling.cancel(show_id=schedule(movie, screen, at(24)).pk)

    cancelled_at = stored(show).cancelled_at
    assert cancelled_at is not None
    assert abs(timezone.now() - cancelled_at) < MINUTE


def test_cancelling_a_show_cancels_its_bookings(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    sold, held = situations.a_booking("A1", show=show), situations.a_hold("A2", show=show)

    scheduling.cancel(show_id=show.pk)

    for booking in (sold, held):
        booking.refresh_from_db()
        assert (booking.status, booking.total) == ("CANCELLED", Decimal(0))
        assert booking.cancelled_at is not None
        assert [ticket.status_at(clock.now()) for ticket in booking.tickets.all()] == [TicketStatus.CANCELLED]
    assert unreleased(show) == []


def test_cancelling_a_show_ignores_the_cancellation_deadline_of_bookings(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    booking = situations.a_booking("A1", show=show)
    situations.start_show(show, hours_ago=0.5)

    scheduling.cancel(show_id=show.pk)

    booking.refresh_from_db()
    assert booking.status == BookingStatus.CANCELLED


def test_cancelling_a_show_removes_its_blocks(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    blocks.block(show_id=show.pk, labels=["A1"])

    scheduling.cancel(show_id=show.pk)

    assert unreleased(show) == []


def test_cancelling_a_show_keeps_bookings_of_other_shows(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    other = schedule(movie, screen, at(48))
    situations.a_booking("A1", show=other)

    scheduling.cancel(show_id=show.pk)

    assert unreleased(other) == ["A1"]
    assert Booking.objects.get().status == BookingStatus.CONFIRMED


def test_a_booking_cancelled_before_its_show_keeps_its_cancellation_time(
    movie: Movie, screen: Screen, buyer: User
) -> None:
    show = schedule(movie, screen, at(24))
    booking = situations.a_booking("A1", show=show, by=buyer)
    cancelled_at = bookings.cancel(booking_id=booking.pk, by=buyer).cancelled_at

    scheduling.cancel(show_id=show.pk)

    booking.refresh_from_db()
    assert booking.cancelled_at == cancelled_at


def test_cancelling_twice_changes_nothing(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_booking("A1", show=show)
    first = scheduling.cancel(show_id=show.pk)

    with nothing_changes():
        again = scheduling.cancel(show_id=show.pk)

    assert again.cancelled_at == first.cancelled_at


def test_cancelling_a_cancelled_show_again_after_its_end_changes_nothing(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    scheduling.cancel(show_id=show.pk)
    situations.start_show(show, hours_ago=5)

    with nothing_changes():
        scheduling.cancel(show_id=show.pk)


def test_an_ended_show_cannot_be_cancelled() -> None:
    show = situations.a_started_show(hours_ago=5)

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        scheduling.cancel(show_id=show.pk)

    assert problems(refusal) == [("show_id", "over")]


def test_an_unknown_show_cannot_be_cancelled() -> None:
    with nothing_changes(), pytest.raises(NotFound, match=r"^There is no such show\.$"):
        scheduling.cancel(show_id=0)

from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.booking import blocks, bookings
from cinema.booking.errors import ShowHasBookings
from cinema.models import Movie, Screen, User
from tests import situations
from tests.catalog.shows import STANDARD, at, reschedule, schedule, stored, unreleased
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


def test_a_show_with_bookings_can_start_at_another_time(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_booking("A1", show=show)

    reschedule(show, starts_at=at(48))

    assert stored(show).starts_at == show.starts_at + timedelta(hours=24)
    assert unreleased(show) == ["A1"]


def test_sold_tickets_keep_their_price(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24), prices={STANDARD: Decimal(10)})
    booking = situations.a_booking("A1", show=show)

    reschedule(show, prices={STANDARD: Decimal(99)})

    booking.refresh_from_db()
    assert (booking.total, booking.tickets.get().price) == (Decimal(10), Decimal(10))
    assert situations.a_booking("A2", show=show).total == Decimal(99)


@pytest.mark.parametrize("what", ["movie_id", "screen_id"])
def test_movie_and_screen_of_a_show_with_bookings_cannot_change(movie: Movie, screen: Screen, what: str) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_booking("A1", show=show)
    situations.a_booking("A2", show=show)
    other = {"movie_id": situations.a_movie().pk, "screen_id": situations.a_screen(["SS"]).pk}

    with nothing_changes(), pytest.raises(ShowHasBookings) as refusal:
        reschedule(show, **{what: other[what]})

    assert refusal.value.booking_count == 2
    assert str(refusal.value) == "This show has 2 bookings, so its screen and movie can't be changed."


def test_a_booking_of_several_seats_counts_once(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_booking("A1", "A2", show=show)
    other = situations.a_movie()

    with nothing_changes(), pytest.raises(ShowHasBookings) as refusal:
        reschedule(show, movie_id=other.pk)

    assert refusal.value.booking_count == 1


def test_screen_of_a_show_with_held_seats_cannot_change(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_hold("A1", show=show)
    other = situations.a_screen(["SS"])

    with nothing_changes(), pytest.raises(ShowHasBookings) as refusal:
        reschedule(show, screen_id=other.pk)

    assert str(refusal.value) == "This show has 1 hold, so its screen and movie can't be changed."


def test_holds_are_not_named_bookings(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_booking("A1", show=show)
    situations.a_hold("A2", show=show)
    other = situations.a_movie()

    with nothing_changes(), pytest.raises(ShowHasBookings) as refusal:
        reschedule(show, movie_id=other.pk)

    assert refusal.value.booking_count == 2
    assert str(refusal.value) == "This show has 1 booking and 1 hold, so its screen and movie can't be changed."


def test_a_show_whose_bookings_are_cancelled_can_move_to_another_screen(
    movie: Movie, screen: Screen, buyer: User
) -> None:
    show = schedule(movie, screen, at(24))
    bookings.cancel(booking_id=situations.a_booking("A1", show=show, by=buyer).pk, by=buyer)
    other = situations.a_screen(["SS"])

    reschedule(show, screen_id=other.pk)

    assert stored(show).screen == other


def test_the_current_movie_and_screen_can_be_sent_for_a_show_with_bookings(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_booking("A1", show=show)

    reschedule(show, movie_id=movie.pk, screen_id=screen.pk, language="pt")

    assert stored(show).language == "pt"


def test_moving_a_show_to_another_screen_removes_its_blocks(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    blocks.block(show_id=show.pk, labels=["A1"])

    reschedule(show, screen_id=situations.a_screen(["SS"]).pk)

    assert unreleased(show) == []


def test_rescheduling_keeps_blocks(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    blocks.block(show_id=show.pk, labels=["A1"])

    reschedule(show, starts_at=at(48))

    assert unreleased(show) == ["A1"]

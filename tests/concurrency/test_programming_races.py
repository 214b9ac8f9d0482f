"""Staff against staff, and staff against buyers, each in a thread with a database connection of their own.

The controls come first: with a lock patched away, and somebody else let in at the one moment that matters, every
race is lost. So the tests below them can fail.
"""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection
from django.db.models import Model
from django.db.models.deletion import Collector

from cinema.booking import bookings, seats
from cinema.booking import locks as buyers
from cinema.booking.errors import SeatsSold, ShowNotOnSale, UnknownSeats
from cinema.booking.models import BookingStatus
from cinema.catalog import houses, locks, movies, programming
from cinema.catalog.errors import MovieHasShows, ScreenOccupied
from cinema.catalog.layouts import SeatCategory
from cinema.core import clock
from cinema.core.errors import InvalidInput, NotFound
from cinema.core.saving import save_checked
from cinema.models import Booking, Genre, Movie, Screen, Show, Theater, Ticket
from tests import situations
from tests.concurrency.racing import interruptible, meanwhile, race
from tests.situations import PRICES

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 15
MINUTE = timedelta(minutes=1)
# One for all, so that times that are told one after the other are whole minutes apart.
NOW = situations.in_hours(0)


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def scheduling(screen: Screen, starts_at: datetime, movie: Movie | None = None) -> Callable[[], Show]:
    """Of a movie of its own unless told: what they wait for is the screen."""
    return partial(
        programming.schedule,
        movie_id=(movie or situations.a_movie()).pk,
        screen_id=screen.pk,
        starts_at=starts_at,
        prices=PRICES,
    )


def moving(show: Show, **changes: Any) -> Callable[[], Show]:
    return partial(programming.reschedule, show_id=show.pk, **changes)


def booking(show: Show, label: str) -> Callable[[], Booking]:
    return partial(bookings.book, show_id=show.pk, labels=[label], by=situations.a_user())


def overlaps(screen: Screen) -> list[tuple[Show, Show]]:
    """Neighbours on the screen without the time for cleaning between them."""
    shows = Show.objects.standing().filter(screen=screen).order_by("starts_at")
    return [(a, b) for a, b in pairwise(shows) if b.starts_at < a.ends_at + settings.CLEANING_TIME]


def live_tickets_on_retired_seats() -> list[Ticket]:
    return list(Ticket.objects.live().filter(seat__retired_at__isnull=False, show__cancelled_at=None))


def confirmed_bookings_of_cancelled_shows() -> list[Booking]:
    return list(Booking.objects.filter(status=BookingStatus.CONFIRMED, show__cancelled_at__isnull=False))


def kinds(results: Iterable[object]) -> list[type]:
    return sorted(map(type, results), key=lambda kind: kind.__name__)


# ---------------------------------------------------------------------- controls


def read_movie(pk: int) -> Movie:
    return Movie.objects.get(pk=pk)


def read_screens(pks: Iterable[int]) -> dict[int, Screen]:
    return {screen.pk: screen for screen in Screen.objects.filter(pk__in=set(pks))}


def read_unfinished_shows(screen: Screen) -> list[Show]:
    return list(Show.objects.standing().unfinished().filter(screen=screen))


def read_show_for_buying(pk: int) -> buyers.ShowAtNow:
    return buyers.ShowAtNow(Show.objects.get(pk=pk), clock.now())


def take_after(interruption: Callable[[], object]) -> Callable[..., list[Ticket]]:
    """`seats.take`, but first somebody else gets in: what the buyer has read is true no more."""
    take = seats.take

    def take_too_late(*args: Any, **kwargs: Any) -> list[Ticket]:
        meanwhile(interruption)
        return take(*args, **kwargs)

    return take_too_late


def test_without_the_lock_on_the_screen_two_shows_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = situations.a_screen(["S"])
    both_have_looked = threading.Barrier(2, timeout=30)

    def save_when_both_have_looked(instance: Model, *, field: str) -> None:
        if isinstance(instance, Show):
            both_have_looked.wait()
        save_checked(instance, field=field)

    monkeypatch.setattr(locks, "screens", read_screens)
    monkeypatch.setattr(programming, "save_checked", save_when_both_have_looked)
    # Without a transaction there are no locks either; in PostgreSQL asking for one is an error.
    schedule = interruptible(programming.schedule)
    movie_ids = [situations.a_movie().pk for _ in range(2)]

    results = race(
        *[
            partial(schedule, movie_id=movie_id, screen_id=screen.pk, starts_at=at(24), prices=PRICES)
            for movie_id in movie_ids
        ]
    )

    assert kinds(results) == [Show, Show]
    assert len(overlaps(screen)) == 1


def test_without_the_lock_on_the_movie_deleting_it_fails_in_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    movie, screen = situations.a_movie(), situations.a_screen(["S"])
    collect = Collector.collect

    def collect_too_early(self: Collector, *args: Any, **kwargs: Any) -> None:
        """There is no show of the movie yet; when it is deleted there is one."""
        collect(self, *args, **kwargs)
        monkeypatch.setattr(Collector, "collect", collect)
        meanwhile(scheduling(screen, at(24), movie))

    monkeypatch.setattr(locks, "movie", read_movie)
    monkeypatch.setattr(Collector, "collect", collect_too_early)

    with pytest.raises(IntegrityError):
        interruptible(movies.remove)(movie_id=movie.pk)


def test_without_the_lock_on_the_shows_a_seat_is_sold_that_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    show = situations.a_show(rows=["SS"])
    change_plan = partial(houses.change_screen, screen_id=show.screen_id, rows=["S"])
    monkeypatch.setattr(locks, "unfinished_shows", read_unfinished_shows)
    monkeypatch.setattr(seats, "take", take_after(change_plan))

    interruptible(bookings.book)(show_id=show.pk, labels=["A2"], by=situations.a_user())

    assert [ticket.seat.label for ticket in live_tickets_on_retired_seats()] == ["A2"]


def test_without_the_buyers_lock_on_the_show_a_seat_of_a_cancelled_show_is_sold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    show = situations.a_show(rows=["SS"])
    monkeypatch.setattr(buyers, "show_for_buying", read_show_for_buying)
    monkeypatch.setattr(seats, "take", take_after(partial(programming.cancel, show_id=show.pk)))

    booked = interruptible(bookings.book)(show_id=show.pk, labels=["A1"], by=situations.a_user())

    assert confirmed_bookings_of_cancelled_shows() == [booked]


# ---------------------------------------------------------------------- staff and staff


def test_of_two_shows_that_would_overlap_one_is_scheduled() -> None:
    screen = situations.a_screen(["S"])
    one, other = situations.a_movie(), situations.a_movie()

    for number in range(ROUNDS):
        starts_at = at(24 + 4 * number)
        results = race(scheduling(screen, starts_at, one), scheduling(screen, starts_at + 30 * MINUTE, other))

        assert kinds(results) == [ScreenOccupied, Show]
    assert Show.objects.count() == ROUNDS
    assert overlaps(screen) == []


def test_shows_that_do_not_overlap_are_all_scheduled() -> None:
    screen, other_screen = situations.a_screen(["S"]), situations.a_screen(["S"])
    movie = situations.a_movie(duration_minutes=100)

    results = race(
        scheduling(screen, at(24), movie),
        scheduling(screen, at(24) + 115 * MINUTE, movie),
        scheduling(screen, at(24) - 115 * MINUTE, movie),
        scheduling(other_screen, at(24), movie),
    )

    assert kinds(results) == [Show] * 4


def test_a_crowd_of_staff_fills_a_screen_without_an_overlap_and_nobody_is_refused_without_a_reason() -> None:
    screen = situations.a_screen(["S"])
    starts = [at(24) + 30 * number * MINUTE for number in range(10)]

    results = race(*[scheduling(screen, starts_at) for starts_at in starts])

    assert set(kinds(results)) == {Show, ScreenOccupied}
    assert overlaps(screen) == []
    shows = list(Show.objects.filter(screen=screen))
    for starts_at, result in zip(starts, results, strict=True):
        if isinstance(result, ScreenOccupied):
            assert result.show in shows
            assert abs(result.show.starts_at - starts_at) < 115 * MINUTE


def test_a_show_that_moves_and_one_that_is_new_do_not_overlap() -> None:
    screen = situations.a_screen(["S"])
    show = situations.a_show(screen=screen, starts_at=at(20))

    for number in range(ROUNDS):
        wanted = at(24 + 4 * number)
        results = race(moving(show, starts_at=wanted), scheduling(screen, wanted + 30 * MINUTE))

        assert kinds(results) == [ScreenOccupied, Show]
        assert overlaps(screen) == []


def test_two_shows_do_not_move_to_the_same_time() -> None:
    screen, elsewhere = situations.a_screen(["S"]), situations.a_screen(["S"])
    here = situations.a_show(screen=screen, starts_at=at(20))
    there = situations.a_show(screen=elsewhere, starts_at=at(20))

    for number in range(ROUNDS):
        wanted = at(24 + 4 * number)
        results = race(
            moving(here, starts_at=wanted), moving(there, starts_at=wanted + 30 * MINUTE, screen_id=screen.pk)
        )

        assert kinds(results) == [ScreenOccupied, Show]
        assert overlaps(screen) == []
        Show.objects.filter(pk=there.pk).update(screen=elsewhere)


def test_two_shows_that_change_screens_do_not_wait_for_each_other_for_ever() -> None:
    one, other = situations.a_screen(["S"]), situations.a_screen(["S"])
    first = situations.a_show(screen=one, starts_at=at(24))
    second = situations.a_show(screen=other, starts_at=at(48))

    for number in range(ROUNDS):
        here, there = (one, other) if number % 2 else (other, one)
        results = race(moving(first, screen_id=here.pk), moving(second, screen_id=there.pk))

        assert kinds(results) == [Show, Show]


def test_two_changes_of_one_show_are_both_kept() -> None:
    show = situations.a_show()

    for number in range(ROUNDS):
        results = race(moving(show, starts_at=at(24 + number)), moving(show, language=["en", "pt"][number % 2]))

        show.refresh_from_db()
        assert kinds(results) == [Show, Show]
        assert (show.starts_at, show.language) == (at(24 + number), ["en", "pt"][number % 2])


def test_a_change_of_the_movie_is_not_undone_by_who_read_the_show_before(monkeypatch: pytest.MonkeyPatch) -> None:
    show = situations.a_show(starts_at=at(24))
    movie = situations.a_movie(duration_minutes=45)
    lock_movie = locks.movie
    if connection.vendor == "sqlite":
        # Nobody gets in between: one is done before the other begins.
        moving(show, movie_id=movie.pk)()

    def lock_too_late(pk: int) -> Movie:
        monkeypatch.setattr(locks, "movie", lock_movie)
        if connection.vendor == "postgresql":
            meanwhile(moving(show, movie_id=movie.pk))
        return lock_movie(pk)

    monkeypatch.setattr(locks, "movie", lock_too_late)
    moving(show, starts_at=at(30))()

    show.refresh_from_db()
    assert (show.movie, show.starts_at, show.ends_at) == (movie, at(30), at(30) + 45 * MINUTE)


def test_a_movie_is_deleted_or_shown() -> None:
    screen = situations.a_screen(["S"])

    for number in range(ROUNDS):
        movie = situations.a_movie()
        removed, scheduled = race(
            partial(movies.remove, movie_id=movie.pk), scheduling(screen, at(24 + 4 * number), movie)
        )

        if isinstance(removed, Movie):
            assert isinstance(scheduled, NotFound)
        else:
            assert (type(removed), type(scheduled)) == (MovieHasShows, Show)
        assert Movie.objects.filter(pk=movie.pk).exists() == isinstance(scheduled, Show)


def test_a_movie_is_deleted_once() -> None:
    for _ in range(ROUNDS):
        movie = situations.a_movie(genres=["Drama"])

        assert kinds(race(*[partial(movies.remove, movie_id=movie.pk)] * 3)) == [Movie, NotFound, NotFound]


def test_a_genre_that_many_think_is_new_is_made_once() -> None:
    for number in range(ROUNDS):
        results = race(
            *[
                partial(movies.add, title=f"Movie {each}", duration_minutes=100, genres=[f"Genre {number}", "Drama"])
                for each in range(4)
            ]
        )

        assert kinds(results) == [Movie] * 4
        assert all(movie.genres.count() == 2 for movie in Movie.objects.all())
    assert Genre.objects.count() == ROUNDS + 1


def test_of_many_theaters_of_one_name_one_is_added() -> None:
    for number in range(ROUNDS):
        add = partial(houses.add_theater, name=f"Olympia {number}", city="Lisbon", time_zone="Europe/Lisbon")
        results = race(*[add] * 4)

        assert kinds(results) == [InvalidInput] * 3 + [Theater]
        for result in results:
            if isinstance(result, InvalidInput):
                assert [(problem.field, problem.code) for problem in result.fields] == [("name", "unique")]


# ---------------------------------------------------------------------- staff and buyers


def test_a_seat_is_sold_or_goes() -> None:
    for _ in range(ROUNDS):
        show = situations.a_show(rows=["SS"])
        booked, changed = race(booking(show, "A2"), partial(houses.change_screen, screen_id=show.screen_id, rows=["S"]))

        if isinstance(changed, Screen):
            assert isinstance(booked, UnknownSeats)
        else:
            assert (type(changed), type(booked)) == (SeatsSold, Booking)
        assert live_tickets_on_retired_seats() == []


def test_a_show_is_cancelled_with_every_booking_that_was_in_time() -> None:
    for _ in range(ROUNDS):
        show = situations.a_show(rows=["SSS"])
        cancelled, *booked = race(
            partial(programming.cancel, show_id=show.pk), *[booking(show, label) for label in ("A1", "A2", "A3")]
        )

        assert isinstance(cancelled, Show)
        assert set(kinds(booked)) <= {Booking, ShowNotOnSale}
        assert Booking.objects.filter(show=show).count() == kinds(booked).count(Booking)
        assert confirmed_bookings_of_cancelled_shows() == []
        assert not Ticket.objects.unreleased().filter(show=show).exists()


def test_a_show_is_cancelled_once_whoever_gives_back_a_seat_meanwhile() -> None:
    for _ in range(ROUNDS):
        show = situations.a_show(rows=["SS"])
        buyer = situations.a_user()
        booked = situations.a_booking("A1", "A2", show=show, by=buyer)
        cancel = partial(programming.cancel, show_id=show.pk)
        results = race(cancel, cancel, partial(bookings.cancel, booking_id=booked.pk, by=buyer, labels=["A1"]))

        assert kinds(results) == [Booking, Show, Show]
        booked.refresh_from_db()
        assert (booked.status, booked.total) == ("CANCELLED", Decimal(0))
        assert not Ticket.objects.unreleased().filter(show=show).exists()


def test_a_show_gets_another_screen_or_its_first_booking() -> None:
    for _ in range(ROUNDS):
        show = situations.a_show(rows=["SS"])
        screen = situations.a_screen(["P"])
        moved, booked = race(moving(show, screen_id=screen.pk), booking(show, "A2"))

        show.refresh_from_db()
        if isinstance(booked, Booking):
            assert show.screen_id != screen.pk
        else:
            assert isinstance(moved, Show)
            assert isinstance(booked, UnknownSeats)
        assert not Ticket.objects.live().exclude(seat__screen=show.screen_id).filter(show=show).exists()


def test_a_buyer_pays_the_old_price_or_the_new_one() -> None:
    for number in range(ROUNDS):
        show = situations.a_show(rows=["S"])
        new = Decimal(20 + number)
        race(moving(show, prices={SeatCategory.STANDARD: new}), booking(show, "A1"))

        ticket = Ticket.objects.get(show=show)
        assert ticket.price in {PRICES[SeatCategory.STANDARD], new}
        assert ticket.booking is not None
        assert ticket.booking.total == ticket.price

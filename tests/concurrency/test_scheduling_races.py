"""Concurrent changes of shows, each in a thread with its own database connection.

The control comes first: without the lock on the screen the race is lost, so the tests below can fail.
"""

import threading
from collections.abc import Iterable
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model

from cinema.catalog import locks, scheduling
from cinema.catalog.errors import ScreenOccupied
from cinema.catalog.rules import rules as catalog_rules
from cinema.core.validation import save_checked
from cinema.models import Movie, Screen, Show
from tests import situations
from tests.concurrency.racing import lost_only_in_read_committed, many_writers, race, run_on_another_connection
from tests.concurrency.staff import MINUTE, ROUNDS, at, kinds, moving, schedule_call
from tests.situations import PRICES

pytestmark = pytest.mark.django_db(transaction=True)


def overlaps(screen: Screen) -> list[tuple[Show, Show]]:
    """Consecutive shows on the screen without the time for cleaning between them."""
    shows = Show.objects.not_cancelled().filter(screen=screen).order_by("starts_at")
    return [(a, b) for a, b in pairwise(shows) if b.starts_at < a.ends_at + catalog_rules().cleaning_time]


def read_screens(pks: Iterable[int]) -> dict[int, Screen]:
    return {screen.pk: screen for screen in Screen.objects.filter(pk__in=set(pks))}


@lost_only_in_read_committed
@many_writers
def test_without_the_lock_on_the_screen_two_shows_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = situations.a_screen(["S"])
    both_have_checked = threading.Barrier(2, timeout=30)

    def save_when_both_have_checked(instance: Model, **how: Any) -> None:
        if isinstance(instance, Show):
            both_have_checked.wait()
        save_checked(instance, **how)

    monkeypatch.setattr(locks, "screens", read_screens)
    monkeypatch.setattr(scheduling, "save_checked", save_when_both_have_checked)
    schedule = scheduling.schedule
    movie_ids = [situations.a_movie().pk for _ in range(2)]

    results = race(
        *[
            partial(schedule, movie_id=movie_id, screen_id=screen.pk, starts_at=at(24), prices=PRICES)
            for movie_id in movie_ids
        ]
    )

    assert kinds(results) == [Show, Show]
    assert len(overlaps(screen)) == 1


def test_one_of_two_overlapping_shows_is_scheduled() -> None:
    screen = situations.a_screen(["S"])
    one, other = situations.a_movie(), situations.a_movie()

    for number in range(ROUNDS):
        starts_at = at(24 + 4 * number)
        results = race(schedule_call(screen, starts_at, one), schedule_call(screen, starts_at + 30 * MINUTE, other))

        assert kinds(results) == [ScreenOccupied, Show]
    assert Show.objects.count() == ROUNDS
    assert overlaps(screen) == []


def test_shows_that_do_not_overlap_are_all_scheduled() -> None:
    screen, other_screen = situations.a_screen(["S"]), situations.a_screen(["S"])
    movie = situations.a_movie(duration_minutes=100)

    results = race(
        schedule_call(screen, at(24), movie),
        schedule_call(screen, at(24) + 115 * MINUTE, movie),
        schedule_call(screen, at(24) - 115 * MINUTE, movie),
        schedule_call(other_screen, at(24), movie),
    )

    assert kinds(results) == [Show] * 4


def test_many_calls_fill_a_screen_without_overlaps_or_unfounded_refusals() -> None:
    screen = situations.a_screen(["S"])
    starts = [at(24) + 30 * number * MINUTE for number in range(10)]

    results = race(*[schedule_call(screen, starts_at) for starts_at in starts])

    assert set(kinds(results)) == {Show, ScreenOccupied}
    assert overlaps(screen) == []
    shows = list(Show.objects.filter(screen=screen))
    for starts_at, result in zip(starts, results, strict=True):
        if isinstance(result, ScreenOccupied):
            assert result.show in shows
            assert abs(result.show.starts_at - starts_at) < 115 * MINUTE


def test_moved_show_and_new_show_do_not_overlap() -> None:
    screen = situations.a_screen(["S"])
    show = situations.a_show(screen=screen, starts_at=at(20))

    for number in range(ROUNDS):
        wanted = at(24 + 4 * number)
        results = race(moving(show, starts_at=wanted), schedule_call(screen, wanted + 30 * MINUTE))

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


def test_two_shows_that_swap_screens_do_not_deadlock() -> None:
    one, other = situations.a_screen(["S"]), situations.a_screen(["S"])
    first = situations.a_show(screen=one, starts_at=at(24))
    second = situations.a_show(screen=other, starts_at=at(48))

    for number in range(ROUNDS):
        here, there = (one, other) if number % 2 else (other, one)
        results = race(moving(first, screen_id=here.pk), moving(second, screen_id=there.pk))

        assert kinds(results) == [Show, Show]


def test_two_changes_of_one_show_are_both_stored() -> None:
    show = situations.a_show()

    for number in range(ROUNDS):
        results = race(moving(show, starts_at=at(24 + number)), moving(show, language=["en", "pt"][number % 2]))

        show.refresh_from_db()
        assert kinds(results) == [Show, Show]
        assert (show.starts_at, show.language) == (at(24 + number), ["en", "pt"][number % 2])


def test_change_of_the_movie_is_not_overwritten_by_a_stale_read(monkeypatch: pytest.MonkeyPatch) -> None:
    show = situations.a_show(starts_at=at(24))
    movie = situations.a_movie(duration_minutes=45)
    lock_movie = locks.movie
    if connection.vendor == "sqlite":
        # SQLite has one writer at a time, so the other call runs before.
        moving(show, movie_id=movie.pk)()

    def change_movie_before_locking(pk: int) -> Movie:
        monkeypatch.setattr(locks, "movie", lock_movie)
        if connection.vendor == "postgresql":
            run_on_another_connection(moving(show, movie_id=movie.pk))
        return lock_movie(pk)

    monkeypatch.setattr(locks, "movie", change_movie_before_locking)
    moving(show, starts_at=at(30))()

    show.refresh_from_db()
    assert (show.movie, show.starts_at, show.ends_at) == (movie, at(30), at(30) + 45 * MINUTE)

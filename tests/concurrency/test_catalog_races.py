"""Staff against staff over movies, genres and theaters, each in a thread with a database connection of their own.

The control comes first: with the lock on the movie patched away, and somebody else let in at the one moment that
matters, the race is lost. So the tests below it can fail.
"""

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models.deletion import Collector

from cinema.catalog import locks, movies, theaters
from cinema.catalog.errors import MovieHasShows
from cinema.core.errors import InvalidInput, NotFound
from cinema.models import Genre, Movie, Show, Theater
from tests import situations
from tests.concurrency.racing import lost_only_in_read_committed, many_writers, meanwhile, race
from tests.concurrency.staff import ROUNDS, at, kinds, schedule_call

pytestmark = pytest.mark.django_db(transaction=True)


def read_movie(pk: int) -> Movie:
    return Movie.objects.get(pk=pk)


@lost_only_in_read_committed
@many_writers
def test_without_the_lock_on_the_movie_deleting_it_fails_in_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    movie, screen = situations.a_movie(), situations.a_screen(["S"])
    collect = Collector.collect

    def collect_too_early(self: Collector, *args: Any, **kwargs: Any) -> None:
        """There is no show of the movie yet; when it is deleted there is one."""
        collect(self, *args, **kwargs)
        monkeypatch.setattr(Collector, "collect", collect)
        meanwhile(schedule_call(screen, at(24), movie))

    monkeypatch.setattr(locks, "movie", read_movie)
    monkeypatch.setattr(Collector, "collect", collect_too_early)

    with pytest.raises(IntegrityError):
        movies.remove(movie_id=movie.pk)


def test_a_movie_is_deleted_or_shown() -> None:
    screen = situations.a_screen(["S"])

    for number in range(ROUNDS):
        movie = situations.a_movie()
        removed, scheduled = race(
            partial(movies.remove, movie_id=movie.pk), schedule_call(screen, at(24 + 4 * number), movie)
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
        add = partial(theaters.add_theater, name=f"Olympia {number}", city="Lisbon", time_zone="Europe/Lisbon")
        results = race(*[add] * 4)

        assert kinds(results) == [InvalidInput] * 3 + [Theater]
        for result in results:
            if isinstance(result, InvalidInput):
                assert [(problem.field, problem.code) for problem in result.fields] == [("name", "unique")]

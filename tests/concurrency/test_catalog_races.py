"""Concurrent changes of movies, genres and theaters, each in a thread with its own database connection.

The control comes first: without the lock on the movie, a call at the critical moment makes the deletion fail. So the
tests below can fail.
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
from tests.concurrency.racing import lost_only_in_read_committed, many_writers, race, run_on_another_connection
from tests.concurrency.staff import ROUNDS, at, kinds, schedule_call

pytestmark = pytest.mark.django_db(transaction=True)


def read_movie(pk: int) -> Movie:
    return Movie.objects.get(pk=pk)


@lost_only_in_read_committed
@many_writers
def test_without_the_lock_on_the_movie_deleting_it_fails_in_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    movie, screen = situations.a_movie(), situations.a_screen(["S"])
    collect = Collector.collect

    def schedule_after_collecting(self: Collector, *args: Any, **kwargs: Any) -> None:
        """The movie gets a show between the search for its shows and its deletion."""
        collect(self, *args, **kwargs)
        monkeypatch.setattr(Collector, "collect", collect)
        run_on_another_connection(schedule_call(screen, at(24), movie))

    monkeypatch.setattr(locks, "movie", read_movie)
    monkeypatch.setattr(Collector, "collect", schedule_after_collecting)

    with pytest.raises(IntegrityError):
        movies.remove(movie_id=movie.pk)


def test_movie_is_either_deleted_or_scheduled() -> None:
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


def test_movie_is_deleted_once() -> None:
    for _ in range(ROUNDS):
        movie = situations.a_movie(genres=["Drama"])

        assert kinds(race(*[partial(movies.remove, movie_id=movie.pk)] * 3)) == [Movie, NotFound, NotFound]


def test_new_genre_of_many_movies_is_created_once() -> None:
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


def test_one_of_many_theaters_with_one_name_is_added() -> None:
    for number in range(ROUNDS):
        add = partial(theaters.add_theater, name=f"Olympia {number}", city="Lisbon", time_zone="Europe/Lisbon")
        results = race(*[add] * 4)

        assert kinds(results) == [InvalidInput] * 3 + [Theater]
        for result in results:
            if isinstance(result, InvalidInput):
                assert [(problem.field, problem.code) for problem in result.fields] == [("name", "unique")]

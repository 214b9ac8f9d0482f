"""Concurrent changes of genres, each in a thread with its own database connection.

The controls come first: without the check that is being tested, the race is lost.
"""

from collections.abc import Collection
from functools import partial

import pytest
from django.db import IntegrityError

from cinema.catalog import genres, locks, movies
from cinema.core.errors import InvalidInput
from cinema.models import Genre, Movie
from tests.concurrency.racing import (
    before,
    interleave,
    lost_only_in_read_committed,
    many_writers,
    race,
    run_on_another_connection,
)
from tests.concurrency.staff import ROUNDS, kinds

pytestmark = pytest.mark.django_db(transaction=True)


def read_genres(keys: Collection[str]) -> dict[str, Genre]:
    return {genre.name_key: genre for genre in Genre.objects.filter(name_key__in=keys)}


@lost_only_in_read_committed
@many_writers
def test_without_the_lock_a_movie_can_refer_to_a_deleted_genre(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    genre = genres.add(name="Drama")
    add = movies.add

    def read_and_interrupt(keys: Collection[str]) -> dict[str, Genre]:
        found = read_genres(keys)
        if found:
            run_on_another_connection(partial(genres.remove, genre_id=genre.pk))
        return found

    monkeypatch.setattr(locks, "genres", read_and_interrupt)

    with pytest.raises(IntegrityError):
        add(title="Heat", duration_minutes=100, genres=["Drama"])


def test_movie_refers_only_to_existing_genres(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    genre = genres.add(name="Drama")
    add = partial(movies.add, title="Heat", duration_minutes=100, genres=["Drama"])

    interleaving = interleave(add, partial(genres.remove, genre_id=genre.pk), before(locks, "genres"), monkeypatch)

    assert isinstance(interleaving.first, Movie)
    assert {link.genre_id for link in Movie.genres.through.objects.all()} <= {each.pk for each in Genre.objects.all()}


def test_adding_movies_and_deleting_their_genre_never_fails() -> None:
    for number in range(ROUNDS):
        genre = genres.add(name=f"Genre {number}")
        add = partial(movies.add, title="Heat", duration_minutes=100, genres=[f"GENRE {number}"])

        added, _, removed = race(add, add, partial(genres.remove, genre_id=genre.pk))

        assert isinstance(added, Movie)
        assert removed is None


def test_one_of_two_genres_with_the_same_name_is_added() -> None:
    for number in range(ROUNDS):
        results = race(
            partial(genres.add, name=f"Ärger {number}"),
            partial(genres.add, name=f"ÄRGER {number}"),
            partial(genres.add, name=f"ärger {number}"),
        )

        assert kinds(results) == [Genre, InvalidInput, InvalidInput]
    assert Genre.objects.count() == ROUNDS


def test_one_of_two_genres_is_renamed_to_the_same_name() -> None:
    for number in range(ROUNDS):
        first, second = genres.add(name=f"First {number}"), genres.add(name=f"Second {number}")
        results = race(
            partial(genres.rename, genre_id=first.pk, name=f"Ärger {number}"),
            partial(genres.rename, genre_id=second.pk, name=f"ÄRGER {number}"),
        )

        assert kinds(results) == [Genre, InvalidInput]
    assert Genre.objects.filter(name_key__startswith="ärger").count() == ROUNDS


def test_movies_with_one_new_genre_in_different_cases_share_it() -> None:
    for number in range(ROUNDS):
        results = race(
            *[
                partial(movies.add, title="Heat", duration_minutes=100, genres=[f"{name} {number}", "Drama"])
                for name in ("Ärger", "ÄRGER", "ärger")
            ]
        )

        assert kinds(results) == [Movie] * 3
        assert Genre.objects.filter(name_key=f"ärger {number}").count() == 1
    assert all(movie.genres.count() == 2 for movie in Movie.objects.all())

from collections.abc import Iterable
from datetime import date
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db.models import ProtectedError, prefetch_related_objects

from cinema.catalog import locks
from cinema.catalog.errors import MovieHasShows
from cinema.catalog.models import Genre, Movie
from cinema.core.errors import InvalidInput
from cinema.core.transactions import use_case
from cinema.core.validation import save_checked

MOST_GENRES = 50


class MovieFields(TypedDict, total=False):
    """What staff say about a movie. Texts may be empty; `genres` are names."""

    title: str
    synopsis: str
    duration_minutes: int
    duration_is_estimate: bool
    genres: list[str]
    certificate: str
    language: str
    release_date: date | None
    poster_url: str


@use_case
def add(**fields: Unpack[MovieFields]) -> Movie:
    """A new movie. Raises `InvalidInput`."""
    return store(Movie(), **fields)


@use_case
def change(*, movie_id: int, **fields: Unpack[MovieFields]) -> Movie:
    """Change what is given, keep the rest. Raises `NotFound`, `InvalidInput`.

    Telling the running time makes it exact, unless `duration_is_estimate` says otherwise.
    """
    if "duration_minutes" in fields:
        fields.setdefault("duration_is_estimate", False)
    return store(locks.movie(movie_id), **fields)


@use_case
def remove(*, movie_id: int) -> Movie:
    """Delete a movie; returns what it was, its genres included. Raises `NotFound`, `MovieHasShows`."""
    movie = locks.movie(movie_id)
    prefetch_related_objects([movie], "genres")
    try:
        movie.delete()
    except ProtectedError as error:
        raise MovieHasShows(show_count=movie.shows.count()) from error
    movie.pk = movie_id
    return movie


def store(movie: Movie, **fields: Unpack[MovieFields]) -> Movie:
    """Save `movie` with `fields`; within somebody else's transaction. Raises `InvalidInput`."""
    genres = fields.pop("genres", None)
    for name, value in fields.items():
        setattr(movie, name, value.strip() if isinstance(value, str) else value)
    save_checked(movie, field="title")
    if genres is not None:
        movie.genres.set(named(genres))
    return movie


def named(genres: Iterable[str]) -> list[Genre]:
    """The genres of these names, made where new; blank names are left out. Raises `InvalidInput`."""
    wanted = list(dict.fromkeys(name for name in (" ".join(name.split()) for name in genres) if name))
    if len(wanted) > MOST_GENRES:
        raise InvalidInput.of("genres", "max_length", f"A movie has at most {MOST_GENRES} genres.")
    for name in wanted:
        _check(Genre(name=name))
    made = Genre.objects.get_or_create_all(wanted)
    return list({made[name.casefold()].pk: made[name.casefold()] for name in wanted}.values())


def _check(genre: Genre) -> None:
    try:
        genre.clean_fields()
    except ValidationError as error:
        raise InvalidInput.from_django(error).at("genres") from error

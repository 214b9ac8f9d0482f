from collections.abc import Iterable
from datetime import date
from typing import TypedDict, Unpack

from django.db.models import ProtectedError, prefetch_related_objects

from cinema.catalog import locks, poster_urls
from cinema.catalog.errors import MovieHasShows
from cinema.catalog.genres import resolve
from cinema.catalog.models import Movie
from cinema.core.text import normalized
from cinema.core.transactions import use_case
from cinema.core.validation import save_checked


class MovieFields(TypedDict, total=False):
    """The fields of a movie. Text fields can be empty. `genres` is a list of genre names, `cast` a list of names."""

    title: str
    synopsis: str
    duration_minutes: int
    duration_is_estimate: bool
    genres: list[str]
    certificate: str
    language: str
    release_date: date | None
    poster_url: str
    trailer_url: str
    cast: list[str]


@use_case
def add(**fields: Unpack[MovieFields]) -> Movie:
    """Create a movie. Raises `InvalidInput`."""
    return store(Movie(), **fields)


@use_case
def change(*, movie_id: int, **fields: Unpack[MovieFields]) -> Movie:
    """Change the given fields and keep the others. Raises `NotFound`, `InvalidInput`.

    Passing `duration_minutes` marks the running time as exact, unless `duration_is_estimate` is passed too.
    """
    if "duration_minutes" in fields:
        fields.setdefault("duration_is_estimate", False)
    return store(locks.movie(movie_id), **fields)


@use_case
def remove(*, movie_id: int) -> Movie:
    """Delete a movie. Returns it with its former key and genres. Raises `NotFound` or `MovieHasShows`."""
    movie = locks.movie(movie_id)
    prefetch_related_objects([movie], "genres")
    try:
        movie.delete()
    except ProtectedError as error:
        raise MovieHasShows(show_count=movie.shows.count()) from error
    movie.pk = movie_id
    return movie


def check_removable(movie: Movie) -> None:
    """Raise `MovieHasShows` if the movie has shows, so that `remove` would refuse."""
    if show_count := movie.shows.count():
        raise MovieHasShows(show_count=show_count)


def store(movie: Movie, **fields: Unpack[MovieFields]) -> Movie:
    """Save `movie` with `fields`. Requires a transaction. Raises `InvalidInput`."""
    genres, cast = fields.pop("genres", None), fields.pop("cast", None)
    for name, value in fields.items():
        setattr(movie, name, value.strip() if isinstance(value, str) else value)
    movie.poster_url = poster_urls.as_stored(movie.poster_url)
    movie.title = normalized(movie.title)
    if cast is not None:
        movie.cast = lines_of(cast)
    save_checked(movie, field="title")
    if genres is not None:
        movie.genres.set(resolve(genres))
    return movie


def lines_of(names: Iterable[str]) -> str:
    """The names as `Movie.cast` stores them. Blank names are ignored."""
    return "\n".join(filter(None, map(normalized, names)))

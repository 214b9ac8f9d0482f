"""Stores films in the catalog: adds new movies and updates existing ones. Either all films are stored or none."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cinema.catalog import genres, locks
from cinema.catalog.imports.cleaning import Film, Key, key
from cinema.catalog.imports.conventions import FIELDS
from cinema.catalog.imports.errors import Refusal, RowsRefused
from cinema.catalog.models import Genre, Movie
from cinema.core.text import caseless
from cinema.core.transactions import own_transaction, retried

T = TypeVar("T")

_BATCH = 500
# Of the transaction. Buyers do not need the movies' rows, but on SQLite all other changes wait for its end.
MAX_SECONDS = 60.0
# The fields of a movie that an import sets. Genres are stored in another table.
_COLUMNS = [*(name for name in FIELDS if name != "genres"), "duration_is_estimate"]


@dataclass(frozen=True)
class Stored:
    added: int
    updated: int
    unchanged: int
    estimated: int
    refused: list[Refusal]


def store(films: Sequence[Film], *, refused: Sequence[Refusal], assume_minutes: int, strict: bool) -> Stored:
    """Add the films that are new, and update the movies that the others match.

    A new film without a running time gets `assume_minutes`, marked as an estimate. A film that matches two movies
    is refused, like those in `refused`. Raises `RowsRefused` if any is refused and `strict` is set, and `Busy`.
    """
    run = retried(own_transaction(_store, max_seconds=MAX_SECONDS))
    return run(films, refused=refused, assume_minutes=assume_minutes, strict=strict)


def _store(films: Sequence[Film], *, refused: Sequence[Refusal], assume_minutes: int, strict: bool) -> Stored:
    known = _known(films)
    ambiguous = [_ambiguous(film, known[film.key]) for film in films if len(known[film.key]) > 1]
    refused = sorted([*refused, *ambiguous], key=lambda refusal: refusal.line)
    if strict and refused:
        raise RowsRefused(refused)
    new = [(_new(film, assume_minutes), film) for film in films if not known[film.key]]
    old = [(known[film.key][0], film) for film in films if len(known[film.key]) == 1]
    genre_of = _genres(films)
    updated = _update(old, genre_of)
    _add(new, genre_of)
    return Stored(
        added=len(new),
        updated=updated,
        unchanged=len(old) - updated,
        estimated=sum(movie.duration_is_estimate for movie, _ in new),
        refused=refused,
    )


def _known(films: Sequence[Film]) -> Mapping[Key, list[Movie]]:
    """Lock the movies in the catalog with these titles, and load their genres."""
    titles = sorted({film.values["title"] for film in films})
    known: dict[Key, list[Movie]] = defaultdict(list)
    for batch in _batches(titles):
        for movie in locks.movies_titled(batch):
            known[key(movie.title, movie.release_date)].append(movie)
    return known


def _genres(films: Sequence[Film]) -> Mapping[str, Genre]:
    """Lock the genres of all films, and create unknown ones. Returns them by `caseless` name."""
    names = sorted({name for film in films for name in film.genres})
    found: dict[str, Genre] = {}
    for batch in _batches(names):
        found |= genres.get_or_create_all(batch)
    return found


def _ambiguous(film: Film, movies: Sequence[Movie]) -> Refusal:
    keys = " and ".join(str(movie.pk) for movie in movies)
    return Refusal(film.line, f"the catalog has {len(movies)} movies that match ({keys}).")


def _new(film: Film, assume_minutes: int) -> Movie:
    movie = Movie(duration_minutes=assume_minutes, duration_is_estimate=True)
    _apply(movie, film)
    movie.search_text = film.search_text
    return movie


def _apply(movie: Movie, film: Film) -> bool:
    """Set the fields in the film, and keep the others. Returns whether a field has changed."""
    values = dict(film.values)
    if "duration_minutes" in values:
        values["duration_is_estimate"] = False
    changes = {name: value for name, value in values.items() if getattr(movie, name) != value}
    for name, value in changes.items():
        setattr(movie, name, value)
    return bool(changes)


def _add(new: Sequence[tuple[Movie, Film]], genre_of: Mapping[str, Genre]) -> None:
    Movie.objects.bulk_create([movie for movie, _ in new], batch_size=_BATCH)
    _link(new, genre_of)


def _update(old: Sequence[tuple[Movie, Film]], genre_of: Mapping[str, Genre]) -> int:
    """Save the changed movies. Returns their number."""
    changed = [movie for movie, film in old if _apply(movie, film)]
    Movie.objects.bulk_update(changed, _COLUMNS, batch_size=_BATCH)
    regrouped = [(movie, film) for movie, film in old if film.genres and _has_other_genres(movie, film)]
    for batch in _batches(regrouped):
        Movie.genres.through.objects.filter(movie__in=[movie for movie, _ in batch]).delete()
    _link(regrouped, genre_of)
    return len({movie.pk for movie in changed} | {movie.pk for movie, _ in regrouped})


def _has_other_genres(movie: Movie, film: Film) -> bool:
    return {genre.name_key for genre in movie.genres.all()} != set(map(caseless, film.genres))


def _link(films: Sequence[tuple[Movie, Film]], genre_of: Mapping[str, Genre]) -> None:
    links = Movie.genres.through
    links.objects.bulk_create(
        [
            links(movie_id=movie.pk, genre_id=genre_of[caseless(name)].pk)
            for movie, film in films
            for name in film.genres
        ],
        batch_size=_BATCH,
    )


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Split the items into parts that are small enough for the parameter limit of each database."""
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]

"""Use cases for genres. Genres are created by staff, and when a movie with a new genre is saved."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from cinema.catalog import locks
from cinema.catalog.models import Genre
from cinema.core.errors import InvalidInput
from cinema.core.text import caseless, normalized
from cinema.core.transactions import TryAgain, use_case
from cinema.core.validation import save_checked

MAX_GENRES = 50


@use_case
def add(*, name: str) -> Genre:
    """Create a genre. Raises `InvalidInput`, including if there is a genre with this name, ignoring case."""
    genre = Genre(name=normalized(name))
    save_checked(genre, field="name")
    return genre


@use_case
def rename(*, genre_id: int, name: str) -> Genre:
    """Rename a genre. Raises `NotFound` or `InvalidInput`."""
    genre = locks.genre(genre_id)
    genre.name = normalized(name)
    save_checked(genre, field="name")
    return genre


@use_case
def remove(*, genre_id: int) -> None:
    """Delete a genre, and remove it from its movies. Raises `NotFound`."""
    locks.genre(genre_id).delete()


def resolve(names: Iterable[str]) -> list[Genre]:
    """The genres with these names, in order. Unknown genres are created, and blank names are ignored.

    Requires a transaction. Raises `InvalidInput`.
    """
    wanted: dict[str, str] = {}
    for name in filter(None, map(normalized, names)):
        wanted.setdefault(caseless(name), name)
    if len(wanted) > MAX_GENRES:
        raise InvalidInput.of("genres", "max_length", f"A movie can have at most {MAX_GENRES} genres.")
    for name in wanted.values():
        _check(Genre(name=name))
    found = get_or_create_all(wanted.values())
    return [found[key] for key in wanted]


def get_or_create_all(names: Iterable[str]) -> dict[str, Genre]:
    """Lock the genres with these names, and create unknown ones. Returns them by `caseless` name.

    Requires a transaction.
    """
    wanted = {caseless(name): name for name in names}
    found = locks.genres(wanted)
    # Always in the same order, so that two transactions that create the same genres do not deadlock.
    new = [Genre(name=wanted[key]) for key in sorted(wanted.keys() - found.keys())]
    if not new:
        return found
    # Another transaction may create the same genre at the same time. Then that genre is used.
    Genre.objects.bulk_create(new, ignore_conflicts=True)
    found = locks.genres(wanted)
    if found.keys() != wanted.keys():
        raise TryAgain("another transaction created or deleted one of these genres")
    return found


def _check(genre: Genre) -> None:
    try:
        genre.clean_fields()
    except ValidationError as error:
        raise InvalidInput.from_django(error).at("genres") from error

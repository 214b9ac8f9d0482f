"""The locks of those who make the program. All of them are held until the transaction ends.

Order: movies, screens by key, shows by key. Buyers never take the first two, and share a show among
themselves (`cinema.booking.locks`); only these locks keep a buyer out, while a show is being changed.
"""

from collections.abc import Collection, Iterable

from cinema.catalog.models import Movie, Screen, Show
from cinema.core.errors import NotFound


def movie(pk: int) -> Movie:
    """The movie; it cannot be deleted, nor scheduled by somebody else, meanwhile."""
    found = Movie.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound("movie")
    return found


def movies_titled(search_texts: Collection[str]) -> list[Movie]:
    """The movies of these titles with their genres; nobody else can change them meanwhile."""
    movies = Movie.objects.select_for_update(no_key=True).filter(search_text__in=search_texts)
    return list(movies.order_by("pk").prefetch_related("genres"))


def screens(pks: Iterable[int]) -> dict[int, Screen]:
    """The screens by key; nobody else can schedule on them, nor change their plans, meanwhile."""
    wanted = set(pks)
    found = {s.pk: s for s in Screen.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    if found.keys() != wanted:
        raise NotFound("screen")
    return found


def show(pk: int) -> Show:
    """The show, kept from buyers and from other staff."""
    found = Show.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound("show")
    return found


def shows_not_ended(screen: Screen) -> list[Show]:
    """All shows of a screen that are not over, kept from buyers."""
    return list(Show.objects.select_for_update().not_cancelled().not_ended().filter(screen=screen).order_by("pk"))

"""The locks of staff operations. Each is held until the transaction ends.

Order: movies by key, genres by key, theaters, screens by key, shows by key. A price list is locked alone.
Buyers lock only shows, and share a show with each other (`cinema.booking.locks`). A lock here keeps buyers out while
a show is being changed.
"""

from collections.abc import Collection, Iterable

from cinema.catalog.models import Genre, Movie, PriceList, Screen, Show, Theater
from cinema.core.errors import NotFound


def movie(pk: int) -> Movie:
    """Lock the movie. No other transaction can change, delete or schedule it. Raises `NotFound`."""
    found = Movie.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound("movie")
    return found


def movies(pks: Iterable[int]) -> dict[int, Movie]:
    """Lock the movies, as `movie` does. Returns them by key. Raises `NotFound`."""
    wanted = set(pks)
    found = {m.pk: m for m in Movie.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    if found.keys() != wanted:
        raise NotFound("movie")
    return found


def movies_titled(titles: Collection[str]) -> list[Movie]:
    """Lock the movies with these titles, and load their genres. No other transaction can change the movies."""
    movies = Movie.objects.select_for_update(no_key=True).filter(title__in=titles)
    return list(movies.order_by("pk").prefetch_related("genres"))


def genre(pk: int) -> Genre:
    """Lock the genre. No other transaction can change it, delete it or add it to a movie. Raises `NotFound`."""
    found = Genre.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound("genre")
    return found


def genres(keys: Collection[str]) -> dict[str, Genre]:
    """Lock the genres with these keys. Returns them by `name_key`. No other transaction can change or delete them."""
    found = Genre.objects.select_for_update(no_key=True).filter(name_key__in=keys).order_by("pk")
    return {genre.name_key: genre for genre in found}


def theater(pk: int) -> Theater:
    """Lock the theater. No other transaction can change it, delete it or add a screen. Raises `NotFound`."""
    found = Theater.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound("theater")
    return found


def price_list(pk: int) -> PriceList:
    """Lock the price list. No other transaction can change or delete it. Raises `NotFound`."""
    found = PriceList.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound("price list")
    return found


def screens(pks: Iterable[int]) -> dict[int, Screen]:
    """Lock the screens. Returns them by key. No other transaction can change them or add shows. Raises `NotFound`."""
    wanted = set(pks)
    found = {s.pk: s for s in Screen.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    if found.keys() != wanted:
        raise NotFound("screen")
    return found


def show(pk: int) -> Show:
    """Lock the show. Other transactions of buyers and staff cannot change it or its tickets. Raises `NotFound`."""
    found = Show.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound("show")
    return found


def shows_not_ended(screen: Screen) -> list[Show]:
    """Lock the upcoming and running shows of a screen. Buyers cannot change their tickets."""
    return list(Show.objects.select_for_update().not_cancelled().not_ended().filter(screen=screen).order_by("pk"))

"""Finds the movies and screens that a schedule names, and the moments of its local times."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cinema.catalog import locks
from cinema.catalog.imports.show_rows import ShowRow
from cinema.catalog.models import Movie, Screen, Theater
from cinema.catalog.time_zones import zone_of
from cinema.core.text import caseless, folded


class UnknownName(Exception):
    """A name that is not in the catalog, or a time that does not exist. The message is for users."""


@dataclass(frozen=True)
class Names:
    """The movies with the titles of a schedule, and all screens by name."""

    movies: Mapping[str, list[Movie]]
    screens: Mapping[str, list[Screen]]

    @classmethod
    def of(cls, rows: Iterable[ShowRow]) -> "Names":
        """Lock what the rows name, in the order of `locks`, so that staff cannot change it meanwhile."""
        movies: dict[str, list[Movie]] = defaultdict(list)
        for movie in locks.movies_titled(sorted({row.movie for row in rows})):
            movies[movie.title].append(movie)
        screens: dict[str, list[Screen]] = defaultdict(list)
        for screen in Screen.objects.select_related("theater").order_by("pk"):
            screens[caseless(screen.name)].append(screen)
        named = [screen.pk for row in rows for screen in screens[caseless(row.screen)]]
        locks.screens(named)
        return cls(movies, screens)

    def movie(self, row: ShowRow) -> Movie:
        """The movie with this title, and from this year if the row has one. Raises `UnknownName`."""
        titled = self.movies.get(row.movie, [])
        found = [each for each in titled if row.year is None or _year(each) == row.year]
        if len(found) == 1:
            return found[0]
        years = ", ".join(str(_year(each) or "unknown") for each in titled)
        if found:
            are_of_one_year = len({_year(each) for each in found}) == 1
            advice = "Change the title or the release date of one." if are_of_one_year else f"Add the year ({years})."
            raise UnknownName(f"movie: {len(found)} movies are named {row.movie!r}. {advice}")
        if titled:
            raise UnknownName(f"movie: no movie named {row.movie!r} is from {row.year}, but from {years}.")
        similar = Movie.objects.filter(search_text__startswith=folded(row.movie)).order_by("sort_key", "pk").first()
        hint = f" There is {similar.title!r}." if similar else ""
        raise UnknownName(f"movie: no movie is named {row.movie!r}.{hint}")

    def screen(self, row: ShowRow) -> Screen:
        """The screen with this name, in this theater if the row has one, ignoring case. Raises `UnknownName`."""
        named = self.screens.get(caseless(row.screen), [])
        found = [each for each in named if not row.theater or caseless(row.theater) in _names_of(each.theater)]
        if len(found) == 1:
            return found[0]
        if found:
            theaters = " and ".join(str(each.theater) for each in found)
            raise UnknownName(f"screen: {theaters} have a screen named {row.screen!r}. Add the theater.")
        if row.theater:
            raise UnknownName(f"screen: no theater named {row.theater!r} has a screen named {row.screen!r}.")
        raise UnknownName(f"screen: no screen is named {row.screen!r}.")


def moment(local: datetime, screen: Screen) -> datetime:
    """The moment of a local time at the screen. Raises `UnknownName` if it does not exist, or occurs twice."""
    try:
        return _moment(local, zone_of(screen.theater.time_zone))
    except OverflowError as error:
        raise UnknownName(f"start: {local:%Y-%m-%d %H:%M} is out of range.") from error


def _moment(local: datetime, zone: ZoneInfo) -> datetime:
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise UnknownName(f"start: {local:%Y-%m-%d %H:%M} does not exist, because the clocks go forward.")
    if first.utcoffset() != second.utcoffset():
        offsets = " or ".join(f"{each:%z}" for each in (first, second))
        raise UnknownName(f"start: {local:%Y-%m-%d %H:%M} occurs twice. Add {offsets} to the time.")
    return first.astimezone(UTC)


def _names_of(theater: Theater) -> set[str]:
    """The names that a file can use: theaters in two cities can have the same name."""
    return {caseless(theater.name), caseless(str(theater))}


def _year(movie: Movie) -> int | None:
    return movie.release_date.year if movie.release_date else None

"""Lists of movies, genres, shows and theaters. For filters by available seats, see `cinema.booking.listings`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TimeField, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.functional import cached_property

from cinema.catalog import search
from cinema.catalog.models import Genre, Movie, Show, ShowQuerySet, Theater
from cinema.catalog.search import Where
from cinema.catalog.time_zones import day_in
from cinema.core import sql
from cinema.core.errors import InvalidInput
from cinema.core.text import caseless, folded, searchable

# The maximum lengths of titles and language tags. A longer string cannot match, and SQLite fails to compare it.
MAX_SEARCH_LENGTH = 200
MAX_LANGUAGE_LENGTH = 35
MAX_LANGUAGES = 20


_CINEMA_DAYS = "SELECT DISTINCT time_zone, day_ends_at FROM cinema_theater"
_TIME = TimeField()


class CinemaDay(NamedTuple):
    """A cinema day in the theaters with this time zone whose days end at this time. `end` is exclusive."""

    time_zone: str
    day_ends_at: time
    begin: datetime
    end: datetime


@dataclass(frozen=True)
class ShowCriteria:
    """Filters for shows. `on` is a cinema day of each theater (`time_zones`); `until` is exclusive.

    A show matches `languages` if its audio is in one of them or in a regional variant of one: `pt` matches pt-BR.
    A show without a language is in the original language of its movie. `subtitles` match in the same way. Case is
    ignored. Raises `InvalidInput` if there are too many languages, or one is too long.
    """

    movie_id: int | None = None
    theater_id: int | None = None
    on: date | None = None
    from_: datetime | None = None
    until: datetime | None = None
    format: str | None = None
    formats: Collection[str] | None = None
    languages: Collection[str] | None = None
    subtitles: Collection[str] | None = None

    def __post_init__(self) -> None:
        for field, languages in (("languages", self.languages), ("subtitles", self.subtitles)):
            if len(languages or ()) > MAX_LANGUAGES:
                raise InvalidInput.of(field, "max_length", f"Name at most {MAX_LANGUAGES} languages.")
            for language in languages or ():
                _check_length("language", language, MAX_LANGUAGE_LENGTH)

    @cached_property
    def days(self) -> list[CinemaDay]:
        """The day `on` in each kind of theater. Reads the theaters' time zones once."""
        assert self.on is not None
        zones = sql.fetch(_CINEMA_DAYS, {}, [None, _TIME])
        return [CinemaDay(zone, ends_at, *day_in(zone, self.on, ends_at=ends_at)) for zone, ends_at in zones]


@dataclass(frozen=True)
class TheaterCriteria:
    """Filters for theaters. Both ignore case and accents. `search` are words in the name or the city, in any order.

    Raises `InvalidInput` if one is too long.
    """

    search: str | None = None
    city: str | None = None

    def __post_init__(self) -> None:
        _check_length("search", self.search, MAX_SEARCH_LENGTH)
        _check_length("city", self.city, MAX_SEARCH_LENGTH)


@dataclass(frozen=True)
class MovieCriteria:
    """Filters for movies. `genre` and `language` ignore case. `language` also matches its regional variants.

    `where` is where titles must match `search`. It has no effect without a search. Raises `InvalidInput` if `search` or
    `language` is too long.
    """

    search: str | None = None
    where: Where = Where.ANYWHERE
    genre: str | None = None
    language: str | None = None

    def __post_init__(self) -> None:
        _check_length("search", self.search, MAX_SEARCH_LENGTH)
        _check_length("language", self.language, MAX_LANGUAGE_LENGTH)


def movies(criteria: MovieCriteria) -> QuerySet[Movie]:
    """Movies, ordered by title, or as in `cinema.catalog.search` if there is a search."""
    found = Movie.objects.order_by("sort_key", "pk")
    words = search.words(criteria.search)
    if words:
        found = search.find(found, words, criteria.where)
    if criteria.genre:
        found = found.filter(genres__name_key=caseless(criteria.genre))
    if criteria.language:
        found = found.filter(_in_language("language", criteria.language))
    return found


def shows(criteria: ShowCriteria) -> ShowQuerySet:
    """Shows, ordered by start, including past and cancelled ones."""
    found = Show.objects.with_details().order_by("starts_at", "pk")
    if criteria.movie_id is not None:
        found = found.filter(movie=criteria.movie_id)
    if criteria.theater_id is not None:
        found = found.filter(screen__theater=criteria.theater_id)
    if criteria.on is not None:
        found = found.filter(_on(criteria.days))
    if criteria.from_ is not None:
        found = found.filter(starts_at__gte=criteria.from_)
    if criteria.until is not None:
        found = found.filter(starts_at__lt=criteria.until)
    if criteria.format is not None:
        found = found.filter(format=criteria.format)
    if criteria.formats is not None:
        found = found.filter(format__in=criteria.formats)
    if criteria.languages is not None:
        audio = Coalesce(NullIf("language", Value("")), F("movie__language"))
        found = found.alias(audio=audio).filter(_in_languages("audio", criteria.languages))
    if criteria.subtitles is not None:
        found = found.filter(_in_languages("subtitles", criteria.subtitles))
    return found


def theaters(criteria: TheaterCriteria | None = None) -> QuerySet[Theater]:
    """Theaters, ordered by the plain letters of their names."""
    found = Theater.objects.order_by("sort_key", "pk")
    if criteria is None or criteria == TheaterCriteria():
        return found
    words, city = search.words(criteria.search), folded(criteria.city or "")
    # There are few theaters, and databases do not ignore accents.
    matching = [
        pk
        for pk, its_name, its_city in Theater.objects.values_list("pk", "name", "city")
        if all(word in searchable(f"{its_name} {its_city}") for word in words)
        and (not city or city == folded(its_city))
    ]
    return found.filter(pk__in=matching)


def genres() -> QuerySet[Genre]:
    """The genres of at least one movie, ordered by `name_key`."""
    movies_of_genre = Movie.genres.through.objects.filter(genre=OuterRef("pk"))
    return Genre.objects.filter(Exists(movies_of_genre)).order_by("name_key")


def names_of(genres: QuerySet[Genre]) -> list[str]:
    """The names of genres, ordered like their plain letters."""
    return sorted((genre.name for genre in genres), key=folded)


def _in_languages(column: str, languages: Collection[str]) -> Q:
    """The language tag in `column` is one of `languages`, or a regional variant of one."""
    matching = Q(pk__in=[])
    for tag in filter(None, map(str.strip, languages)):
        matching |= _in_language(column, tag)
    return matching


def _in_language(column: str, tag: str) -> Q:
    """The language tag in `column` is `tag` or a regional variant of it."""
    language = tag.strip()
    return Q(**{f"{column}__iexact": language}) | Q(**{f"{column}__istartswith": f"{language}-"})


def _on(days: Iterable[CinemaDay]) -> Q:
    """Shows that start on the cinema day of their theater."""
    on_that_day = Q(pk__in=[])
    for day in days:
        its_theaters = Q(screen__theater__time_zone=day.time_zone, screen__theater__day_ends_at=day.day_ends_at)
        on_that_day |= its_theaters & Q(starts_at__gte=day.begin, starts_at__lt=day.end)
    return on_that_day


def _check_length(field: str, text: str | None, max_length: int) -> None:
    if len(text or "") > max_length:
        raise InvalidInput.of(field, "max_length", f"A {field} can have at most {max_length} characters.")

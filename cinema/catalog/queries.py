"""Lists of movies, genres, shows and theaters. For filters by available seats, see `cinema.booking.listings`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf

from cinema.catalog.models import Genre, Movie, Show, ShowQuerySet, Theater
from cinema.catalog.time_zones import day_in
from cinema.core.errors import InvalidInput
from cinema.core.text import caseless, folded, searchable

# The maximum lengths of titles and language tags. A longer string cannot match, and SQLite fails to compare it.
MAX_SEARCH_LENGTH = 200
MAX_LANGUAGE_LENGTH = 35
MAX_LANGUAGES = 20


@dataclass(frozen=True)
class ShowCriteria:
    """Filters for shows. `on` is a cinema day of each theater (`time_zones`); `until` is exclusive.

    A show matches `languages` if its audio is in one of them or in a regional variant of one: `pt` matches pt-BR.
    A show without a language is in the original language of its movie. `subtitles` match in the same way. Case is
    ignored.
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


@dataclass(frozen=True)
class TheaterCriteria:
    """Filters for theaters. Both ignore case and accents. `search` are words in the name or the city, in any order."""

    search: str | None = None
    city: str | None = None


@dataclass(frozen=True)
class MovieCriteria:
    """Filters for movies. `genre` and `language` ignore case. `language` also matches its regional variants."""

    search: str | None = None
    genre: str | None = None
    language: str | None = None


def movies(criteria: MovieCriteria) -> QuerySet[Movie]:
    """Movies, ordered by title. The title must contain each word of `search`, as in `cinema.core.text.folded`.

    With `search`, titles that start with it come first, then those in which each word is the start of a word.
    Raises `InvalidInput` if `search` or `language` is too long.
    """
    _check_length("search", criteria.search, MAX_SEARCH_LENGTH)
    _check_length("language", criteria.language, MAX_LANGUAGE_LENGTH)
    found = Movie.objects.order_by("sort_key", "pk")
    words = folded(criteria.search or "").split()
    for word in words:
        found = found.filter(search_text__contains=word)
    if words:
        found = found.order_by(_position(words), "sort_key", "pk")
    if criteria.genre:
        found = found.filter(genres__name_key=caseless(criteria.genre))
    if criteria.language:
        found = found.filter(_in_language("language", criteria.language))
    return found


def _position(words: Collection[str]) -> Case:
    """Where the title contains the words: 0 at its start, 1 at the start of words, 2 elsewhere."""
    starts_of_words = Q()
    for word in words:
        starts_of_words &= Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")
    return Case(When(search_text__startswith=" ".join(words), then=0), When(starts_of_words, then=1), default=2)


def _check_length(field: str, text: str | None, max_length: int) -> None:
    if len(text or "") > max_length:
        raise InvalidInput.of(field, "max_length", f"A {field} can have at most {max_length} characters.")


def shows(criteria: ShowCriteria) -> ShowQuerySet:
    """Shows, ordered by start, including past and cancelled ones. Raises `InvalidInput` for invalid languages."""
    found = Show.objects.with_details().order_by("starts_at", "pk")
    if criteria.movie_id is not None:
        found = found.filter(movie=criteria.movie_id)
    if criteria.theater_id is not None:
        found = found.filter(screen__theater=criteria.theater_id)
    if criteria.on is not None:
        found = found.filter(_on(criteria.on))
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
        found = found.alias(audio=audio).filter(_in_languages("audio", "languages", criteria.languages))
    if criteria.subtitles is not None:
        found = found.filter(_in_languages("subtitles", "subtitles", criteria.subtitles))
    return found


def theaters(criteria: TheaterCriteria | None = None) -> QuerySet[Theater]:
    """Theaters, ordered by name. Raises `InvalidInput` if `search` or `city` is too long."""
    found = Theater.objects.order_by(Lower("name"), "pk")
    if criteria is None or criteria == TheaterCriteria():
        return found
    _check_length("search", criteria.search, MAX_SEARCH_LENGTH)
    _check_length("city", criteria.city, MAX_SEARCH_LENGTH)
    words, city = folded(criteria.search or "").split(), folded(criteria.city or "")
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


def _in_languages(column: str, field: str, languages: Collection[str]) -> Q:
    """The language tag in `column` is one of `languages`, or a regional variant of one. Errors are for `field`."""
    if len(languages) > MAX_LANGUAGES:
        raise InvalidInput.of(field, "max_length", f"Name at most {MAX_LANGUAGES} languages.")
    matching = Q(pk__in=[])
    for language in languages:
        _check_length("language", language, MAX_LANGUAGE_LENGTH)
    for tag in filter(None, map(str.strip, languages)):
        matching |= _in_language(column, tag)
    return matching


def _in_language(column: str, tag: str) -> Q:
    """The language tag in `column` is `tag` or a regional variant of it."""
    language = tag.strip()
    return Q(**{f"{column}__iexact": language}) | Q(**{f"{column}__istartswith": f"{language}-"})


def _on(day: date) -> Q:
    """Shows that start on the cinema day `day` of their theater."""
    on_that_day = Q(pk__in=[])
    for zone, day_ends_at in Theater.objects.values_list("time_zone", "day_ends_at").distinct():
        begin, end = day_in(zone, day, ends_at=day_ends_at)
        with_these_days = Q(screen__theater__time_zone=zone, screen__theater__day_ends_at=day_ends_at)
        on_that_day |= with_these_days & Q(starts_at__gte=begin, starts_at__lt=end)
    return on_that_day

"""Filters and orders of movies and shows."""

from datetime import date, datetime
from enum import Enum

import strawberry
from django.db.models import F, OrderBy, QuerySet
from django.db.models.functions import Lower

from cinema import models
from cinema.booking import listings
from cinema.catalog.queries import MovieCriteria, ShowCriteria
from schema.catalog.enums import ShowFormat
from schema.engine.ids import optional_key_of


@strawberry.input(description="Which shows to return. A show must match every given field.")
class ShowFilter:
    movie_id: strawberry.ID | None = strawberry.field(default=None, description="Shows of this movie.")
    theater_id: strawberry.ID | None = strawberry.field(default=None, description="Shows in this theater.")
    on: date | None = strawberry.field(
        default=None, name="date", description="Shows on this day, in the time zone of each show's theater."
    )
    from_: datetime | None = strawberry.field(
        default=None, name="from", description="Shows that start at this time or later."
    )
    until: datetime | None = strawberry.field(default=None, description="Shows that start before this time.")
    format: ShowFormat | None = strawberry.field(default=None, description="Shows in this format.")
    bookable: bool | None = strawberry.field(
        default=None, description="True returns only shows with the status ON_SALE. False returns only the others."
    )


@strawberry.enum(description="The order of shows.")
class ShowOrder(Enum):
    STARTS_AT_ASC = strawberry.enum_value("starts_at", description="By start, the earliest first.")
    STARTS_AT_DESC = strawberry.enum_value("-starts_at", description="By start, the latest first.")


@strawberry.input(
    description="Which movies to return. A movie must match every given field; fields about shows must match the "
    "same show."
)
class MovieFilter:
    search: str | None = strawberry.field(
        default=None, description="Words of the title, in any order, ignoring case and accents."
    )
    genre: str | None = strawberry.field(default=None, description="Movies of this genre, such as `Drama`.")
    language: str | None = strawberry.field(
        default=None, description="Movies whose original language is this one, such as `en`."
    )
    on_sale: bool | None = strawberry.field(
        default=None, description="True returns movies with a show that can be booked now. False returns the others."
    )
    showing_on: date | None = strawberry.field(
        default=None, description="Movies with a show on this day, in the time zone of the theater."
    )
    theater_id: strawberry.ID | None = strawberry.field(
        default=None, description="Movies with a show in this theater, from now on unless `showingOn` is given."
    )


@strawberry.enum(description="The order of movies.")
class MovieOrder(Enum):
    TITLE_ASC = strawberry.enum_value("title", description="By title, from A to Z.")
    TITLE_DESC = strawberry.enum_value("-title", description="By title, from Z to A.")
    RELEASE_DATE_ASC = strawberry.enum_value(
        "release_date", description="By release date, the oldest first. Movies without a date come last."
    )
    RELEASE_DATE_DESC = strawberry.enum_value(
        "-release_date", description="By release date, the newest first. Movies without a date come last."
    )


MOVIE_ORDERS: dict[MovieOrder, OrderBy] = {
    MovieOrder.TITLE_ASC: Lower("title").asc(),
    MovieOrder.TITLE_DESC: Lower("title").desc(),
    MovieOrder.RELEASE_DATE_ASC: F("release_date").asc(nulls_last=True),
    MovieOrder.RELEASE_DATE_DESC: F("release_date").desc(nulls_last=True),
}


def filtered_movies(filter: MovieFilter | None) -> QuerySet[models.Movie]:
    asked = filter or MovieFilter()
    return listings.movies(
        MovieCriteria(search=asked.search, genre=asked.genre, language=asked.language),
        listings.Showing(
            on_sale=asked.on_sale,
            on=asked.showing_on,
            theater_id=optional_key_of("Theater", asked.theater_id),
        ),
    )


def filtered_shows(filter: ShowFilter | None) -> QuerySet[models.Show]:
    asked = filter or ShowFilter()
    criteria = ShowCriteria(
        movie_id=optional_key_of("Movie", asked.movie_id),
        theater_id=optional_key_of("Theater", asked.theater_id),
        on=asked.on,
        from_=asked.from_,
        until=asked.until,
        format=asked.format,
    )
    return listings.shows(criteria, bookable_only=asked.bookable)

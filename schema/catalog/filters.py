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


@strawberry.input(description="Which shows; all of what is given has to be true.")
class ShowFilter:
    movie_id: strawberry.ID | None = strawberry.field(default=None, description="Of this movie.")
    theater_id: strawberry.ID | None = strawberry.field(default=None, description="In this theater.")
    on: date | None = strawberry.field(
        default=None, name="date", description="On this day, in the time zone of each show's theater."
    )
    from_: datetime | None = strawberry.field(default=None, name="from", description="Starting then or later.")
    until: datetime | None = strawberry.field(default=None, description="Starting before then.")
    format: ShowFormat | None = strawberry.field(default=None, description="With this picture.")
    bookable: bool | None = strawberry.field(
        default=None, description="True: only with the status ON_SALE. False: only the others."
    )


@strawberry.enum(description="In which order shows come.")
class ShowOrder(Enum):
    STARTS_AT_ASC = strawberry.enum_value("starts_at", description="The next first.")
    STARTS_AT_DESC = strawberry.enum_value("-starts_at", description="The last first.")


@strawberry.input(
    description="Which movies; all of what is given has to be true, of the same show where it is about shows."
)
class MovieFilter:
    search: str | None = strawberry.field(
        default=None, description="Words of the title, in any order; case and accents do not matter."
    )
    genre: str | None = strawberry.field(default=None, description="Of this genre, such as Drama.")
    language: str | None = strawberry.field(
        default=None, description="With original sound in this language, such as en."
    )
    on_sale: bool | None = strawberry.field(
        default=None, description="True: with a show that can be booked now. False: without one."
    )
    showing_on: date | None = strawberry.field(
        default=None, description="Shown on this day, in the time zone of the theater."
    )
    theater_id: strawberry.ID | None = strawberry.field(
        default=None, description="Shown in this theater, from now on unless `showingOn` names a day."
    )


@strawberry.enum(description="In which order movies come.")
class MovieOrder(Enum):
    TITLE_ASC = strawberry.enum_value("title", description="By title, A first.")
    TITLE_DESC = strawberry.enum_value("-title", description="By title, Z first.")
    RELEASE_DATE_ASC = strawberry.enum_value("release_date", description="The oldest first; those without a date last.")
    RELEASE_DATE_DESC = strawberry.enum_value(
        "-release_date", description="The newest first; those without a date last."
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

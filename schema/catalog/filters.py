"""Filters and orders of movies, theaters and shows."""

from datetime import date, datetime
from enum import Enum

import strawberry
from django.db.models import F, OrderBy, QuerySet

from cinema import models
from cinema.booking import listings
from cinema.booking.listings import Showing
from cinema.catalog import prices
from cinema.catalog.queries import MovieCriteria, ShowCriteria, TheaterCriteria
from schema.catalog.enums import ShowFormat
from schema.engine.costs import cost
from schema.engine.ids import optional_key_of


@strawberry.input(description="A filter for shows. A show must match all fields.")
class ShowFilter:
    movie_id: strawberry.ID | None = strawberry.field(default=None, description="The ID of the movie.")
    theater_id: strawberry.ID | None = strawberry.field(default=None, description="The ID of the theater.")
    on: date | None = strawberry.field(
        default=None, name="date", description="The date of the show, in the time zone of its theater."
    )
    from_: datetime | None = strawberry.field(default=None, name="from", description="The earliest start, inclusive.")
    until: datetime | None = strawberry.field(default=None, description="The latest start, exclusive.")
    format: ShowFormat | None = strawberry.field(default=None, description="The projection format.")
    formats: list[ShowFormat] | None = strawberry.field(
        default=None, description="The projection format is one of these. No show matches an empty list."
    )
    languages: list[str] | None = strawberry.field(
        default=None,
        description="The language of the audio is one of these, as BCP 47 tags, ignoring case. A language includes its "
        "regions: `pt` matches `pt-BR`, but `pt-BR` does not match `pt`. No show matches an empty list.",
    )
    subtitles: list[str] | None = strawberry.field(
        default=None,
        description="The language of the subtitles is one of these, as in `languages`. Shows without subtitles do not "
        "match.",
    )
    bookable: bool | None = strawberry.field(default=None, description="Whether the show has the status `ON_SALE`.")


@strawberry.enum(description="The order of shows.")
class ShowOrder(Enum):
    STARTS_AT_ASC = strawberry.enum_value("starts_at", description="Ordered by start, the earliest first.")
    STARTS_AT_DESC = strawberry.enum_value("-starts_at", description="Ordered by start, the latest first.")
    PRICE_ASC = strawberry.enum_value(
        "price",
        description="Ordered by `priceFrom`, the lowest first, then by start. The prices of all shows that match are "
        "compared, so filter by date or theater.",
    )
    PRICE_DESC = strawberry.enum_value(
        "-price", description="Ordered by `priceFrom`, the highest first, then by start."
    )


@strawberry.input(description="A filter for theaters. A theater must match all fields.")
class TheaterFilter:
    search: str | None = strawberry.field(
        default=None, description="Words in the name or the city, in any order, ignoring case and accents."
    )
    city: str | None = strawberry.field(
        default=None, description="The whole name of the city, ignoring case and accents."
    )


@strawberry.input(
    description="A filter for movies. A movie must match all fields. Fields about shows must match the same show."
)
class MovieFilter:
    search: str | None = strawberry.field(
        default=None,
        description="Words or parts of words in the title, in any order, ignoring case, accents and punctuation. "
        "Without `orderBy`, titles that start with it come first, then titles with words that start with it.",
    )
    genre: str | None = strawberry.field(default=None, description="A genre of the movie, such as `Drama`.")
    language: str | None = strawberry.field(
        default=None,
        description="The original language, as a BCP 47 tag such as `en`. A language includes its regions: `pt` "
        "matches `pt-BR`.",
    )
    on_sale: bool | None = strawberry.field(
        default=None, description="Whether the movie has a show that can be booked now."
    )
    showing_on: date | None = strawberry.field(
        default=None, description="The date of a show, in the time zone of its theater."
    )
    theater_id: strawberry.ID | None = strawberry.field(
        default=None, description="The ID of the theater of a show. Without `showingOn`, only future shows match."
    )


@strawberry.enum(description="The order of movies.")
class MovieOrder(Enum):
    TITLE_ASC = strawberry.enum_value(
        "title", description="Ordered by title, from A to Z, ignoring case, accents and punctuation."
    )
    TITLE_DESC = strawberry.enum_value("-title", description="Ordered by title, from Z to A.")
    RELEASE_DATE_ASC = strawberry.enum_value(
        "release_date", description="Ordered by release date, the oldest first. Movies without a date come last."
    )
    RELEASE_DATE_DESC = strawberry.enum_value(
        "-release_date", description="Ordered by release date, the newest first. Movies without a date come last."
    )


MOVIE_ORDERS: dict[MovieOrder, OrderBy] = {
    MovieOrder.TITLE_ASC: F("sort_key").asc(),
    MovieOrder.TITLE_DESC: F("sort_key").desc(),
    MovieOrder.RELEASE_DATE_ASC: F("release_date").asc(nulls_last=True),
    MovieOrder.RELEASE_DATE_DESC: F("release_date").desc(nulls_last=True),
}


SHOW_ORDERS: dict[ShowOrder, tuple[OrderBy | str, ...]] = {
    ShowOrder.STARTS_AT_ASC: ("starts_at", "pk"),
    ShowOrder.STARTS_AT_DESC: ("-starts_at", "-pk"),
    # A show without prices comes last.
    ShowOrder.PRICE_ASC: (prices.lowest().asc(nulls_last=True), "starts_at", "pk"),
    ShowOrder.PRICE_DESC: (prices.lowest().desc(nulls_last=True), "starts_at", "pk"),
}


# Computes the price of every show that matches. It takes as long as a few seat maps if there are hundreds.
_PRICE_ORDER_COST = 2_000
SHOW_LIST_COST = cost(orders={"PRICE_ASC": _PRICE_ORDER_COST, "PRICE_DESC": _PRICE_ORDER_COST})


def movie_criteria(filter: MovieFilter | None) -> tuple[MovieCriteria, Showing]:
    asked = filter or MovieFilter()
    showing = Showing(
        on_sale=asked.on_sale, on=asked.showing_on, theater_id=optional_key_of("Theater", asked.theater_id)
    )
    return MovieCriteria(search=asked.search, genre=asked.genre, language=asked.language), showing


def theater_criteria(filter: TheaterFilter | None) -> TheaterCriteria:
    asked = filter or TheaterFilter()
    return TheaterCriteria(search=asked.search, city=asked.city)


def show_criteria(filter: ShowFilter | None) -> tuple[ShowCriteria, bool | None]:
    """The criteria, and whether the shows can be booked."""
    asked = filter or ShowFilter()
    criteria = ShowCriteria(
        movie_id=optional_key_of("Movie", asked.movie_id),
        theater_id=optional_key_of("Theater", asked.theater_id),
        on=asked.on,
        from_=asked.from_,
        until=asked.until,
        format=asked.format,
        formats=asked.formats,
        languages=asked.languages,
        subtitles=asked.subtitles,
    )
    return criteria, asked.bookable


def filtered_shows(
    criteria: ShowCriteria, bookable: bool | None, order_by: ShowOrder | None = None
) -> QuerySet[models.Show]:
    found = listings.shows(criteria, bookable_only=bookable)
    return found if order_by is None else found.order_by(*SHOW_ORDERS[order_by])

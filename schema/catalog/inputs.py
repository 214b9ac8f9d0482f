"""The inputs of staff mutations on movies, theaters, screens and shows."""

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry
from strawberry import Maybe

from schema.catalog.enums import SeatCategory, ShowFormat
from schema.engine.errors import BadUserInput

MovieId = Annotated[strawberry.ID, strawberry.argument(description="The id of a movie.")]


ShowId = Annotated[strawberry.ID, strawberry.argument(description="The id of a show.")]


ROWS = (
    "The plan, one string per row, front row first: S standard, P premium, W wheelchair space, C companion seat, "
    "_ nothing (an aisle)."
)


# Fields that the API has as null where the domain has an empty text.
TEXTS = {"certificate", "language", "poster_url"}


@strawberry.input(description="A new movie.")
class CreateMovieInput:
    title: str = strawberry.field(description="Its title.")
    duration_minutes: int = strawberry.field(description="Its running time in minutes.")
    synopsis: Maybe[str] = strawberry.field(description="What it is about.")
    genres: Maybe[list[str]] = strawberry.field(description="Names of genres; new ones are made.")
    certificate: Maybe[str | None] = strawberry.field(description="Its age rating, such as PG-13.")
    language: Maybe[str | None] = strawberry.field(description="Of the original sound, as a BCP 47 tag such as en.")
    release_date: Maybe[date | None] = strawberry.field(description="When it was first released.")
    poster_url: Maybe[str | None] = strawberry.field(description="Where its poster is.")


@strawberry.input(description="What changes about a movie; what is left out stays.")
class UpdateMovieInput:
    movie_id: strawberry.ID = strawberry.field(description="The id of the movie.")
    title: Maybe[str] = strawberry.field(description="Its title.")
    duration_minutes: Maybe[int] = strawberry.field(description="Its running time in minutes.")
    synopsis: Maybe[str] = strawberry.field(description="What it is about.")
    genres: Maybe[list[str]] = strawberry.field(description="Names of all its genres; new ones are made.")
    certificate: Maybe[str | None] = strawberry.field(description="Its age rating, such as PG-13.")
    language: Maybe[str | None] = strawberry.field(description="Of the original sound, as a BCP 47 tag such as en.")
    release_date: Maybe[date | None] = strawberry.field(description="When it was first released.")
    poster_url: Maybe[str | None] = strawberry.field(description="Where its poster is.")


@strawberry.input(description="A movie to delete.")
class DeleteMovieInput:
    movie_id: strawberry.ID = strawberry.field(description="The id of the movie.")


@strawberry.input(description="A new theater.")
class CreateTheaterInput:
    name: str = strawberry.field(description="What the house is called; unique in its city.")
    city: str = strawberry.field(description="Where it stands.")
    time_zone: str = strawberry.field(description="Its IANA time zone, such as Europe/Lisbon.")


@strawberry.input(description="What changes about a theater; what is left out stays.")
class UpdateTheaterInput:
    theater_id: strawberry.ID = strawberry.field(description="The id of the theater.")
    name: Maybe[str] = strawberry.field(description="What the house is called; unique in its city.")
    city: Maybe[str] = strawberry.field(description="Where it stands.")
    time_zone: Maybe[str] = strawberry.field(description="Its IANA time zone. Shows keep their moment.")


@strawberry.input(description="A new screen.")
class CreateScreenInput:
    theater_id: strawberry.ID = strawberry.field(description="The id of its theater.")
    name: str = strawberry.field(description="What the room is called; unique in its theater.")
    rows: list[str] = strawberry.field(description=ROWS)


@strawberry.input(description="What changes about a screen; what is left out stays.")
class UpdateScreenInput:
    screen_id: strawberry.ID = strawberry.field(description="The id of the screen.")
    name: Maybe[str] = strawberry.field(description="What the room is called; unique in its theater.")
    rows: Maybe[list[str]] = strawberry.field(description=ROWS)


@strawberry.input(description="What a seat of a category costs.")
class CategoryPriceInput:
    category: SeatCategory = strawberry.field(description="The category.")
    amount: Decimal = strawberry.field(description="What one seat of it costs, such as 12.50.")


@strawberry.input(description="A new show.")
class CreateShowInput:
    movie_id: strawberry.ID = strawberry.field(description="The id of the movie.")
    screen_id: strawberry.ID = strawberry.field(description="The id of the screen.")
    starts_at: datetime = strawberry.field(description="When it starts.")
    prices: list[CategoryPriceInput] = strawberry.field(description="A price for each category the screen has.")
    ends_at: Maybe[datetime | None] = strawberry.field(description="When it ends; with the movie unless given.")
    format: Maybe[ShowFormat] = strawberry.field(description="How the picture is shown; TWO_D unless given.")
    language: Maybe[str | None] = strawberry.field(description="Of the sound; the movie's own unless given.")


@strawberry.input(description="What changes about a show; what is left out stays.")
class UpdateShowInput:
    show_id: strawberry.ID = strawberry.field(description="The id of the show.")
    movie_id: Maybe[strawberry.ID] = strawberry.field(description="The id of the movie, while nothing is booked.")
    screen_id: Maybe[strawberry.ID] = strawberry.field(description="The id of the screen, while nothing is booked.")
    starts_at: Maybe[datetime] = strawberry.field(description="When it starts; the end moves along.")
    ends_at: Maybe[datetime | None] = strawberry.field(description="When it ends; null: with the movie.")
    format: Maybe[ShowFormat] = strawberry.field(description="How the picture is shown.")
    language: Maybe[str | None] = strawberry.field(description="Of the sound; null: the movie's own.")
    prices: Maybe[list[CategoryPriceInput]] = strawberry.field(
        description="Prices that change; tickets that are sold keep theirs."
    )


@strawberry.input(description="A show to call off.")
class CancelShowInput:
    show_id: strawberry.ID = strawberry.field(description="The id of the show.")


def given_fields(input: Any) -> dict[str, Any]:
    """The fields of `input` that the client has given; a text it has set to null is empty."""
    values = {field.name: getattr(input, field.name) for field in dataclasses.fields(input)}
    return {
        name: "" if some.value is None and name in TEXTS else some.value
        for name, some in values.items()
        if isinstance(some, strawberry.Some)
    }


def prices_of(prices: list[CategoryPriceInput]) -> dict[SeatCategory, Decimal]:
    by_category = {price.category: price.amount for price in prices}
    if len(by_category) < len(prices):
        raise BadUserInput("`prices` names each category once.")
    return by_category

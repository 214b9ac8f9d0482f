"""What staff do: movies, theaters, screens, shows, blocked seats."""

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import strawberry
import strawberry_django
from strawberry import Maybe

from cinema import models
from cinema.booking import blocks
from cinema.booking import errors as booking_errors
from cinema.catalog import errors, movies, scheduling, theaters
from schema.booking import SeatsTaken, UnknownSeats
from schema.catalog import Movie, Screen, Show, Theater
from schema.context import Info, Input
from schema.enums import SeatCategory, ShowFormat
from schema.errors import Answer, BadUserInput, Busy, InvalidInput, Problem, result
from schema.ids import key_of

ROWS = (
    "The plan, one string per row, front row first: S standard, P premium, W wheelchair space, C companion seat, "
    "_ nothing (an aisle)."
)
# Fields that the API has as null where the domain has an empty text.
TEXTS = {"certificate", "language", "poster_url"}


@strawberry.type(description="A movie with shows, past ones included, is not deleted.")
class MovieHasShows(Problem):
    show_count: int = strawberry.field(description="How many it has.")


@strawberry.type(description="Two shows would overlap on the screen, the time for cleaning included.")
class ScreenOccupied(Problem):
    show: Show = strawberry.field(description="The show that is in the way.")


@strawberry.type(description="Seats that would go are sold for shows that are not over.")
class SeatsSold(Problem):
    seats: list[str] = strawberry.field(description="Their labels.")


@strawberry.type(description="A show with bookings keeps its screen and its movie.")
class ShowHasBookings(Problem):
    booking_count: int = strawberry.field(description="How many it has.")


ANSWERS = [
    Answer(errors.MovieHasShows, MovieHasShows),
    Answer(errors.ScreenOccupied, ScreenOccupied),
    Answer(booking_errors.SeatsSold, SeatsSold),
    Answer(booking_errors.ShowHasBookings, ShowHasBookings),
]


CreateMovieResult = result("CreateMovieResult", Movie, InvalidInput, Busy)
UpdateMovieResult = result("UpdateMovieResult", Movie, InvalidInput, Busy)
DeleteMovieResult = result("DeleteMovieResult", Movie, MovieHasShows, Busy)
CreateTheaterResult = result("CreateTheaterResult", Theater, InvalidInput, Busy)
UpdateTheaterResult = result("UpdateTheaterResult", Theater, InvalidInput, Busy)
CreateScreenResult = result("CreateScreenResult", Screen, InvalidInput, Busy)
UpdateScreenResult = result("UpdateScreenResult", Screen, InvalidInput, SeatsSold, Busy)
CreateShowResult = result("CreateShowResult", Show, InvalidInput, ScreenOccupied, Busy)
UpdateShowResult = result("UpdateShowResult", Show, InvalidInput, ScreenOccupied, ShowHasBookings, Busy)
CancelShowResult = result("CancelShowResult", Show, InvalidInput, Busy)
BlockSeatsResult = result("BlockSeatsResult", Show, SeatsTaken, UnknownSeats, Busy)
UnblockSeatsResult = result("UnblockSeatsResult", Show, UnknownSeats, Busy)


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


@strawberry.input(description="Seats of a show to keep back from sale.")
class BlockSeatsInput:
    show_id: strawberry.ID = strawberry.field(description="The id of the show.")
    seats: list[str] = strawberry.field(description="Their labels, such as C7.")


@strawberry.input(description="Blocked seats of a show to put on sale again.")
class UnblockSeatsInput:
    show_id: strawberry.ID = strawberry.field(description="The id of the show.")
    seats: list[str] = strawberry.field(description="Their labels, such as C7.")


@strawberry.type
class ProgrammingMutation:
    @strawberry_django.mutation(graphql_type=CreateMovieResult, description="Add a movie. Takes cinema.add_movie.")
    def create_movie(self, info: Info, input: Input[CreateMovieInput]) -> models.Movie:
        info.context.permitted("cinema.add_movie")
        return movies.add(title=input.title, duration_minutes=input.duration_minutes, **given(input))

    @strawberry_django.mutation(
        graphql_type=UpdateMovieResult, description="Change a movie. Takes cinema.change_movie."
    )
    def update_movie(self, info: Info, input: Input[UpdateMovieInput]) -> models.Movie:
        info.context.permitted("cinema.change_movie")
        return movies.change(movie_id=key_of("Movie", input.movie_id), **given(input))

    @strawberry_django.mutation(
        graphql_type=DeleteMovieResult,
        description="Delete a movie that has no shows. Takes cinema.delete_movie.",
    )
    def delete_movie(self, info: Info, input: Input[DeleteMovieInput]) -> models.Movie:
        info.context.permitted("cinema.delete_movie")
        return movies.remove(movie_id=key_of("Movie", input.movie_id))

    @strawberry_django.mutation(
        graphql_type=CreateTheaterResult, description="Add a theater. Takes cinema.add_theater."
    )
    def create_theater(self, info: Info, input: Input[CreateTheaterInput]) -> models.Theater:
        info.context.permitted("cinema.add_theater")
        return theaters.add_theater(name=input.name, city=input.city, time_zone=input.time_zone)

    @strawberry_django.mutation(
        graphql_type=UpdateTheaterResult, description="Change a theater. Takes cinema.change_theater."
    )
    def update_theater(self, info: Info, input: Input[UpdateTheaterInput]) -> models.Theater:
        info.context.permitted("cinema.change_theater")
        return theaters.change_theater(theater_id=key_of("Theater", input.theater_id), **given(input))

    @strawberry_django.mutation(
        graphql_type=CreateScreenResult, description="Add a screen with its seats. Takes cinema.add_screen."
    )
    def create_screen(self, info: Info, input: Input[CreateScreenInput]) -> models.Screen:
        info.context.permitted("cinema.add_screen")
        theater_id = key_of("Theater", input.theater_id)
        return theaters.add_screen(theater_id=theater_id, name=input.name, rows=input.rows)

    @strawberry_django.mutation(
        graphql_type=UpdateScreenResult,
        description="Change a screen; seats that stay as they are keep their tickets. Takes cinema.change_screen.",
    )
    def update_screen(self, info: Info, input: Input[UpdateScreenInput]) -> models.Screen:
        by = info.context.permitted("cinema.change_screen")
        return theaters.change_screen(screen_id=key_of("Screen", input.screen_id), by=by, **given(input))

    @strawberry_django.mutation(graphql_type=CreateShowResult, description="Schedule a show. Takes cinema.add_show.")
    def create_show(self, info: Info, input: Input[CreateShowInput]) -> models.Show:
        info.context.permitted("cinema.add_show")
        return scheduling.schedule(
            movie_id=key_of("Movie", input.movie_id),
            screen_id=key_of("Screen", input.screen_id),
            starts_at=input.starts_at,
            prices=_prices(input.prices),
            **given(input),
        )

    @strawberry_django.mutation(graphql_type=UpdateShowResult, description="Change a show. Takes cinema.change_show.")
    def update_show(self, info: Info, input: Input[UpdateShowInput]) -> models.Show:
        by = info.context.permitted("cinema.change_show")
        changes = given(input)
        for field, type_name in (("movie_id", "Movie"), ("screen_id", "Screen")):
            if field in changes:
                changes[field] = key_of(type_name, changes[field])
        if "prices" in changes:
            changes["prices"] = _prices(changes["prices"])
        return scheduling.reschedule(show_id=key_of("Show", input.show_id), by=by, **changes)

    @strawberry_django.mutation(
        graphql_type=CancelShowResult,
        description="Call a show off, and cancel its bookings with it. Takes cinema.change_show.",
    )
    def cancel_show(self, info: Info, input: Input[CancelShowInput]) -> models.Show:
        by = info.context.permitted("cinema.change_show")
        return scheduling.cancel(show_id=key_of("Show", input.show_id), by=by)

    @strawberry_django.mutation(
        graphql_type=BlockSeatsResult,
        description="Keep seats back from sale, all or none. Takes cinema.change_show.",
    )
    def block_seats(self, info: Info, input: Input[BlockSeatsInput]) -> models.Show:
        by = info.context.permitted("cinema.change_show")
        return blocks.block(show_id=key_of("Show", input.show_id), labels=input.seats, by=by)

    @strawberry_django.mutation(
        graphql_type=UnblockSeatsResult,
        description="Put blocked seats on sale again. Takes cinema.change_show.",
    )
    def unblock_seats(self, info: Info, input: Input[UnblockSeatsInput]) -> models.Show:
        by = info.context.permitted("cinema.change_show")
        return blocks.unblock(show_id=key_of("Show", input.show_id), labels=input.seats, by=by)


def given(input: Any) -> dict[str, Any]:
    """The fields of `input` that the client has given; a text it has set to null is empty."""
    values = {field.name: getattr(input, field.name) for field in dataclasses.fields(input)}
    return {
        name: "" if some.value is None and name in TEXTS else some.value
        for name, some in values.items()
        if isinstance(some, strawberry.Some)
    }


def _prices(prices: list[CategoryPriceInput]) -> dict[SeatCategory, Decimal]:
    by_category = {price.category: price.amount for price in prices}
    if len(by_category) < len(prices):
        raise BadUserInput("`prices` names each category once.")
    return by_category

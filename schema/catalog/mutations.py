"""Staff mutations on movies, theaters, screens and shows."""

from functools import partial

import strawberry
import strawberry_django

from cinema import models
from cinema.accounts import staff_calls
from cinema.catalog import movies, scheduling, theaters
from schema.catalog.inputs import (
    CancelShowInput,
    CreateMovieInput,
    CreateScreenInput,
    CreateShowInput,
    CreateTheaterInput,
    DeleteMovieInput,
    UpdateMovieInput,
    UpdateScreenInput,
    UpdateShowInput,
    UpdateTheaterInput,
    given_fields,
    prices_of,
)
from schema.catalog.problems import MovieHasShows, ScreenOccupied, SeatsSold, ShowHasBookings
from schema.catalog.types import Movie, Screen, Show, Theater
from schema.engine.context import Info, Input
from schema.engine.costs import cost
from schema.engine.ids import key_of
from schema.engine.problems import Busy, IdempotencyKeyReused, InvalidInput, result

CreateMovieResult = result("CreateMovieResult", Movie, InvalidInput, IdempotencyKeyReused, Busy)
UpdateMovieResult = result("UpdateMovieResult", Movie, InvalidInput, IdempotencyKeyReused, Busy)
DeleteMovieResult = result("DeleteMovieResult", Movie, MovieHasShows, IdempotencyKeyReused, Busy)
CreateTheaterResult = result("CreateTheaterResult", Theater, InvalidInput, IdempotencyKeyReused, Busy)
UpdateTheaterResult = result("UpdateTheaterResult", Theater, InvalidInput, IdempotencyKeyReused, Busy)
CreateScreenResult = result("CreateScreenResult", Screen, InvalidInput, IdempotencyKeyReused, Busy)
UpdateScreenResult = result("UpdateScreenResult", Screen, InvalidInput, SeatsSold, IdempotencyKeyReused, Busy)
CreateShowResult = result("CreateShowResult", Show, InvalidInput, ScreenOccupied, IdempotencyKeyReused, Busy)
UpdateShowResult = result(
    "UpdateShowResult", Show, InvalidInput, ScreenOccupied, ShowHasBookings, IdempotencyKeyReused, Busy
)
CancelShowResult = result("CancelShowResult", Show, InvalidInput, IdempotencyKeyReused, Busy)

# A seat plan may have thousands of seats, each of which is a row in the database.
SEAT_PLAN_COST = 3_500


@strawberry.type
class CatalogMutations:
    @strawberry_django.mutation(
        graphql_type=CreateMovieResult, description="Add a movie. Requires the permission `cinema.add_movie`."
    )
    def create_movie(self, info: Info, input: Input[CreateMovieInput]) -> models.Movie:
        by = info.context.require_permission("cinema.add_movie")
        call = partial(movies.add, title=input.title, duration_minutes=input.duration_minutes, **given_fields(input))
        return staff_calls.run(call, model=models.Movie, by=by, key=input.idempotency_key)

    @strawberry_django.mutation(
        graphql_type=UpdateMovieResult, description="Change a movie. Requires the permission `cinema.change_movie`."
    )
    def update_movie(self, info: Info, input: Input[UpdateMovieInput]) -> models.Movie:
        by = info.context.require_permission("cinema.change_movie")
        call = partial(movies.change, movie_id=key_of("Movie", input.movie_id), **given_fields(input))
        return staff_calls.run(call, model=models.Movie, by=by, key=input.idempotency_key)

    @strawberry_django.mutation(
        graphql_type=DeleteMovieResult,
        description="Delete a movie that has no shows. Requires the permission `cinema.delete_movie`.",
    )
    def delete_movie(self, info: Info, input: Input[DeleteMovieInput]) -> models.Movie:
        by = info.context.require_permission("cinema.delete_movie")
        call = partial(movies.remove, movie_id=key_of("Movie", input.movie_id))
        return staff_calls.run(call, model=models.Movie, by=by, key=input.idempotency_key)

    @strawberry_django.mutation(
        graphql_type=CreateTheaterResult, description="Add a theater. Requires the permission `cinema.add_theater`."
    )
    def create_theater(self, info: Info, input: Input[CreateTheaterInput]) -> models.Theater:
        by = info.context.require_permission("cinema.add_theater")
        call = partial(
            theaters.add_theater, name=input.name, city=input.city, time_zone=input.time_zone, **given_fields(input)
        )
        return staff_calls.run(call, model=models.Theater, by=by, key=input.idempotency_key)

    @strawberry_django.mutation(
        graphql_type=UpdateTheaterResult,
        description="Change a theater. Requires the permission `cinema.change_theater`.",
    )
    def update_theater(self, info: Info, input: Input[UpdateTheaterInput]) -> models.Theater:
        by = info.context.require_permission("cinema.change_theater")
        call = partial(theaters.change_theater, theater_id=key_of("Theater", input.theater_id), **given_fields(input))
        return staff_calls.run(call, model=models.Theater, by=by, key=input.idempotency_key)

    @strawberry_django.mutation(
        graphql_type=CreateScreenResult,
        metadata=cost(once=SEAT_PLAN_COST),
        description="Add a screen with its seats. Requires the permission `cinema.add_screen`.",
    )
    def create_screen(self, info: Info, input: Input[CreateScreenInput]) -> models.Screen:
        by = info.context.require_permission("cinema.add_screen")
        theater_id = key_of("Theater", input.theater_id)
        call = partial(
            theaters.add_screen, theater_id=theater_id, name=input.name, rows=input.rows, **given_fields(input)
        )
        return staff_calls.run(call, model=models.Screen, by=by, key=input.idempotency_key)

    @strawberry_django.mutation(
        graphql_type=UpdateScreenResult,
        metadata=cost(once=SEAT_PLAN_COST),
        description="Change a screen. Seats that stay in the plan keep their tickets. Requires the permission "
        "`cinema.change_screen`.",
    )
    def update_screen(self, info: Info, input: Input[UpdateScreenInput]) -> models.Screen:
        by = info.context.require_permission("cinema.change_screen")
        call = partial(
            theaters.change_screen, screen_id=key_of("Screen", input.screen_id), by=by, **given_fields(input)
        )
        return staff_calls.run(call, model=models.Screen, by=by, key=input.idempotency_key)

    @strawberry_django.mutation(
        graphql_type=CreateShowResult, description="Schedule a show. Requires the permission `cinema.add_show`."
    )
    def create_show(self, info: Info, input: Input[CreateShowInput]) -> models.Show:
        by = info.context.require_permission("cinema.add_show")
        call = partial(
            scheduling.schedule,
            movie_id=key_of("Movie", input.movie_id),
            screen_id=key_of("Screen", input.screen_id),
            starts_at=input.starts_at,
            prices=prices_of(input.prices),
            **given_fields(input),
        )
        return staff_calls.run(call, model=models.Show, by=by, key=input.idempotency_key)

    @strawberry_django.mutation(
        graphql_type=UpdateShowResult, description="Change a show. Requires the permission `cinema.change_show`."
    )
    def update_show(self, info: Info, input: Input[UpdateShowInput]) -> models.Show:
        by = info.context.require_permission("cinema.change_show")
        changes = given_fields(input)
        for field, type_name in (("movie_id", "Movie"), ("screen_id", "Screen")):
            if field in changes:
                changes[field] = key_of(type_name, changes[field])
        if "prices" in changes:
            changes["prices"] = prices_of(changes["prices"])
        call = partial(scheduling.reschedule, show_id=key_of("Show", input.show_id), by=by, **changes)
        return staff_calls.run(call, model=models.Show, by=by, key=input.idempotency_key)

    @strawberry_django.mutation(
        graphql_type=CancelShowResult,
        description="Cancel a show and its bookings. Requires the permission `cinema.change_show`.",
    )
    def cancel_show(self, info: Info, input: Input[CancelShowInput]) -> models.Show:
        by = info.context.require_permission("cinema.change_show")
        call = partial(scheduling.cancel, show_id=key_of("Show", input.show_id), by=by)
        return staff_calls.run(call, model=models.Show, by=by, key=input.idempotency_key)

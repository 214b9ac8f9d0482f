"""Queries for movies, genres, theaters and shows."""

from typing import Annotated

import strawberry
import strawberry_django

from cinema import models
from cinema.catalog import queries
from schema.catalog.filters import (
    SHOW_LIST_COST,
    MovieFilter,
    MovieOrder,
    ShowFilter,
    ShowOrder,
    TheaterFilter,
    movie_criteria,
    show_criteria,
    theater_criteria,
)
from schema.catalog.inputs import MovieId, ShowId
from schema.catalog.lists import movies_page, shows_page
from schema.catalog.types import Movie, Show, Theater
from schema.engine.context import Info
from schema.engine.costs import cost
from schema.engine.ids import key_of
from schema.engine.pagination import After, Before, Connection, First, Last, Page, PageRequest


@strawberry.type
class CatalogQueries:
    @strawberry_django.field(
        description="Movies, ordered by title by default, or by where the title matches the search of the filter."
    )
    def movies(
        self,
        info: Info,
        filter: Annotated[MovieFilter | None, strawberry.argument(description="The filter for the movies.")] = None,
        order_by: Annotated[MovieOrder | None, strawberry.argument(description="The order of the movies.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Movie]:
        criteria, showing = movie_criteria(filter)
        request = PageRequest.of(first, after, last, before)
        return Connection(page=movies_page(criteria, showing, order_by, request, info))

    @strawberry_django.field(
        graphql_type=Movie | None, description="Look up a movie by its ID. Returns null if there is none."
    )
    def movie(self, info: Info, id: MovieId) -> models.Movie | None:
        return info.context.maybe_old(models.Movie.objects.filter(pk=key_of("Movie", id))).first()

    @strawberry_django.field(
        metadata=cost(list_length=50), description="The genres that movies have, such as `Drama`, ordered by name."
    )
    def genres(self, info: Info) -> list[str]:
        return queries.names_of(info.context.maybe_old(queries.genres()))

    @strawberry_django.field(description="Theaters, ordered by name, ignoring case, accents and punctuation.")
    def theaters(
        self,
        info: Info,
        filter: Annotated[TheaterFilter | None, strawberry.argument(description="The filter for the theaters.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Theater]:
        criteria = theater_criteria(filter)
        request = PageRequest.of(first, after, last, before)
        return Connection(page=Page(lambda: info.context.maybe_old(queries.theaters(criteria)), request, info))

    @strawberry_django.field(
        graphql_type=Theater | None, description="Look up a theater by its ID. Returns null if there is none."
    )
    def theater(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The ID of the theater.")]
    ) -> models.Theater | None:
        return info.context.maybe_old(models.Theater.objects.filter(pk=key_of("Theater", id))).first()

    @strawberry_django.field(
        metadata=SHOW_LIST_COST,
        description="Shows, the earliest first by default. Includes past shows unless the filter excludes them.",
    )
    def shows(
        self,
        info: Info,
        filter: Annotated[ShowFilter | None, strawberry.argument(description="The filter for the shows.")] = None,
        order_by: Annotated[ShowOrder | None, strawberry.argument(description="The order of the shows.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Show]:
        criteria, bookable = show_criteria(filter)
        request = PageRequest.of(first, after, last, before)
        return Connection(page=shows_page(criteria, bookable, order_by, request, info))

    @strawberry_django.field(
        graphql_type=Show | None, description="Look up a show by its ID. Returns null if there is none."
    )
    def show(self, id: ShowId) -> models.Show | None:
        return models.Show.objects.with_details().filter(pk=key_of("Show", id)).first()

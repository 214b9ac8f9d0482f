"""Pages of movies and shows. The first pages of frequent lists are read with plain SQL."""

from dataclasses import replace
from functools import partial

from django.db.models import QuerySet

from cinema import models
from cinema.booking import listings
from cinema.booking.listings import Showing
from cinema.catalog import first_pages, search
from cinema.catalog.queries import MovieCriteria, ShowCriteria
from cinema.catalog.search import Where
from schema.catalog.filters import MOVIE_ORDERS, MovieOrder, ShowOrder, filtered_shows
from schema.engine.context import Info
from schema.engine.pagination import Page, PageRequest, with_order_value


def movies_page(
    criteria: MovieCriteria, showing: Showing, order_by: MovieOrder | None, request: PageRequest, info: Info
) -> Page:
    using = info.context.catalog_database()

    def found(where: Where = Where.ANYWHERE) -> QuerySet[models.Movie]:
        rows = listings.movies(replace(criteria, where=where), showing).using(using)
        return rows if order_by is None else rows.order_by(MOVIE_ORDERS[order_by], "pk")

    page = Page(found, request, info)
    if order_by is not None:
        return page
    words = search.words(criteria.search)
    if words:
        page.parts = [partial(found, Where.AT_START), partial(found, Where.NOT_AT_START)]
    if showing == Showing() and criteria == MovieCriteria(search=criteria.search):
        if not words:
            page.first_rows = partial(first_pages.movies, using=using)
            page.count = partial(first_pages.count_of_movies, using=using)
        elif search.can_read_first(words):
            page.first_rows = partial(_first_found, words, using)
    return page


def shows_page(
    criteria: ShowCriteria, bookable: bool | None, order_by: ShowOrder | None, request: PageRequest, info: Info
) -> Page:
    page = Page(lambda: filtered_shows(criteria, bookable, order_by), request, info)
    if order_by is None and bookable is None and first_pages.can_read(criteria):
        page.first_rows = partial(first_pages.shows, criteria)
    return page


def _first_found(words: list[str], using: str, count: int) -> list[models.Movie]:
    return [with_order_value(movie, rank) for movie, rank in search.first_found(words, count, using=using)]

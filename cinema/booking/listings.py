"""The catalog's lists of movies and shows, filtered by whether they can be booked."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from cinema.booking import show_status
from cinema.catalog import queries
from cinema.catalog.models import Movie, Show, ShowQuerySet
from cinema.catalog.queries import MovieCriteria, ShowCriteria


@dataclass(frozen=True)
class Showing:
    """Criteria for movies by their shows: on sale, on a day in the theater's time zone, in a theater."""

    on_sale: bool | None = None
    on: date | None = None
    theater_id: int | None = None


def movies(criteria: MovieCriteria, showing: Showing) -> QuerySet[Movie]:
    """Movies by title. If `showing` has criteria, only movies with at least one show that meets all of them.

    Cancelled shows do not count. Shows that have started count only if `showing` names a day, or if booking is open.
    """
    found = queries.movies(criteria)
    if showing == Showing():
        return found
    shows = queries.shows(ShowCriteria(theater_id=showing.theater_id, on=showing.on)).not_cancelled()
    if showing.on is None:
        shows = show_status.upcoming(shows)
    if showing.on is not None or showing.theater_id is not None:
        found = found.filter(Exists(_of_movie(shows)))
    if showing.on_sale is not None:
        on_sale = Exists(_of_movie(show_status.on_sale(shows)))
        found = found.filter(on_sale if showing.on_sale else ~on_sale)
    return found


def shows(criteria: ShowCriteria, *, bookable_only: bool | None = None) -> ShowQuerySet:
    """Shows by start. `bookable_only` True: those that can be booked now; False: those that cannot; None: all."""
    found = queries.shows(criteria)
    if bookable_only is None:
        return found
    can_be_booked = Exists(show_status.on_sale(Show.objects.filter(pk=OuterRef("pk"))))
    return found.filter(can_be_booked if bookable_only else ~can_be_booked)


def _of_movie(shows: ShowQuerySet) -> ShowQuerySet:
    return shows.order_by().filter(movie=OuterRef("pk"))

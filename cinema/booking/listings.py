"""What is on, with what can be bought: the catalog's lists narrowed by what is left."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now

from cinema.booking.models import Ticket
from cinema.catalog import queries
from cinema.catalog.models import Movie, Show, ShowQuerySet
from cinema.catalog.queries import MovieCriteria, ShowCriteria


@dataclass(frozen=True)
class Showing:
    """Which movies by their shows: on sale, on a day (where the theater is), in a theater."""

    on_sale: bool | None = None
    on: date | None = None
    theater_id: int | None = None


def movies(criteria: MovieCriteria, showing: Showing) -> QuerySet[Movie]:
    """Movies, by title.

    Those with a show that meets all of `showing` at once, if any of it is asked. Cancelled shows do not count;
    nor do past ones, unless a day is asked for.
    """
    found = queries.movies(criteria)
    if showing == Showing():
        return found
    shows = queries.shows(ShowCriteria(theater_id=showing.theater_id, on=showing.on)).not_cancelled()
    if showing.on is None:
        shows = shows.filter(starts_at__gt=Now())
    if showing.on is not None or showing.theater_id is not None:
        found = found.filter(Exists(_of_movie(shows)))
    if showing.on_sale is not None:
        on_sale = Exists(_of_movie(bookable(shows)))
        found = found.filter(on_sale if showing.on_sale else ~on_sale)
    return found


def shows(criteria: ShowCriteria, *, bookable_only: bool | None = None) -> ShowQuerySet:
    """Shows, by start; those that can be booked now, or those that cannot, if asked."""
    found = queries.shows(criteria)
    if bookable_only is None:
        return found
    can_be_booked = Exists(bookable(Show.objects.filter(pk=OuterRef("pk"))))
    return found.filter(can_be_booked if bookable_only else ~can_be_booked)


def bookable(shows: ShowQuerySet) -> ShowQuerySet:
    """Those with the status ON_SALE."""
    taken = (
        Ticket.objects.live()
        .filter(show=OuterRef("pk"))
        .order_by()
        .values("show")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return (
        shows.not_cancelled()
        .filter(starts_at__gt=Now() + settings.BOOKING_CLOSES_BEFORE_START)
        .alias(taken=Coalesce(Subquery(taken), 0))
        .filter(taken__lt=F("screen__seat_count"))
    )


def _of_movie(shows: ShowQuerySet) -> ShowQuerySet:
    return shows.order_by().filter(movie=OuterRef("pk"))

"""Movies, theaters, screens and shows: what is on."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry
import strawberry_django
from django.db.models import F, OrderBy, QuerySet
from django.db.models.functions import Lower
from strawberry import relay

from cinema import models
from cinema.booking import listings, queries, seat_maps
from cinema.booking.queries import Availability
from cinema.catalog.queries import MovieCriteria, ShowCriteria, theaters
from cinema.core.money import in_house_currency
from schema.batching import batched, related, related_list
from schema.context import Info
from schema.enums import SeatCategory, ShowFormat, ShowStatus
from schema.ids import key_of, optional_key_of
from schema.pagination import After, Before, Connection, First, Last, Page, PageOfPart, PartOf, Slice, for_peers
from schema.scalars import Money
from schema.seat_map import SeatMap

MovieId = Annotated[strawberry.ID, strawberry.argument(description="The id of a movie.")]
ShowId = Annotated[strawberry.ID, strawberry.argument(description="The id of a show.")]


@strawberry.type(description="What a seat of a category costs in a show.")
class CategoryPrice:
    category: SeatCategory = strawberry.field(description="The category.")
    price: Money = strawberry.field(description="What one seat of it costs.")


@strawberry_django.type(models.Theater, description="A house with screens.")
class Theater(relay.Node):
    pk: relay.NodeID[int]
    name: str = strawberry_django.field(description="What the house is called.")
    city: str = strawberry_django.field(description="Where it stands.")
    time_zone: str = strawberry_django.field(
        description="Its IANA time zone, such as Europe/Lisbon: its days are there."
    )

    @strawberry_django.field(description="Its screens, in the order they were added.")
    def screens(root: strawberry.Parent[models.Theater]) -> list["Screen"]:
        return sorted(related_list(root, "screens"), key=lambda screen: screen.pk)


@strawberry_django.type(models.Screen, description="A room of a theater, with seats and a picture.")
class Screen(relay.Node):
    pk: relay.NodeID[int]
    name: str = strawberry_django.field(description="What the room is called, such as Screen 1.")
    seat_count: int = strawberry_django.field(description="How many seats it has, wheelchair spaces included.")
    rows: list[str] = strawberry_django.field(
        description="Its plan, one string per row, front row first: S standard, P premium, W wheelchair space, "
        "C companion seat, _ nothing (an aisle)."
    )

    @strawberry_django.field(description="The house it is in.")
    def theater(root: strawberry.Parent[models.Screen]) -> Theater:
        return related(root, "theater")


@strawberry_django.type(models.Show, description="A movie on a screen at a time.")
class Show(relay.Node):
    pk: relay.NodeID[int]
    starts_at: datetime = strawberry_django.field(description="When it starts.")
    ends_at: datetime = strawberry_django.field(description="When it ends.")
    format: ShowFormat = strawberry_django.field(description="How the picture is shown.")

    @strawberry_django.field(description="Language of the sound, as a BCP 47 tag; null: the movie's own.")
    def language(root: strawberry.Parent[models.Show]) -> str | None:
        return root.language or None

    @strawberry_django.field(description="What is shown.")
    def movie(root: strawberry.Parent[models.Show]) -> "Movie":
        return related(root, "movie")

    @strawberry_django.field(description="Where it is shown.")
    def screen(root: strawberry.Parent[models.Show]) -> Screen:
        return related(root, "screen")

    @strawberry_django.field(description="What each category of its seats costs.")
    def prices(root: strawberry.Parent[models.Show]) -> list[CategoryPrice]:
        return [
            CategoryPrice(category=SeatCategory(price.category), price=Money.of(in_house_currency(price.amount)))
            for price in _prices(root)
        ]

    @strawberry_django.field(description="What its cheapest seats cost.")
    def price_from(root: strawberry.Parent[models.Show]) -> Money:
        return Money.of(in_house_currency(min(price.amount for price in _prices(root))))

    @strawberry_django.field(description="Whether its seats can be booked.")
    def status(root: strawberry.Parent[models.Show]) -> ShowStatus:
        return _availability(root).status

    @strawberry_django.field(description="How many seats the house has.")
    def seats_total(root: strawberry.Parent[models.Show]) -> int:
        return _availability(root).total

    @strawberry_django.field(description="How many of them are free.")
    def seats_available(root: strawberry.Parent[models.Show]) -> int:
        return _availability(root).available

    @strawberry_django.field(description="The house, seat by seat.")
    def seat_map(root: strawberry.Parent[models.Show], info: Info) -> SeatMap:
        return SeatMap.of(seat_maps.of(root), info.context.viewer)


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


@strawberry_django.type(models.Movie, description="A film.")
class Movie(relay.Node):
    pk: relay.NodeID[int]
    title: str = strawberry_django.field(description="Its title.")
    synopsis: str = strawberry_django.field(description="What it is about; may be empty.")
    duration_minutes: int = strawberry_django.field(description="Its running time in minutes.")
    duration_is_estimate: bool = strawberry_django.field(
        description="Whether the running time is only an estimate, because nobody has told the exact one yet."
    )
    release_date: date | None = strawberry_django.field(description="When it was first released.")

    @strawberry_django.field(description="What kind of film it is, such as Drama.")
    def genres(root: strawberry.Parent[models.Movie]) -> list[str]:
        return [genre.name for genre in related_list(root, "genres")]

    @strawberry_django.field(description="Its age rating, such as PG-13.")
    def certificate(root: strawberry.Parent[models.Movie]) -> str | None:
        return root.certificate or None

    @strawberry_django.field(description="Language of the original sound, as a BCP 47 tag such as en.")
    def language(root: strawberry.Parent[models.Movie]) -> str | None:
        return root.language or None

    @strawberry_django.field(description="Where its poster is.")
    def poster_url(root: strawberry.Parent[models.Movie]) -> str | None:
        return root.poster_url or None

    @strawberry_django.field(description="Its shows, past ones included, the earliest first.")
    def shows(
        root: strawberry.Parent[models.Movie],
        info: Info,
        filter: Annotated[ShowFilter | None, strawberry.argument(description="Which of them.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Show]:
        page = Slice.of(first, after, last, before)
        found = for_peers(root, info, lambda: _shows(filter))
        return Connection(page=PageOfPart(found, page, info, PartOf(root, "movie_id")))


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


@strawberry.type
class CatalogQuery:
    @strawberry_django.field(description="The movies the cinema knows, by title unless told otherwise.")
    def movies(
        self,
        info: Info,
        filter: Annotated[MovieFilter | None, strawberry.argument(description="Which movies.")] = None,
        order_by: Annotated[MovieOrder | None, strawberry.argument(description="In which order.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Movie]:
        found = _movies(filter).order_by(MOVIE_ORDERS[order_by or MovieOrder.TITLE_ASC], "pk")
        return Connection(page=Page(found, Slice.of(first, after, last, before), info))

    @strawberry_django.field(graphql_type=Movie | None, description="One movie; null if there is none with this id.")
    def movie(self, id: MovieId) -> models.Movie | None:
        return models.Movie.objects.filter(pk=key_of("Movie", id)).first()

    @strawberry_django.field(description="The theaters, by name.")
    def theaters(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Theater]:
        return Connection(page=Page(theaters(), Slice.of(first, after, last, before), info))

    @strawberry_django.field(
        description="Shows, past ones included unless the filter says otherwise; the earliest first."
    )
    def shows(
        self,
        info: Info,
        filter: Annotated[ShowFilter | None, strawberry.argument(description="Which shows.")] = None,
        order_by: Annotated[ShowOrder | None, strawberry.argument(description="In which order.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Show]:
        found = _shows(filter)
        if order_by is ShowOrder.STARTS_AT_DESC:
            found = found.order_by("-starts_at", "-pk")
        return Connection(page=Page(found, Slice.of(first, after, last, before), info))

    @strawberry_django.field(graphql_type=Show | None, description="One show; null if there is none with this id.")
    def show(self, id: ShowId) -> models.Show | None:
        return models.Show.objects.with_details().filter(pk=key_of("Show", id)).first()


def _movies(filter: MovieFilter | None) -> QuerySet[models.Movie]:
    asked = filter or MovieFilter()
    return listings.movies(
        MovieCriteria(search=asked.search, genre=asked.genre, language=asked.language),
        listings.Showing(
            on_sale=asked.on_sale,
            on=asked.showing_on,
            theater_id=optional_key_of("Theater", asked.theater_id),
        ),
    )


def _shows(filter: ShowFilter | None) -> QuerySet[models.Show]:
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


def _prices(show: models.Show) -> list[models.Price]:
    related(show, "screen")
    related_list(show, "prices")
    return show.prices_of_screen()


def _availability(show: models.Show) -> Availability:
    return batched(show, queries.availability)

"""Movies, theaters, screens and shows."""

from datetime import date, datetime
from typing import Annotated

import strawberry
import strawberry_django
from strawberry import relay

from cinema import models
from cinema.booking import queries, seat_maps
from cinema.booking.queries import Availability
from cinema.core.money import in_house_currency
from schema.catalog.enums import SeatCategory, ShowFormat, ShowStatus
from schema.catalog.filters import ShowFilter, filtered_shows
from schema.catalog.seat_maps import SEAT_MAP_COST, SeatMap
from schema.engine.batching import batched, related, related_list
from schema.engine.context import Info
from schema.engine.costs import LONG_TEXT_COST, cost
from schema.engine.pagination import After, Before, Connection, First, Last, PageOfPart, PageRequest, PartOf, for_peers
from schema.engine.scalars import Money


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
        metadata=cost(list_length=20),
        description="Its plan, one string per row, front row first: S standard, P premium, W wheelchair space, "
        "C companion seat, _ nothing (an aisle).",
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

    @strawberry_django.field(metadata=cost(extra=SEAT_MAP_COST), description="The house, seat by seat.")
    def seat_map(root: strawberry.Parent[models.Show], info: Info) -> SeatMap:
        return SeatMap.of(seat_maps.of(root), info.context.viewer)


@strawberry_django.type(models.Movie, description="A film.")
class Movie(relay.Node):
    pk: relay.NodeID[int]
    title: str = strawberry_django.field(description="Its title.")
    synopsis: str = strawberry_django.field(
        metadata=cost(extra=LONG_TEXT_COST), description="What it is about; may be empty."
    )
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
        page = PageRequest.of(first, after, last, before)
        found = for_peers(root, info, lambda: filtered_shows(filter))
        return Connection(page=PageOfPart(found, page, info, PartOf(root, "movie_id")))


def _prices(show: models.Show) -> list[models.Price]:
    related(show, "screen")
    related_list(show, "prices")
    return show.prices_of_screen()


def _availability(show: models.Show) -> Availability:
    return batched(show, queries.availability)

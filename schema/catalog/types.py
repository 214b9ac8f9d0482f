"""Movies, theaters, screens and shows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any

import strawberry
import strawberry_django
from strawberry import relay

from cinema import models
from cinema.booking import deadlines, queries, seat_maps
from cinema.booking.queries import Availability
from cinema.catalog import poster_urls, prices
from cinema.catalog.time_zones import zone_of
from cinema.core import money
from schema.catalog.enums import SeatCategory, SeatNumbering, ShowFormat, ShowStatus
from schema.catalog.filters import SHOW_LIST_COST, ShowFilter, ShowOrder, filtered_shows, show_criteria
from schema.catalog.seat_maps import SEAT_MAP_COST, SeatMap
from schema.engine.batching import batched, related, related_list
from schema.engine.context import Info
from schema.engine.costs import LIVE, LONG_TEXT_COST, cost
from schema.engine.pagination import (
    After,
    Before,
    ChildrenOf,
    Connection,
    First,
    Last,
    NestedPage,
    PageRequest,
    for_peers,
)
from schema.engine.scalars import Money


@strawberry.type(description="The price of a seat category in a show.")
class CategoryPrice:
    category: SeatCategory = strawberry.field(description="The category.")
    price: Money = strawberry.field(description="The price of one seat.")

    @classmethod
    def of(cls, category: SeatCategory, amount: Decimal, theater: models.Theater) -> "CategoryPrice":
        price: Any = prices.in_currency(amount, theater.currency)
        return cls(category=category, price=price)


@strawberry_django.type(models.Theater, description="A movie theater.")
class Theater(relay.Node):
    pk: relay.NodeID[int]
    name: str = strawberry_django.field(description="The name.")
    city: str = strawberry_django.field(description="The city.")
    day_ends_at: time = strawberry_django.field(
        description="The local time when the day of the schedule ends. A show that starts after midnight and before "
        "this time belongs to the previous day."
    )

    @strawberry.field(description="The IANA time zone, such as `Europe/Lisbon`.")
    def time_zone(root: strawberry.Parent[models.Theater]) -> str:
        return zone_of(root.time_zone).key

    @strawberry.field(description="The screens, in the order they were added.")
    def screens(root: strawberry.Parent[models.Theater]) -> list["Screen"]:
        return sorted(related_list(root, "screens"), key=lambda screen: screen.pk)

    @strawberry.field(description="The currency of the prices, as an ISO 4217 code such as `EUR`.")
    def currency(root: strawberry.Parent[models.Theater]) -> str:
        return prices.currency_of(root)

    @strawberry.field(
        description="How many minutes before the start of a show booking closes. If negative, it closes after the "
        "start."
    )
    def booking_closes_minutes_before_start(root: strawberry.Parent[models.Theater]) -> int:
        return _minutes(deadlines.booking_closes_before_start(root.booking_closes_minutes_before_start))

    @strawberry.field(
        description="How many minutes before the start of a show cancelling closes. If negative, it closes after the "
        "start."
    )
    def cancelling_closes_minutes_before_start(root: strawberry.Parent[models.Theater]) -> int:
        return _minutes(deadlines.cancelling_closes_before_start(root.cancelling_closes_minutes_before_start))

    @strawberry.field(
        metadata=SHOW_LIST_COST, description="The shows, including past ones, the earliest first by default."
    )
    def shows(
        root: strawberry.Parent[models.Theater],
        info: Info,
        filter: Annotated[ShowFilter | None, strawberry.argument(description="The filter for the shows.")] = None,
        order_by: Annotated[ShowOrder | None, strawberry.argument(description="The order of the shows.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection["Show"]:
        page = PageRequest.of(first, after, last, before)
        found = for_peers(root, info, lambda: filtered_shows(*show_criteria(filter), order_by))
        return Connection(page=NestedPage(lambda: found, page, info, ChildrenOf(root, "screen__theater_id")))


@strawberry_django.type(models.Screen, description="An auditorium of a theater.")
class Screen(relay.Node):
    pk: relay.NodeID[int]
    name: str = strawberry_django.field(description="The name, such as `Screen 1`.")
    seat_count: int = strawberry_django.field(description="The number of seats, including wheelchair spaces.")
    rows: list[str] = strawberry_django.field(
        metadata=cost(list_length=20),
        description="The seat plan, one string per row, front row first: `S` is a standard seat, `P` premium, `W` a "
        "wheelchair space, `C` a companion seat, and `_` a gap (an aisle). Seats in parentheses, such as `(SS)`, are "
        "sold only together.",
    )
    row_labels: list[str | None] = strawberry_django.field(
        metadata=cost(list_length=20),
        description="The label of each row of the plan, front row first. Null for a cross aisle without a label.",
    )
    numbering: SeatNumbering = strawberry_django.field(
        description="The direction in which the seats of each row are numbered."
    )

    @strawberry.field(description="The theater.")
    def theater(root: strawberry.Parent[models.Screen]) -> Theater:
        return related(root, "theater")


@strawberry_django.type(models.Show, description="A screening of a movie.")
class Show(relay.Node):
    pk: relay.NodeID[int]
    starts_at: datetime = strawberry_django.field(description="The time when the show starts.")
    ends_at: datetime = strawberry_django.field(description="The time when the show ends.")
    format: ShowFormat = strawberry_django.field(description="The projection format.")
    moved_at: datetime | None = strawberry_django.field(
        description="The time when the cinema last moved the start of the show by more than 15 minutes. Bookings made "
        "before can be cancelled until the show starts. Null if it has not been moved."
    )

    @strawberry.field(
        description="The language of the audio, as a BCP 47 tag. Null means the original language of the movie."
    )
    def language(root: strawberry.Parent[models.Show]) -> str | None:
        return root.language or None

    @strawberry.field(
        description="The language of the subtitles, as a BCP 47 tag such as `en`. Null means that there are none."
    )
    def subtitles(root: strawberry.Parent[models.Show]) -> str | None:
        return root.subtitles or None

    @strawberry.field(description="The movie.")
    def movie(root: strawberry.Parent[models.Show]) -> "Movie":
        return related(root, "movie")

    @strawberry.field(description="The screen.")
    def screen(root: strawberry.Parent[models.Show]) -> Screen:
        return related(root, "screen")

    @strawberry.field(description="The price of each seat category.")
    def prices(root: strawberry.Parent[models.Show]) -> list[CategoryPrice]:
        theater = _theater(root)
        return [CategoryPrice.of(category, amount, theater) for category, amount in batched(root, _prices).items()]

    @strawberry.field(
        graphql_type=Money,
        description="The price of the cheapest seat category. Wheelchair spaces and companion seats count only if there"
        " are no other seats.",
    )
    def price_from(root: strawberry.Parent[models.Show]) -> money.Money:
        return prices.in_currency(prices.lowest_of(batched(root, _prices)), _theater(root).currency)

    @strawberry.field(description="The time when booking closes. A cancelled show cannot be booked before it, either.")
    def bookable_until(root: strawberry.Parent[models.Show]) -> datetime:
        return deadlines.bookable_until(root, _theater(root))

    @strawberry.field(
        description="The time until which a booking that is made now can be cancelled. `movedAt` tells which earlier "
        "bookings can be cancelled longer."
    )
    def cancellable_until(root: strawberry.Parent[models.Show]) -> datetime:
        return deadlines.cancellable_until(root, _theater(root))

    @strawberry.field(metadata=LIVE, description="The status of the show.")
    def status(root: strawberry.Parent[models.Show]) -> ShowStatus:
        return _availability(root).status

    @strawberry.field(description="The number of seats.")
    def seats_total(root: strawberry.Parent[models.Show]) -> int:
        return _availability(root).total

    @strawberry.field(metadata=LIVE, description="The number of available seats.")
    def seats_available(root: strawberry.Parent[models.Show]) -> int:
        return _availability(root).seats_available

    @strawberry.field(
        metadata=LIVE,
        description="How many of the available seats are wheelchair spaces and companion seats, which most buyers "
        "cannot book.",
    )
    def accessible_seats_available(root: strawberry.Parent[models.Show]) -> int:
        return batched(root, queries.accessible_seats_available)

    @strawberry.field(
        graphql_type=SeatMap, metadata=cost(extra=SEAT_MAP_COST), description="The seats in the auditorium."
    )
    def seat_map(root: strawberry.Parent[models.Show], info: Info) -> seat_maps.SeatMap:
        return seat_maps.of(root).as_seen_by(info.context.viewer)


@strawberry_django.type(models.Movie, description="A movie.")
class Movie(relay.Node):
    pk: relay.NodeID[int]
    title: str = strawberry_django.field(description="The title.")
    synopsis: str = strawberry_django.field(
        metadata=cost(extra=LONG_TEXT_COST), description="A summary of the movie. May be empty."
    )
    duration_minutes: int = strawberry_django.field(description="The running time in minutes.")
    duration_is_estimate: bool = strawberry_django.field(
        description="Whether the running time is an estimate, because the exact one is not known yet."
    )
    release_date: date | None = strawberry_django.field(description="The date of first release.")

    @strawberry.field(description="The genres, such as `Drama`.")
    def genres(root: strawberry.Parent[models.Movie]) -> list[str]:
        return [genre.name for genre in related_list(root, "genres")]

    @strawberry.field(description="The age rating, such as `PG-13`.")
    def certificate(root: strawberry.Parent[models.Movie]) -> str | None:
        return root.certificate or None

    @strawberry.field(description="The original language, as a BCP 47 tag such as `en`.")
    def language(root: strawberry.Parent[models.Movie]) -> str | None:
        return root.language or None

    @strawberry.field(
        description="The URL of the poster. If the poster is on this server, it can be a path, which is relative to "
        "the address of the API."
    )
    def poster_url(root: strawberry.Parent[models.Movie]) -> str | None:
        return poster_urls.for_clients(root.poster_url)

    @strawberry.field(description="The URL of a web page with the trailer.")
    def trailer_url(root: strawberry.Parent[models.Movie]) -> str | None:
        return root.trailer_url or None

    @strawberry.field(
        metadata=cost(extra=LONG_TEXT_COST), description="The names of the actors, the leading roles first."
    )
    def cast(root: strawberry.Parent[models.Movie]) -> list[str]:
        return root.cast_names

    @strawberry.field(description="The shows, including past ones, the earliest first.")
    def shows(
        root: strawberry.Parent[models.Movie],
        info: Info,
        filter: Annotated[ShowFilter | None, strawberry.argument(description="The filter for the shows.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Show]:
        page = PageRequest.of(first, after, last, before)
        found = for_peers(root, info, lambda: filtered_shows(*show_criteria(filter)))
        return Connection(page=NestedPage(lambda: found, page, info, ChildrenOf(root, "movie_id")))


def _theater(show: models.Show) -> models.Theater:
    theater: models.Theater = related(related(show, "screen"), "theater")
    return theater


def _minutes(duration: timedelta) -> int:
    return round(duration / timedelta(minutes=1))


def _prices(shows: Sequence[models.Show]) -> Mapping[int, Mapping[SeatCategory, Decimal]]:
    related(shows[0], "screen")
    return prices.of_shows(shows)


def _availability(show: models.Show) -> Availability:
    return batched(show, queries.availability)

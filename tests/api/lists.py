"""The lists of the API, their pages, and rows to fill them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from cinema.booking.models import BookingStatus
from cinema.core.text import folded, searchable
from cinema.models import Booking, Movie, Show, Theater, User
from tests.conftest import Api, ApiResponse, global_id
from tests.situations import a_movie, a_screen, a_show, in_hours

LISTS = ["movies", "shows", "theaters", "myBookings"]
# All orders of each list. The empty string is the default order.
ORDERS = [
    ("movies", ""),
    ("movies", "TITLE_ASC"),
    ("movies", "TITLE_DESC"),
    ("movies", "RELEASE_DATE_ASC"),
    ("movies", "RELEASE_DATE_DESC"),
    ("shows", ""),
    ("shows", "STARTS_AT_ASC"),
    ("shows", "STARTS_AT_DESC"),
    ("shows", "PRICE_ASC"),
    ("shows", "PRICE_DESC"),
    ("theaters", ""),
    ("myBookings", ""),
]
PAGE = """
query Page({variables}$first: Int, $after: String, $last: Int, $before: String) {{
  page: {name}({arguments}first: $first, after: $after, last: $last, before: $before) {{
    edges {{ cursor node {{ id }} }}
    nodes {{ id }}
    totalCount
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
  }}
}}
"""


@dataclass
class Pages:
    """The pages of one list in one order."""

    api: Api
    name: str
    order: str = ""

    def request(self, **values: Any) -> ApiResponse:
        kind = f"{self.name.removesuffix('s').capitalize()}Order"
        variables = f"$orderBy: {kind}, " if self.order else ""
        arguments = "orderBy: $orderBy, " if self.order else ""
        if self.order:
            values["orderBy"] = self.order
        return self.api(PAGE.format(name=self.name, variables=variables, arguments=arguments), **values)

    def page(self, **arguments: Any) -> Any:
        return self.request(**arguments).data["page"]

    def ids(self, **arguments: Any) -> list[str]:
        return ids_of(self.page(**arguments))

    def forwards(self, size: int, between: Callable[[], object] = lambda: None) -> list[str]:
        """Every ID, page by page. Calls `between` before each page but the first."""
        found: list[str] = []
        page = self.page(first=size)
        while True:
            found += ids_of(page)
            if not page["pageInfo"]["hasNextPage"]:
                return found
            between()
            page = self.page(first=size, after=page["pageInfo"]["endCursor"])

    def backwards(self, size: int, between: Callable[[], object] = lambda: None) -> list[str]:
        """Every ID in the order of the list, read from the last page to the first."""
        found: list[str] = []
        page = self.page(last=size)
        while True:
            found = ids_of(page) + found
            if not page["pageInfo"]["hasPreviousPage"]:
                return found
            between()
            page = self.page(last=size, before=page["pageInfo"]["startCursor"])


def ids_of(page: Any) -> list[str]:
    ids = [node["id"] for node in page["nodes"]]
    assert ids == [edge["node"]["id"] for edge in page["edges"]]
    return ids


def global_ids(rows: Iterable[Any]) -> list[str]:
    return [global_id(row) for row in rows]


def make_movies(count: int, title: str = "Popcorn", released: date | None = None) -> list[Movie]:
    return Movie.objects.bulk_create(
        Movie(title=title, duration_minutes=100, release_date=released, search_text=searchable(title))
        for _ in range(count)
    )


def make_shows(count: int, movie: Movie | None = None, starts_at: datetime | None = None) -> list[Show]:
    """Shows that start at the same time, on one screen each."""
    start = starts_at or in_hours(24)
    screen, movie = a_screen(), movie or a_movie()
    return Show.objects.bulk_create(
        Show(movie=movie, screen=screen, starts_at=start, ends_at=start + timedelta(hours=2)) for _ in range(count)
    )


def make_theaters(count: int, name: str = "Roma") -> list[Theater]:
    """Theaters with the same name in different cities."""
    start = Theater.objects.count()
    return Theater.objects.bulk_create(
        Theater(name=name, city=f"City {number}", time_zone="UTC", sort_key=folded(name))
        for number in range(start, start + count)
    )


def make_bookings(count: int, by: User, created_at: datetime | None = None) -> list[Booking]:
    """Bookings created at the same time."""
    now, show = created_at or in_hours(0), Show.objects.first() or a_show()
    return Booking.objects.bulk_create(
        Booking(
            user=by,
            show=show,
            status=BookingStatus.CONFIRMED,
            total=Decimal(10),
            currency="USD",
            created_at=now,
            confirmed_at=now,
        )
        for _ in range(count)
    )


def make(list_name: str, count: int, buyer: User) -> list[str]:
    """The IDs of `count` new rows with equal sort keys, in the order of the list."""
    if list_name == "movies":
        return global_ids(make_movies(count))
    if list_name == "shows":
        return global_ids(make_shows(count))
    if list_name == "theaters":
        return global_ids(make_theaters(count))
    return global_ids(reversed(make_bookings(count, buyer)))

"""The statements of frequent reads use indexes. `make bench` checks this with a million tickets, and for sales too."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import chain, combinations
from typing import Any, TypeAlias

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from cinema.booking.models import BookingStatus
from cinema.catalog import first_pages, search
from cinema.catalog.queries import ShowCriteria
from cinema.core import sql
from cinema.models import Booking, Price, Screen, Seat, Show, Ticket, User
from tests import situations
from tests.api.lists import make_movies
from tests.bench import requests
from tests.conftest import Api, global_id
from tests.plans import plan, rows_read, sequential_scans
from tests.shared import shared
from tests.situations import in_hours

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]

MOVIES = 1_000
SHOWS = 3_000
BUYER = "ada"
BUYERS = 500
TICKETS_PER_SHOW = 2
LARGE_TABLE = 2_000

PlainStatement: TypeAlias = tuple[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def sold_shows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[Show]]:
    with shared(create_shows, django_db_blocker) as created:
        yield created


@pytest.fixture
def shows(sold_shows: list[Show], db: None) -> list[Show]:
    return sold_shows


@pytest.fixture
def plain_statements(monkeypatch: pytest.MonkeyPatch) -> list[PlainStatement]:
    """The statements of `cinema.core.sql` that are executed, with their parameters, if they have some."""
    executed: list[PlainStatement] = []

    def prepare(template: str, parameters: Mapping[str, Any], vendor: str) -> Any:
        if parameters:
            executed.append((template, parameters))
        return prepared(template, parameters, vendor)

    prepared = sql.prepare
    monkeypatch.setattr(sql, "prepare", prepare)
    return executed


@pytest.fixture
def buyer(shows: list[Show]) -> User:
    """A user with bookings."""
    return User.objects.get(username=BUYER)


def create_shows() -> list[Show]:
    """A show every hour, each with two sold seats, in tables for which the planner has statistics."""
    screen = situations.a_screen(["SSSSSSSSSS"] * 5)
    movies = make_movies(MOVIES)
    start = in_hours(24)
    shows = Show.objects.bulk_create(
        Show(movie=movies[n % MOVIES], screen=screen, starts_at=at, ends_at=at + timedelta(minutes=45))
        for n in range(SHOWS)
        if (at := start + timedelta(hours=n))
    )
    Price.objects.bulk_create(Price(show=show, category="STANDARD", amount=Decimal(9)) for show in shows)
    sell_seats(shows, screen, situations.a_user(BUYER))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return shows


def sell_seats(shows: list[Show], screen: Screen, buyer: User) -> None:
    seats = list(Seat.objects.filter(screen=screen)[:TICKETS_PER_SHOW])
    others = (User(username=f"other{n}", email=f"{n}@example.com") for n in range(BUYERS - 1))
    buyers = [buyer, *User.objects.bulk_create(others)]
    now = in_hours(0)
    bookings = Booking.objects.bulk_create(
        Booking(
            user=buyers[n % len(buyers)],
            show=show,
            status=BookingStatus.CONFIRMED,
            total=Decimal(18),
            currency="USD",
            created_at=now,
            confirmed_at=now,
        )
        for n, show in enumerate(shows)
    )
    Ticket.objects.bulk_create(
        Ticket(booking=booking, show_id=booking.show_id, seat=seat, price=Decimal(9))
        for booking in bookings
        for seat in seats
    )


def statements(api: Api, document: str, **variables: Any) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert api(document, **variables).data
    return [query["sql"] for query in captured]


@pytest.mark.usefixtures("shows")
def test_a_sequential_scan_is_detected() -> None:
    scan = str(Ticket.objects.filter(price=8).order_by().query)

    assert sequential_scans([scan], min_rows=LARGE_TABLE) == [f"cinema_ticket: {scan}"]


def test_shows_of_a_day(api: Api, shows: list[Show]) -> None:
    found = statements(api, requests.DAY, day=situations.day_of(shows[SHOWS // 2]))

    assert sequential_scans(found, min_rows=LARGE_TABLE) == []


def test_seat_map(api: Api, shows: list[Show]) -> None:
    found = statements(api, requests.MAP, show=global_id(shows[SHOWS // 2]))

    assert sequential_scans(found, min_rows=LARGE_TABLE) == []


@pytest.mark.usefixtures("shows")
def test_bookings_of_the_viewer(api: Api, buyer: User) -> None:
    found = statements(api.logged_in_as(buyer), requests.BOOKINGS)

    assert sequential_scans(found, min_rows=LARGE_TABLE) == []


@pytest.mark.usefixtures("shows")
def test_movies(api: Api) -> None:
    page = next(found for found in statements(api, requests.MOVIES) if "LIMIT" in found)

    assert "movies_by_sort_key" in {node.get("Index Name") for node in plan(page)}


def test_later_pages_begin_at_the_cursor(api: Api, shows: list[Show]) -> None:
    document = "query ($after: String, $before: String) { shows(first: 5, after: $after, before: $before) { %s } }"
    cursor = api(document % "pageInfo { endCursor }").data["shows"]["pageInfo"]["endCursor"]

    for position in ("after", "before"):
        (page,) = statements(api, document % "nodes { id }", **{position: cursor})
        (condition,) = [node["Index Cond"] for node in plan(page) if node.get("Index Name") == "shows_by_start"]
        assert {"after": ">=", "before": "<="}[position] in condition


@pytest.mark.usefixtures("shows")
def test_search_for_movies(api: Api) -> None:
    (found,) = statements(api, requests.SEARCH, words="xy")

    indexes = {"movies_by_sort_key", "movies_by_search_parts", "cinema_movie_pkey"}
    assert indexes == {node.get("Index Name") for node in plan(found)} - {None}


@pytest.mark.usefixtures("shows")
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
def test_first_pages_of_movies_read_few_rows(plain_statements: list[PlainStatement], mode: str) -> None:
    first_pages.movies(20)
    for words in ("popc", "xy", "movie"):
        search.first_found([words], 20)

    for template, parameters in list(plain_statements):
        assert rows_read(template, parameters, mode=mode) < MOVIES / 2, parameters


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
def test_first_pages_of_shows_read_few_rows(
    shows: list[Show], plain_statements: list[PlainStatement], mode: str
) -> None:
    show = shows[SHOWS // 2]
    filters: dict[str, Any] = {"movie_id": show.movie_id, "theater_id": show.screen.theater_id, "from_": show.starts_at}
    for names in chain.from_iterable(combinations(filters, size) for size in range(len(filters) + 1)):
        some = {name: filters[name] for name in names}
        first_pages.shows(ShowCriteria(**some), 20)
        first_pages.shows(ShowCriteria(on=situations.day_of(show), **some), 20)

    for template, parameters in list(plain_statements):
        assert rows_read(template, parameters, mode=mode) < SHOWS / 2, (template, parameters)

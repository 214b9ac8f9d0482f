"""Pages of every list are complete, in order, and stable while rows are added and deleted."""

import itertools
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from strawberry.relay.utils import from_base64

from cinema.core.text import folded
from cinema.models import Booking, Movie, Price, Show, Theater, User
from tests.api.lists import (
    LISTS,
    ORDERS,
    Pages,
    global_ids,
    make,
    make_bookings,
    make_movies,
    make_shows,
    make_theaters,
)
from tests.conftest import Api
from tests.situations import in_hours

pytestmark = pytest.mark.both


def spread(list_name: str, order: str, buyer: User) -> list[str]:
    """The IDs of rows with different, equal and null sort keys, in the order of the list."""
    if list_name == "movies":
        for title, released in itertools.product(["Émile", "apple", "Apple", "banana", "a"], [None, 1, 1, 2]):
            make_movies(1, title, date(2000, 1, released) if released else None)
        return global_ids(in_movie_order(order, Movie.objects.all()))
    if list_name == "shows":
        for hours in (30, 10, 20, 10.5):
            make_shows(3, starts_at=in_hours(hours))
        shows = sorted(Show.objects.all(), key=lambda show: (show.starts_at, show.pk))
        if order.startswith("PRICE"):
            return global_ids(in_price_order(order, shows))
        return global_ids(reversed(shows) if order == "STARTS_AT_DESC" else shows)
    if list_name == "theaters":
        for name in ("Roma", "aurora", "Aurora", "B"):
            make_theaters(3, name)
        return global_ids(sorted(Theater.objects.all(), key=lambda theater: (theater.name.lower(), theater.pk)))
    for microseconds in (0, 999_999, 1, 0):
        make_bookings(3, buyer, in_hours(-1).replace(microsecond=microseconds))
    bookings = sorted(Booking.objects.all(), key=lambda booking: (booking.created_at, booking.pk), reverse=True)
    return global_ids(bookings)


def in_movie_order(order: str, movies: Iterable[Movie]) -> list[Movie]:
    if order.startswith("RELEASE_DATE"):
        sign = -1 if order == "RELEASE_DATE_DESC" else 1
        return sorted(
            movies,
            key=lambda movie: (
                movie.release_date is None,
                sign * movie.release_date.toordinal() if movie.release_date else 0,
                movie.pk,
            ),
        )
    by_key = sorted(movies, key=lambda movie: movie.pk)
    return sorted(by_key, key=lambda movie: folded(movie.title), reverse=order == "TITLE_DESC")


def in_price_order(order: str, shows: list[Show]) -> list[Show]:
    """Give the shows lowest prices of 9.50, 10 and 100, or none, and return them in order of these prices."""
    amounts = [Decimal("9.50"), Decimal(100), None, Decimal(10), Decimal("9.50")]
    priced = list(zip(shows, itertools.cycle(amounts), strict=False))
    for show, amount in priced:
        if amount is not None:
            for category, more in (("STANDARD", 1), ("PREMIUM", 0)):
                Price.objects.create(show=show, category=category, amount=amount + more)
    sign = -1 if order == "PRICE_DESC" else 1
    return [show for show, _ in sorted(priced, key=lambda each: (each[1] is None, sign * (each[1] or 0)))]


# ------------------------------------------------------------------ order


@pytest.mark.parametrize("list_name", LISTS)
@pytest.mark.parametrize("size", [7, 24, 25])
def test_rows_with_equal_sort_keys_are_on_one_page_each(as_buyer: Api, buyer: User, list_name: str, size: int) -> None:
    ids = make(list_name, 25, buyer)
    pages = Pages(as_buyer, list_name)
    assert pages.forwards(size) == ids
    assert pages.backwards(size) == ids


@pytest.mark.parametrize(("list_name", "order"), ORDERS)
@pytest.mark.parametrize("size", [1, 4])
def test_pages_are_in_the_order_of_the_list(as_buyer: Api, buyer: User, list_name: str, order: str, size: int) -> None:
    ids = spread(list_name, order, buyer)
    pages = Pages(as_buyer, list_name, order)
    assert pages.forwards(size) == ids
    assert pages.backwards(size) == ids


def test_movies_without_a_release_date_come_last_in_both_directions(as_buyer: Api) -> None:
    unknown, old, new = (make_movies(1, released=day)[0] for day in (None, date(1927, 1, 1), date(2026, 1, 1)))
    assert Pages(as_buyer, "movies", "RELEASE_DATE_ASC").ids() == global_ids([old, new, unknown])
    assert Pages(as_buyer, "movies", "RELEASE_DATE_DESC").ids() == global_ids([new, old, unknown])


def test_titles_are_ordered_case_insensitively(as_buyer: Api) -> None:
    titles = ["apple", "Banana", "apple pie", "Apple", "banana split"]
    movies = {title: make_movies(1, title)[0] for title in titles}
    ordered = ["apple", "Apple", "apple pie", "Banana", "banana split"]
    assert Pages(as_buyer, "movies", "TITLE_ASC").ids() == global_ids(movies[title] for title in ordered)
    backwards = ["banana split", "Banana", "apple pie", "apple", "Apple"]
    assert Pages(as_buyer, "movies", "TITLE_DESC").ids() == global_ids(movies[title] for title in backwards)


@pytest.mark.parametrize("order", ["RELEASE_DATE_ASC", "RELEASE_DATE_DESC"])
def test_paging_continues_among_movies_without_a_release_date(as_buyer: Api, order: str) -> None:
    make_movies(2, released=date(2000, 1, 1))
    make_movies(5)
    pages = Pages(as_buyer, "movies", order)
    assert pages.forwards(2) == pages.ids(first=100)
    assert pages.backwards(2) == pages.ids(first=100)


# ------------------------------------------------------------------ cursors


@pytest.mark.parametrize("list_name", LISTS)
def test_a_page_between_two_cursors(as_buyer: Api, buyer: User, list_name: str) -> None:
    ids = make(list_name, 9, buyer)
    pages = Pages(as_buyer, list_name)
    cursors = [edge["cursor"] for edge in pages.page()["edges"]]
    assert pages.ids(after=cursors[1], before=cursors[7]) == ids[2:7]
    assert pages.ids(first=2, after=cursors[1], before=cursors[7]) == ids[2:4]
    assert pages.ids(last=2, after=cursors[1], before=cursors[7]) == ids[5:7]
    assert pages.ids(after=cursors[7], before=cursors[1]) == []


@pytest.mark.parametrize("list_name", LISTS)
def test_a_page_says_whether_there_are_more_on_either_side(as_buyer: Api, buyer: User, list_name: str) -> None:
    make(list_name, 3, buyer)
    pages = Pages(as_buyer, list_name)
    first, second, third = (edge["cursor"] for edge in pages.page()["edges"])

    def sides(**arguments: Any) -> tuple[bool, bool]:
        info = pages.page(**arguments)["pageInfo"]
        return info["hasPreviousPage"], info["hasNextPage"]

    assert sides(first=3) == sides(last=3) == (False, False)
    assert sides(first=1) == (False, True)
    assert sides(first=1, after=first) == (True, True)
    assert sides(first=1, after=second) == (True, False)
    assert sides(last=1) == (True, False)
    assert sides(last=1, before=third) == (True, True)
    assert sides(last=1, before=second) == (False, True)


@pytest.mark.parametrize("list_name", LISTS)
def test_a_node_has_the_same_cursor_on_every_page(as_buyer: Api, buyer: User, list_name: str) -> None:
    make(list_name, 4, buyer)
    pages = Pages(as_buyer, list_name)

    def cursors(**arguments: Any) -> list[str]:
        return [edge["cursor"] for edge in pages.page(**arguments)["edges"]]

    all_cursors = cursors()
    assert len(set(all_cursors)) == 4
    assert cursors(first=2) + cursors(first=2, after=all_cursors[1]) == all_cursors
    assert cursors(last=3) == all_cursors[1:]


# ------------------------------------------------------------------ rows added and deleted between pages


@pytest.mark.parametrize("list_name", LISTS)
def test_rows_added_between_pages_do_not_shift_them(as_buyer: Api, buyer: User, list_name: str) -> None:
    ids = make(list_name, 10, buyer)
    pages = Pages(as_buyer, list_name)
    remaining = 0

    def add() -> None:
        nonlocal remaining
        if remaining:
            remaining -= 1
            make(list_name, 2, buyer)

    for read_all in (pages.forwards, pages.backwards):
        remaining = 3
        found = read_all(3, between=add)
        assert remaining == 0
        assert [id_ for id_ in found if id_ in ids] == ids
        assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("list_name", "model"),
    [("movies", Movie), ("shows", Show), ("theaters", Theater), ("myBookings", Booking)],
)
def test_rows_deleted_between_pages_do_not_shift_them(as_buyer: Api, buyer: User, list_name: str, model: Any) -> None:
    ids = make(list_name, 12, buyer)
    pages = Pages(as_buyer, list_name)
    first = pages.page(first=4)
    # The cursor belongs to the deleted `ids[3]`.
    model.objects.filter(pk__in=[from_base64(id_)[1] for id_ in (ids[1], ids[3], ids[6])]).delete()
    assert pages.ids(first=4, after=first["pageInfo"]["endCursor"]) == [ids[4], ids[5], *ids[7:9]]
    assert pages.ids(last=4, before=first["pageInfo"]["endCursor"]) == [ids[0], ids[2]]


def test_rows_added_before_a_page_are_not_on_the_next_one(as_buyer: Api) -> None:
    ids = global_ids(make_movies(4, "Middle"))
    pages = Pages(as_buyer, "movies")
    cursor = pages.page(first=2)["pageInfo"]["endCursor"]
    make_movies(3, "First")
    later = global_ids(make_movies(1, "Zero"))
    assert pages.ids(first=3, after=cursor) == [*ids[2:], *later]

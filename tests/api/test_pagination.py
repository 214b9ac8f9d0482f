"""Pages of every list: complete, in order, and unmoved by what comes and goes meanwhile."""

import itertools
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Lower
from strawberry.relay.utils import from_base64, to_base64

from cinema.booking.models import BookingStatus
from cinema.models import Booking, Movie, Show, Theater, User
from tests.conftest import Answer, Api, global_id
from tests.situations import a_movie, a_screen, a_show, a_user, in_hours

LISTS = ["movies", "shows", "theaters", "myBookings"]
# Orders of lists that have more than one, and the one that a list has unless told.
ORDERS = [
    ("movies", ""),
    ("movies", "TITLE_ASC"),
    ("movies", "TITLE_DESC"),
    ("movies", "RELEASE_DATE_ASC"),
    ("movies", "RELEASE_DATE_DESC"),
    ("shows", ""),
    ("shows", "STARTS_AT_ASC"),
    ("shows", "STARTS_AT_DESC"),
    ("theaters", ""),
    ("myBookings", ""),
]

PAGE = """
query Page({declared}$first: Int, $after: String, $last: Int, $before: String) {{
  page: {name}({given}first: $first, after: $after, last: $last, before: $before) {{
    edges {{ cursor node {{ id }} }}
    nodes {{ id }}
    totalCount
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
  }}
}}
"""
MOVIES_WITH_SHOWS = """
query Movies($first: Int, $after: String, $last: Int, $before: String) {
  movies {
    nodes {
      title
      shows(first: $first, after: $after, last: $last, before: $before) {
        nodes { id }
        totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
}
"""


@dataclass
class Pages:
    """One of the lists, in one of its orders."""

    api: Api
    name: str
    order: str = ""

    def answer(self, **arguments: Any) -> Answer:
        kind = f"{self.name.removesuffix('s').capitalize()}Order"
        declared = f"$orderBy: {kind}, " if self.order else ""
        given = "orderBy: $orderBy, " if self.order else ""
        if self.order:
            arguments["orderBy"] = self.order
        return self.api(PAGE.format(name=self.name, declared=declared, given=given), **arguments)

    def page(self, **arguments: Any) -> Any:
        return self.answer(**arguments).data["page"]

    def ids(self, **arguments: Any) -> list[str]:
        return ids_of(self.page(**arguments))

    def forwards(self, size: int, between: Callable[[], object] = lambda: None) -> list[str]:
        """Every id, page by page; `between` happens after each page."""
        found: list[str] = []
        page = self.page(first=size)
        while True:
            found += ids_of(page)
            if not page["pageInfo"]["hasNextPage"]:
                return found
            between()
            page = self.page(first=size, after=page["pageInfo"]["endCursor"])

    def backwards(self, size: int, between: Callable[[], object] = lambda: None) -> list[str]:
        """Every id, the last page first, each page in its own order."""
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


@pytest.fixture
def as_buyer(api: Api, buyer: User) -> Api:
    return api.signed_in(buyer)


def make_movies(count: int, title: str = "Popcorn", released: date | None = None) -> list[Movie]:
    return Movie.objects.bulk_create(
        Movie(title=title, duration_minutes=100, release_date=released, search_text="popcorn") for _ in range(count)
    )


def make_shows(count: int, movie: Movie | None = None, starts_at: datetime | None = None) -> list[Show]:
    """All at the same time, as on many screens."""
    start = starts_at or in_hours(24)
    screen, movie = a_screen(), movie or a_movie()
    return Show.objects.bulk_create(
        Show(movie=movie, screen=screen, starts_at=start, ends_at=start + timedelta(hours=2)) for _ in range(count)
    )


def make_theaters(count: int, name: str = "Roma") -> list[Theater]:
    """Of one name, in as many cities."""
    start = Theater.objects.count()
    return Theater.objects.bulk_create(
        Theater(name=name, city=f"City {number}", time_zone="UTC") for number in range(start, start + count)
    )


def make_bookings(count: int, by: User, created_at: datetime | None = None) -> list[Booking]:
    """All made at the same moment."""
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
    """Ids of so many new rows with equal sort keys, in the order of the list."""
    if list_name == "movies":
        return global_ids(make_movies(count))
    if list_name == "shows":
        return global_ids(make_shows(count))
    if list_name == "theaters":
        return global_ids(make_theaters(count))
    return global_ids(reversed(make_bookings(count, buyer)))


def spread(list_name: str, order: str, buyer: User) -> list[str]:
    """Ids of rows with different, equal and null sort keys, in the order of the list."""
    if list_name == "movies":
        for title, released in itertools.product(["Émile", "apple", "Apple", "banana", "a"], [None, 1, 1, 2]):
            make_movies(1, title, date(2000, 1, released) if released else None)
        return global_ids(in_movie_order(order, Movie.objects.all()))
    if list_name == "shows":
        for hours in (30, 10, 20, 10.5):
            make_shows(3, starts_at=in_hours(hours))
        shows = sorted(Show.objects.all(), key=lambda show: (show.starts_at, show.pk))
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
    # How a database compares letters is its own affair.
    title = Lower("title").desc() if order == "TITLE_DESC" else Lower("title")
    return list(Movie.objects.order_by(title, "pk"))


# ------------------------------------------------------------------ how much


@pytest.mark.parametrize("list_name", LISTS)
def test_a_page_has_twenty_nodes_unless_told(as_buyer: Api, buyer: User, list_name: str) -> None:
    ids = make(list_name, 21, buyer)
    page = Pages(as_buyer, list_name).page()
    assert ids_of(page) == ids[:20]
    assert page["totalCount"] == 21
    assert page["pageInfo"]["hasNextPage"] is True


@pytest.mark.parametrize("list_name", LISTS)
@pytest.mark.parametrize("argument", ["first", "last"])
def test_a_page_has_at_most_a_hundred_nodes(as_buyer: Api, buyer: User, list_name: str, argument: str) -> None:
    make(list_name, 101, buyer)
    pages = Pages(as_buyer, list_name)
    assert len(pages.ids(**{argument: 100})) == 100
    answer = pages.answer(**{argument: 101})
    assert answer.code == "BAD_USER_INPUT"
    assert answer.body["errors"][0]["message"] == f"`{argument}` is between 0 and 100, not 101."


@pytest.mark.parametrize("list_name", LISTS)
@pytest.mark.parametrize("argument", ["first", "last"])
def test_a_page_has_no_negative_number_of_nodes(as_buyer: Api, list_name: str, argument: str) -> None:
    answer = Pages(as_buyer, list_name).answer(**{argument: -1})
    assert answer.code == "BAD_USER_INPUT"
    assert answer.body["errors"][0]["message"] == f"`{argument}` is between 0 and 100, not -1."


@pytest.mark.parametrize("list_name", LISTS)
def test_the_first_and_the_last_are_not_asked_for_together(as_buyer: Api, list_name: str) -> None:
    answer = Pages(as_buyer, list_name).answer(first=1, last=1)
    assert answer.code == "BAD_USER_INPUT"
    assert answer.body["errors"][0]["message"] == "Ask for the `first` or for the `last`, not for both."


@pytest.mark.parametrize("list_name", LISTS)
def test_a_page_of_none_tells_whether_there_are_any(as_buyer: Api, buyer: User, list_name: str) -> None:
    pages = Pages(as_buyer, list_name)
    nothing = {"startCursor": None, "endCursor": None}
    empty = {"edges": [], "nodes": [], "totalCount": 0, "pageInfo": nothing | without_more()}
    assert pages.page(first=0) == pages.page(last=0) == pages.page() == empty
    total = len(make(list_name, 3, buyer))
    assert pages.page(first=0) == empty | {"totalCount": total, "pageInfo": nothing | without_more(hasNextPage=True)}
    assert pages.page(last=0) == empty | {"totalCount": total, "pageInfo": nothing | without_more(hasPreviousPage=True)}


def without_more(**more: bool) -> dict[str, bool]:
    return {"hasNextPage": False, "hasPreviousPage": False, **more}


@pytest.mark.parametrize("list_name", LISTS)
def test_null_arguments_are_like_none(as_buyer: Api, buyer: User, list_name: str) -> None:
    make(list_name, 3, buyer)
    pages = Pages(as_buyer, list_name)
    assert pages.page(first=None, after=None, last=None, before=None) == pages.page()


@pytest.mark.parametrize("list_name", LISTS)
def test_the_last_nodes_come_in_the_order_of_the_list(as_buyer: Api, buyer: User, list_name: str) -> None:
    ids = make(list_name, 5, buyer)
    page = Pages(as_buyer, list_name).page(last=2)
    assert ids_of(page) == ids[3:]
    assert page["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": True,
        "startCursor": page["edges"][0]["cursor"],
        "endCursor": page["edges"][1]["cursor"],
    }


@pytest.mark.parametrize("list_name", LISTS)
def test_the_total_counts_the_whole_list_on_every_page(as_buyer: Api, buyer: User, list_name: str) -> None:
    make(list_name, 5, buyer)
    pages = Pages(as_buyer, list_name)
    cursor = pages.page(first=3)["pageInfo"]["endCursor"]
    assert [page["totalCount"] for page in (pages.page(first=1), pages.page(after=cursor), pages.page(last=2))] == [
        5
    ] * 3


def test_the_total_counts_what_the_filter_leaves(as_buyer: Api) -> None:
    make_movies(3, released=date(2000, 1, 1))
    a_movie("Another")
    document = '{ movies(filter: { search: "popcorn" }, first: 1) { totalCount nodes { title } } }'
    assert as_buyer(document).data == {"movies": {"totalCount": 3, "nodes": [{"title": "Popcorn"}]}}


def test_the_bookings_of_others_are_not_in_the_list(as_buyer: Api, buyer: User) -> None:
    mine = global_ids(make_bookings(2, buyer))
    make_bookings(3, a_user())
    page = Pages(as_buyer, "myBookings").page()
    assert sorted(ids_of(page)) == sorted(mine)
    assert page["totalCount"] == 2


# ------------------------------------------------------------------ from page to page


@pytest.mark.parametrize("list_name", LISTS)
@pytest.mark.parametrize("size", [7, 24, 25])
def test_walking_all_pages_yields_every_node_once_though_sort_keys_are_equal(
    as_buyer: Api, buyer: User, list_name: str, size: int
) -> None:
    ids = make(list_name, 25, buyer)
    pages = Pages(as_buyer, list_name)
    assert pages.forwards(size) == ids
    assert pages.backwards(size) == ids


@pytest.mark.parametrize(("list_name", "order"), ORDERS)
@pytest.mark.parametrize("size", [1, 4])
def test_walking_all_pages_keeps_the_order(as_buyer: Api, buyer: User, list_name: str, order: str, size: int) -> None:
    ids = spread(list_name, order, buyer)
    pages = Pages(as_buyer, list_name, order)
    assert pages.forwards(size) == ids
    assert pages.backwards(size) == ids


def test_movies_without_a_release_date_come_last_in_both_directions(as_buyer: Api) -> None:
    unknown, old, new = (make_movies(1, released=day)[0] for day in (None, date(1927, 1, 1), date(2026, 1, 1)))
    assert Pages(as_buyer, "movies", "RELEASE_DATE_ASC").ids() == global_ids([old, new, unknown])
    assert Pages(as_buyer, "movies", "RELEASE_DATE_DESC").ids() == global_ids([new, old, unknown])


def test_titles_are_ordered_whatever_their_case(as_buyer: Api) -> None:
    titles = ["apple", "Banana", "apple pie", "Apple", "banana split"]
    movies = {title: make_movies(1, title)[0] for title in titles}
    ordered = ["apple", "Apple", "apple pie", "Banana", "banana split"]
    assert Pages(as_buyer, "movies", "TITLE_ASC").ids() == global_ids(movies[title] for title in ordered)
    backwards = ["banana split", "Banana", "apple pie", "apple", "Apple"]
    assert Pages(as_buyer, "movies", "TITLE_DESC").ids() == global_ids(movies[title] for title in backwards)


@pytest.mark.parametrize("order", ["RELEASE_DATE_ASC", "RELEASE_DATE_DESC"])
def test_pages_go_on_amid_movies_without_a_release_date(as_buyer: Api, order: str) -> None:
    make_movies(2, released=date(2000, 1, 1))
    make_movies(5)
    pages = Pages(as_buyer, "movies", order)
    assert pages.forwards(2) == pages.ids(first=100)
    assert pages.backwards(2) == pages.ids(first=100)


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
def test_a_page_tells_whether_there_is_more_on_either_side(as_buyer: Api, buyer: User, list_name: str) -> None:
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

    everything = cursors()
    assert len(set(everything)) == 4
    assert cursors(first=2) + cursors(first=2, after=everything[1]) == everything
    assert cursors(last=3) == everything[1:]


@pytest.mark.parametrize("list_name", LISTS)
def test_what_is_added_meanwhile_moves_no_page(as_buyer: Api, buyer: User, list_name: str) -> None:
    ids = make(list_name, 10, buyer)
    pages = Pages(as_buyer, list_name)
    remaining = iter(range(4))

    def add() -> None:
        if next(remaining, None) is not None:
            make(list_name, 2, buyer)

    for walk in (pages.forwards, pages.backwards):
        found = walk(3, between=add)
        assert [id_ for id_ in found if id_ in ids] == ids
        assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("list_name", "model"),
    [("movies", Movie), ("shows", Show), ("theaters", Theater), ("myBookings", Booking)],
)
def test_what_is_deleted_meanwhile_moves_no_page(as_buyer: Api, buyer: User, list_name: str, model: Any) -> None:
    ids = make(list_name, 12, buyer)
    pages = Pages(as_buyer, list_name)
    first = pages.page(first=4)
    # Among them the very node at which the next page begins.
    model.objects.filter(pk__in=[from_base64(id_)[1] for id_ in (ids[1], ids[3], ids[6])]).delete()
    assert pages.ids(first=4, after=first["pageInfo"]["endCursor"]) == [ids[4], ids[5], *ids[7:9]]
    assert pages.ids(last=4, before=first["pageInfo"]["endCursor"]) == [ids[0], ids[2]]


def test_a_movie_that_is_added_before_the_page_does_not_push_one_onto_the_next(as_buyer: Api) -> None:
    ids = global_ids(make_movies(4, "Middle"))
    pages = Pages(as_buyer, "movies")
    cursor = pages.page(first=2)["pageInfo"]["endCursor"]
    make_movies(3, "First")
    later = global_ids(make_movies(1, "Zero"))
    assert pages.ids(first=3, after=cursor) == [*ids[2:], *later]


# ------------------------------------------------------------------ cursors that are none


@pytest.mark.parametrize("argument", ["after", "before"])
@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "🍿",
        "=",
        to_base64("Movie", 1),
        to_base64("orderedcursor", ""),
        to_base64("orderedcursor", "{"),
        to_base64("orderedcursor", "null"),
        to_base64("orderedcursor", "{}"),
        to_base64("orderedcursor", "[]"),
        to_base64("orderedcursor", '["1"]'),
        to_base64("orderedcursor", '["1","2","3"]'),
        to_base64("orderedcursor", "[1,2]"),
        to_base64("orderedcursor", '[["1"],"2"]'),
        to_base64("orderedcursor", '["a","b"]'),
        to_base64("orderedcursor", "[" * 3000),
    ],
)
def test_what_is_no_cursor_is_refused(as_buyer: Api, argument: str, cursor: str) -> None:
    for list_name in LISTS:
        answer = Pages(as_buyer, list_name).answer(**{argument: cursor})
        assert answer.code == "BAD_USER_INPUT"
        assert answer.body["errors"][0]["message"] == "`after` or `before` is not a cursor of this list."


def test_an_empty_cursor_is_like_none(as_buyer: Api) -> None:
    ids = global_ids(make_movies(2))
    assert Pages(as_buyer, "movies").ids(after="", before="") == ids


@pytest.mark.parametrize(
    "values",
    [
        ["a", "9" * 18],
        ["a", "9" * 19],
        ["a", "9" * 25],
        ["a", "9" * 5000],
        ["a", "-1"],
        ["a", "1.5"],
        ["a", "\0"],
        ["a", "\ud800"],
        ["a", None],
        [None, "1"],
        [None, None],
        ["\0", "1"],
        ["\ud800", "1"],
        ["2026-03-01", "1"],
        ["2026-02-30", "1"],
        ["2026-03-01T12:00:00", "1"],
        ["0001-01-01T00:00:00+14:00", "1"],
        ["9999-12-31T23:59:59-14:00", "1"],
    ],
)
@pytest.mark.parametrize("list_name", LISTS)
def test_a_cursor_that_was_made_up_does_no_harm(as_buyer: Api, list_name: str, values: list[str | None]) -> None:
    cursor = to_base64("orderedcursor", json.dumps(values))
    pages = Pages(as_buyer, list_name)
    with transaction.atomic():
        assert_harmless(pages.answer(after=cursor))
    with transaction.atomic():
        assert_harmless(pages.answer(before=cursor))


@pytest.mark.parametrize(("list_name", "order"), ORDERS)
def test_a_cursor_of_another_list_or_order_does_no_harm(as_buyer: Api, buyer: User, list_name: str, order: str) -> None:
    for each in LISTS:
        make(each, 2, buyer)
    make_movies(1, released=date(2000, 1, 1))
    cursor = Pages(as_buyer, list_name, order).page(first=1)["pageInfo"]["endCursor"]
    for other_list, other_order in ORDERS:
        pages = Pages(as_buyer, other_list, other_order)
        with transaction.atomic():
            assert_harmless(pages.answer(after=cursor))
        with transaction.atomic():
            assert_harmless(pages.answer(before=cursor))


def assert_harmless(answer: Answer) -> None:
    """A page, or a refusal that says why."""
    assert answer.status == 200
    if "errors" in answer.body:
        assert answer.code == "BAD_USER_INPUT"


# ------------------------------------------------------------------ lists in lists


def shows_by_movie(answer: Answer) -> dict[str, Any]:
    return {movie["title"]: movie["shows"] for movie in answer.data["movies"]["nodes"]}


@pytest.fixture
def program(db: None) -> dict[str, list[str]]:
    """By title, the ids of the shows: three an hour apart, none, and five at once."""
    a, b, c = a_movie("A"), a_movie("B"), a_movie("C")
    hourly = [make_shows(1, a, starts_at=in_hours(hours))[0] for hours in (11, 12, 13)]
    return {"A": global_ids(hourly), b.title: [], "C": global_ids(make_shows(5, c, starts_at=in_hours(12)))}


def test_each_movie_has_a_page_of_its_own_shows(as_buyer: Api, program: dict[str, list[str]]) -> None:
    shows = shows_by_movie(as_buyer(MOVIES_WITH_SHOWS, first=3))
    assert {title: [node["id"] for node in page["nodes"]] for title, page in shows.items()} == {
        "A": program["A"],
        "B": [],
        "C": program["C"][:3],
    }
    assert {title: page["totalCount"] for title, page in shows.items()} == {"A": 3, "B": 0, "C": 5}
    assert {title: page["pageInfo"]["hasNextPage"] for title, page in shows.items()} == {
        "A": False,
        "B": False,
        "C": True,
    }


def test_each_movie_has_its_own_last_shows(as_buyer: Api, program: dict[str, list[str]]) -> None:
    shows = shows_by_movie(as_buyer(MOVIES_WITH_SHOWS, last=2))
    assert [[node["id"] for node in shows[title]["nodes"]] for title in "ABC"] == [
        program["A"][1:],
        [],
        program["C"][3:],
    ]
    assert [shows[title]["pageInfo"]["hasPreviousPage"] for title in "ABC"] == [True, False, True]


@pytest.mark.parametrize("size", [1, 2, 4])
def test_walking_the_shows_of_one_movie_among_others(as_buyer: Api, program: dict[str, list[str]], size: int) -> None:
    for title in ("A", "C"):
        forwards: list[str] = []
        page = shows_by_movie(as_buyer(MOVIES_WITH_SHOWS, first=size))[title]
        while page["nodes"]:
            forwards += [node["id"] for node in page["nodes"]]
            cursor = page["pageInfo"]["endCursor"]
            page = shows_by_movie(as_buyer(MOVIES_WITH_SHOWS, first=size, after=cursor))[title]
        assert forwards == program[title]
        backwards: list[str] = []
        page = shows_by_movie(as_buyer(MOVIES_WITH_SHOWS, last=size))[title]
        while page["nodes"]:
            backwards = [node["id"] for node in page["nodes"]] + backwards
            cursor = page["pageInfo"]["startCursor"]
            page = shows_by_movie(as_buyer(MOVIES_WITH_SHOWS, last=size, before=cursor))[title]
        assert backwards == program[title]


def test_a_page_of_shows_obeys_the_same_limits(as_buyer: Api, program: dict[str, list[str]]) -> None:
    for arguments in ({"first": 101}, {"last": -1}, {"first": 1, "last": 1}, {"after": "x"}):
        answer = as_buyer(MOVIES_WITH_SHOWS, **arguments)
        assert {error["extensions"]["code"] for error in answer.body["errors"]} == {"BAD_USER_INPUT"}


def test_aliases_with_different_arguments_do_not_mix(as_buyer: Api, program: dict[str, list[str]]) -> None:
    document = """
    query Aliases($noon: DateTime) {
      all: movies { nodes {
        first: shows(first: 1) { totalCount nodes { id } }
        last: shows(last: 1) { totalCount nodes { id } }
        late: shows(filter: { from: $noon }) { totalCount nodes { id } }
        shows { totalCount }
      } }
      one: movies(first: 1) { nodes { title first: shows(first: 2) { nodes { id } } } }
    }
    """
    data = as_buyer(document, noon=in_hours(11.5)).data
    a, _, c = data["all"]["nodes"]
    assert a == {
        "first": {"totalCount": 3, "nodes": [{"id": program["A"][0]}]},
        "last": {"totalCount": 3, "nodes": [{"id": program["A"][2]}]},
        "late": {"totalCount": 2, "nodes": [{"id": id_} for id_ in program["A"][1:]]},
        "shows": {"totalCount": 3},
    }
    assert c == {
        "first": {"totalCount": 5, "nodes": [{"id": program["C"][0]}]},
        "last": {"totalCount": 5, "nodes": [{"id": program["C"][4]}]},
        "late": {"totalCount": 5, "nodes": [{"id": id_} for id_ in program["C"]]},
        "shows": {"totalCount": 5},
    }
    assert data["one"] == {
        "nodes": [{"title": "A", "first": {"nodes": [{"id": id_} for id_ in program["A"][:2]]}}],
    }


def test_shows_of_the_movies_of_shows(as_buyer: Api, program: dict[str, list[str]]) -> None:
    document = "{ shows(first: 5) { nodes { id movie { title shows(first: 2) { totalCount nodes { id } } } } } }"
    nodes = as_buyer(document).data["shows"]["nodes"]
    for node in nodes:
        ids = program[node["movie"]["title"]]
        assert node["id"] in ids
        assert node["movie"]["shows"] == {"totalCount": len(ids), "nodes": [{"id": id_} for id_ in ids[:2]]}
    assert {node["movie"]["title"] for node in nodes} == {"A", "C"}

"""Nested pages: the shows of each movie."""

from typing import Any

import pytest

from tests.api.lists import global_ids, make_shows
from tests.conftest import Api, ApiResponse
from tests.situations import a_movie, in_hours

pytestmark = pytest.mark.both

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


def shows_by_movie(response: ApiResponse) -> dict[str, Any]:
    return {movie["title"]: movie["shows"] for movie in response.data["movies"]["nodes"]}


@pytest.fixture
def show_ids(db: None) -> dict[str, list[str]]:
    """The show IDs by title. A has three shows an hour apart, B has none, and C has five at the same time."""
    a, b, c = a_movie("A"), a_movie("B"), a_movie("C")
    hourly = [make_shows(1, a, starts_at=in_hours(hours))[0] for hours in (11, 12, 13)]
    return {"A": global_ids(hourly), b.title: [], "C": global_ids(make_shows(5, c, starts_at=in_hours(12)))}


def test_each_movie_has_a_page_of_its_own_shows(as_buyer: Api, show_ids: dict[str, list[str]]) -> None:
    shows = shows_by_movie(as_buyer(MOVIES_WITH_SHOWS, first=3))
    assert {title: [node["id"] for node in page["nodes"]] for title, page in shows.items()} == {
        "A": show_ids["A"],
        "B": [],
        "C": show_ids["C"][:3],
    }
    assert {title: page["totalCount"] for title, page in shows.items()} == {"A": 3, "B": 0, "C": 5}
    assert {title: page["pageInfo"]["hasNextPage"] for title, page in shows.items()} == {
        "A": False,
        "B": False,
        "C": True,
    }


def test_each_movie_has_its_own_last_shows(as_buyer: Api, show_ids: dict[str, list[str]]) -> None:
    shows = shows_by_movie(as_buyer(MOVIES_WITH_SHOWS, last=2))
    assert [[node["id"] for node in shows[title]["nodes"]] for title in "ABC"] == [
        show_ids["A"][1:],
        [],
        show_ids["C"][3:],
    ]
    assert [shows[title]["pageInfo"]["hasPreviousPage"] for title in "ABC"] == [True, False, True]


@pytest.mark.parametrize("size", [1, 2, 4])
def test_the_shows_of_a_movie_can_be_read_page_by_page(
    as_buyer: Api, show_ids: dict[str, list[str]], size: int
) -> None:
    for title in ("A", "C"):
        forwards: list[str] = []
        page = shows_by_movie(as_buyer(MOVIES_WITH_SHOWS, first=size))[title]
        while page["nodes"]:
            forwards += [node["id"] for node in page["nodes"]]
            cursor = page["pageInfo"]["endCursor"]
            page = shows_by_movie(as_buyer(MOVIES_WITH_SHOWS, first=size, after=cursor))[title]
        assert forwards == show_ids[title]
        backwards: list[str] = []
        page = shows_by_movie(as_buyer(MOVIES_WITH_SHOWS, last=size))[title]
        while page["nodes"]:
            backwards = [node["id"] for node in page["nodes"]] + backwards
            cursor = page["pageInfo"]["startCursor"]
            page = shows_by_movie(as_buyer(MOVIES_WITH_SHOWS, last=size, before=cursor))[title]
        assert backwards == show_ids[title]


def test_invalid_arguments_of_a_nested_page_are_refused(as_buyer: Api, show_ids: dict[str, list[str]]) -> None:
    for arguments in ({"first": 101}, {"last": -1}, {"first": 1, "last": 1}, {"after": "x"}):
        response = as_buyer(MOVIES_WITH_SHOWS, **arguments)
        assert {error["extensions"]["code"] for error in response.body["errors"]} == {"BAD_USER_INPUT"}


def test_aliases_can_have_different_arguments(as_buyer: Api, show_ids: dict[str, list[str]]) -> None:
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
        "first": {"totalCount": 3, "nodes": [{"id": show_ids["A"][0]}]},
        "last": {"totalCount": 3, "nodes": [{"id": show_ids["A"][2]}]},
        "late": {"totalCount": 2, "nodes": [{"id": id_} for id_ in show_ids["A"][1:]]},
        "shows": {"totalCount": 3},
    }
    assert c == {
        "first": {"totalCount": 5, "nodes": [{"id": show_ids["C"][0]}]},
        "last": {"totalCount": 5, "nodes": [{"id": show_ids["C"][4]}]},
        "late": {"totalCount": 5, "nodes": [{"id": id_} for id_ in show_ids["C"]]},
        "shows": {"totalCount": 5},
    }
    assert data["one"] == {
        "nodes": [{"title": "A", "first": {"nodes": [{"id": id_} for id_ in show_ids["A"][:2]]}}],
    }


def test_pages_can_be_nested_in_movies_of_shows(as_buyer: Api, show_ids: dict[str, list[str]]) -> None:
    document = "{ shows(first: 5) { nodes { id movie { title shows(first: 2) { totalCount nodes { id } } } } } }"
    nodes = as_buyer(document).data["shows"]["nodes"]
    for node in nodes:
        ids = show_ids[node["movie"]["title"]]
        assert node["id"] in ids
        assert node["movie"]["shows"] == {"totalCount": len(ids), "nodes": [{"id": id_} for id_ in ids[:2]]}
    assert {node["movie"]["title"] for node in nodes} == {"A", "C"}

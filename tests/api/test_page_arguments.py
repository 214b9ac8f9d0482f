"""The size of a page, and `totalCount`."""

from datetime import date

import pytest

from cinema.models import User
from tests.api.lists import LISTS, Pages, ids_of, make, make_movies
from tests.conftest import Api
from tests.situations import a_movie


@pytest.mark.parametrize("list_name", LISTS)
def test_a_page_has_twenty_nodes_by_default(as_buyer: Api, buyer: User, list_name: str) -> None:
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
    response = pages.request(**{argument: 101})
    assert response.code == "BAD_USER_INPUT"
    assert response.body["errors"][0]["message"] == f"`{argument}` must be between 0 and 100, not 101."


@pytest.mark.parametrize("list_name", LISTS)
@pytest.mark.parametrize("argument", ["first", "last"])
def test_a_negative_page_size_is_refused(as_buyer: Api, list_name: str, argument: str) -> None:
    response = Pages(as_buyer, list_name).request(**{argument: -1})
    assert response.code == "BAD_USER_INPUT"
    assert response.body["errors"][0]["message"] == f"`{argument}` must be between 0 and 100, not -1."


@pytest.mark.parametrize("list_name", LISTS)
def test_first_and_last_together_are_refused(as_buyer: Api, list_name: str) -> None:
    response = Pages(as_buyer, list_name).request(first=1, last=1)
    assert response.code == "BAD_USER_INPUT"
    assert response.body["errors"][0]["message"] == "Use `first` or `last`, not both."


@pytest.mark.parametrize("list_name", LISTS)
def test_an_empty_page_says_whether_there_are_more(as_buyer: Api, buyer: User, list_name: str) -> None:
    pages = Pages(as_buyer, list_name)
    nothing = {"startCursor": None, "endCursor": None}
    empty = {"edges": [], "nodes": [], "totalCount": 0, "pageInfo": nothing | no_more()}
    assert pages.page(first=0) == pages.page(last=0) == pages.page() == empty
    total = len(make(list_name, 3, buyer))
    assert pages.page(first=0) == empty | {"totalCount": total, "pageInfo": nothing | no_more(hasNextPage=True)}
    assert pages.page(last=0) == empty | {"totalCount": total, "pageInfo": nothing | no_more(hasPreviousPage=True)}


def no_more(**more: bool) -> dict[str, bool]:
    return {"hasNextPage": False, "hasPreviousPage": False, **more}


@pytest.mark.parametrize("list_name", LISTS)
def test_null_arguments_are_like_omitted_ones(as_buyer: Api, buyer: User, list_name: str) -> None:
    make(list_name, 3, buyer)
    pages = Pages(as_buyer, list_name)
    assert pages.page(first=None, after=None, last=None, before=None) == pages.page()


@pytest.mark.parametrize("list_name", LISTS)
def test_the_last_nodes_are_in_the_order_of_the_list(as_buyer: Api, buyer: User, list_name: str) -> None:
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


def test_the_total_counts_the_filtered_list(as_buyer: Api) -> None:
    make_movies(3, released=date(2000, 1, 1))
    a_movie("Another")
    document = '{ movies(filter: { search: "popcorn" }, first: 1) { totalCount nodes { title } } }'
    assert as_buyer(document).data == {"movies": {"totalCount": 3, "nodes": [{"title": "Popcorn"}]}}

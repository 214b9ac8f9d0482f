"""Cursors that are malformed, forged, or from another list."""

import json
from datetime import date

import pytest
from django.db import transaction
from strawberry.relay.utils import to_base64

from cinema.models import User
from tests.api.lists import LISTS, ORDERS, Pages, global_ids, make, make_movies
from tests.conftest import Api, ApiResponse

pytestmark = pytest.mark.both


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
def test_an_invalid_cursor_is_refused(as_buyer: Api, argument: str, cursor: str) -> None:
    for list_name in LISTS:
        response = Pages(as_buyer, list_name).request(**{argument: cursor})
        assert response.code == "BAD_USER_INPUT"
        assert response.body["errors"][0]["message"] == "`after` or `before` is not a valid cursor of this list."


def test_an_empty_cursor_is_ignored(as_buyer: Api) -> None:
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
def test_a_forged_cursor_causes_no_server_error(as_buyer: Api, list_name: str, values: list[str | None]) -> None:
    cursor = to_base64("orderedcursor", json.dumps(values))
    pages = Pages(as_buyer, list_name)
    with transaction.atomic():
        assert_no_server_error(pages.request(after=cursor))
    with transaction.atomic():
        assert_no_server_error(pages.request(before=cursor))


@pytest.mark.parametrize(("list_name", "order"), ORDERS)
def test_a_cursor_of_another_list_or_order_causes_no_server_error(
    as_buyer: Api, buyer: User, list_name: str, order: str
) -> None:
    for each in LISTS:
        make(each, 2, buyer)
    make_movies(1, released=date(2000, 1, 1))
    cursor = Pages(as_buyer, list_name, order).page(first=1)["pageInfo"]["endCursor"]
    for other_list, other_order in ORDERS:
        pages = Pages(as_buyer, other_list, other_order)
        with transaction.atomic():
            assert_no_server_error(pages.request(after=cursor))
        with transaction.atomic():
            assert_no_server_error(pages.request(before=cursor))


def assert_no_server_error(response: ApiResponse) -> None:
    """The response is a page or a client error."""
    assert response.status == 200
    if "errors" in response.body:
        assert response.code == "BAD_USER_INPUT"

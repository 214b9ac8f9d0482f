"""`nodes(ids)`: many objects by their IDs. `tests/api/permissions` tests who can see them."""

import pytest
from pytest_django import DjangoAssertNumQueries
from strawberry.relay.utils import to_base64

from cinema.models import Show, User
from tests import situations
from tests.conftest import Api, global_id

NODES = """
query ($ids: [ID!]!) {
  nodes(ids: $ids) { id ... on Show { movie { title genres } } ... on Booking { reference tickets { seat } } }
}
"""


@pytest.mark.both
def test_objects_are_in_the_order_of_the_ids(api: Api, show: Show, buyer: User) -> None:
    own, other = (situations.a_booking(label, show=show, by=by) for label, by in (("A1", buyer), ("A2", None)))
    ids = [global_id(each) for each in (show, own, show.movie, other, show, show.screen)]
    ids += [to_base64("Show", 2**62), to_base64("Price", 1)]

    found = api.logged_in_as(buyer)(NODES, ids=ids).data["nodes"]

    assert [node and node["id"] for node in found] == [*ids[:3], None, *ids[4:6], None, None]
    assert found[0] == found[4]
    assert found[1] == {"id": ids[1], "reference": own.reference, "tickets": [{"seat": "A1"}]}
    assert api(NODES, ids=[]).data == {"nodes": []}


@pytest.mark.parametrize("count", [1, 10])
def test_one_query_reads_the_objects_of_a_type(
    api: Api, buyer: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    bookings = [situations.a_booking("A1", by=buyer) for _ in range(count)]
    ids = [global_id(each) for booking in bookings for each in (booking, booking.show)]
    as_buyer = api.logged_in_as(buyer)

    # viewer, their permissions and those of their groups; bookings, tickets, seats; shows, genres
    with django_assert_num_queries(8):
        assert all(as_buyer(NODES, ids=ids).data["nodes"])


def test_an_error_affects_only_its_object(api: Api, show: Show) -> None:
    as_nobody = Api(api.client, "invalid")

    response = as_nobody(NODES, ids=["x", global_id(show.movie), to_base64("Booking", 1)])

    assert response.body["data"] == {"nodes": [None, {"id": global_id(show.movie)}, None]}
    assert [(error["path"], error["extensions"]["code"]) for error in response.body["errors"]] == [
        (["nodes", 0], "BAD_USER_INPUT"),
        (["nodes", 2], "UNAUTHENTICATED"),
    ]


def test_more_than_100_ids_are_refused(api: Api, show: Show) -> None:
    ids = [global_id(show)] * 101

    assert len(api(NODES, ids=ids[:100]).data["nodes"]) == 100
    response = api(NODES, ids=ids)
    assert (response.code, response.body["data"]) == ("BAD_USER_INPUT", None)
    assert response.body["errors"][0]["message"] == "`ids` can have at most 100 IDs, not 101."

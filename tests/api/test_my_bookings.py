from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from cinema.booking import bookings
from cinema.models import User
from tests import situations
from tests.conftest import Api, global_id

pytestmark = pytest.mark.both

MY_BOOKINGS = """
query ($filter: BookingFilter, $first: Int, $after: String) {
  myBookings(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { reference status tickets { seat } show { startsAt movie { title } } }
  }
}
"""


def references(api: Api, **variables: Any) -> list[str]:
    return [node["reference"] for node in api(MY_BOOKINGS, **variables).data["myBookings"]["nodes"]]


def test_bookings_of_the_viewer_are_listed_newest_first(api: Api, buyer: User) -> None:
    first, second = (situations.a_booking("A1", "A2", by=buyer) for _ in range(2))
    situations.a_booking()

    result = api.logged_in_as(buyer)(MY_BOOKINGS).data["myBookings"]

    assert result == {
        "totalCount": 2,
        "pageInfo": {"hasNextPage": False, "endCursor": result["pageInfo"]["endCursor"]},
        "nodes": [
            {
                "reference": booking.reference,
                "status": "CONFIRMED",
                "tickets": [{"seat": "A1"}, {"seat": "A2"}],
                "show": {
                    "startsAt": booking.show.starts_at.isoformat(),
                    "movie": {"title": booking.show.movie.title},
                },
            }
            for booking in (second, first)
        ],
    }


def test_bookings_are_filtered_by_status(api: Api, buyer: User) -> None:
    cancelled, confirmed = (situations.a_booking(by=buyer) for _ in range(2))
    bookings.cancel(booking_id=cancelled.pk, by=buyer)
    viewer = api.logged_in_as(buyer)

    assert references(viewer, filter={"status": "CANCELLED"}) == [cancelled.reference]
    assert references(viewer, filter={"status": "CONFIRMED"}) == [confirmed.reference]


def test_bookings_are_filtered_by_statuses(api: Api, buyer: User) -> None:
    show = situations.a_show()
    held = situations.a_hold("A1", show=show, by=buyer)
    expired = situations.a_hold("A2", show=show, by=buyer, minutes_left=-1)
    confirmed = situations.a_booking("A3", show=show, by=buyer)
    viewer = api.logged_in_as(buyer)

    assert references(viewer, filter={"statuses": ["HELD", "CONFIRMED"]}) == [confirmed.reference, held.reference]
    assert references(viewer, filter={"statuses": ["EXPIRED", "CANCELLED"]}) == [expired.reference]
    assert references(viewer, filter={"statuses": ["HELD", "EXPIRED"], "status": "HELD"}) == [held.reference]
    assert references(viewer, filter={"statuses": ["HELD"], "status": "CONFIRMED"}) == []
    assert references(viewer, filter={"statuses": []}) == []


def test_bookings_are_filtered_by_show(api: Api, buyer: User) -> None:
    booking, other = (situations.a_booking(by=buyer) for _ in range(2))
    situations.a_booking("A2", show=booking.show)
    viewer = api.logged_in_as(buyer)

    assert references(viewer, filter={"showId": global_id(booking.show)}) == [booking.reference]
    assert references(viewer, filter={"showId": None}) == [other.reference, booking.reference]
    assert viewer(MY_BOOKINGS, filter={"showId": global_id(booking)}).code == "BAD_USER_INPUT"


def test_a_show_is_upcoming_until_it_has_ended(api: Api, buyer: User) -> None:
    upcoming, past = (situations.a_booking(by=buyer) for _ in range(2))
    for booking, hours_left in ((upcoming, 0.1), (past, -0.1)):
        booking.show.starts_at, booking.show.ends_at = situations.in_hours(-3), situations.in_hours(hours_left)
        booking.show.save()
    viewer = api.logged_in_as(buyer)

    assert references(viewer, filter={"upcoming": True}) == [upcoming.reference]
    assert references(viewer, filter={"upcoming": False}) == [past.reference]
    assert references(viewer, filter={"upcoming": None}) == [past.reference, upcoming.reference]


def test_login_is_required(api: Api) -> None:
    assert api(MY_BOOKINGS).code == "UNAUTHENTICATED"


# ---------------------------------------------------------------------- User.bookings

ME = """
query ($filter: BookingFilter, $first: Int, $after: String) {
  me {
    bookings(filter: $filter, first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { reference status tickets { seat } show { startsAt movie { title } } }
    }
  }
}
"""


def test_the_bookings_of_me_are_my_bookings(api: Api, buyer: User) -> None:
    for label in ("A1", "A2", "A3"):
        situations.a_booking(label, by=buyer)
    situations.a_booking()
    viewer = api.logged_in_as(buyer)
    cursor = viewer(MY_BOOKINGS, first=1).data["myBookings"]["pageInfo"]["endCursor"]

    for variables in ({}, {"first": 2}, {"after": cursor}, {"filter": {"status": "CANCELLED"}}):
        assert viewer(ME, **variables).data["me"]["bookings"] == viewer(MY_BOOKINGS, **variables).data["myBookings"]


def test_me_is_null_without_login(api: Api) -> None:
    assert api(ME).data == {"me": None}


TIMELINE = """
query ($show: ID!) {
  seatTimeline(showId: $show, seat: "A1") { by { username bookings(first: 1) { totalCount nodes { reference } } } }
}
"""


def test_the_bookings_of_several_users_are_read_together(
    api: Api, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    show, users = situations.a_show(), [situations.a_user() for _ in range(3)]
    for user in users:
        cancelled = situations.a_booking("A1", show=show, by=user)
        bookings.cancel(booking_id=cancelled.pk, by=user)
    newest = [situations.a_booking(by=user).reference for user in users]
    staff = api.logged_in_as(situations.a_staff_member("view_booking"))

    # viewer, their permissions and those of their groups; events; bookings, counts of bookings
    with django_assert_num_queries(6):
        events = staff(TIMELINE, show=global_id(show)).data["seatTimeline"]

    found = {event["by"]["username"]: event["by"]["bookings"] for event in events}
    assert found == {
        user.username: {"totalCount": 2, "nodes": [{"reference": reference}]}
        for user, reference in zip(users, newest, strict=True)
    }


def test_other_users_bookings_require_the_permission(api: Api, buyer: User) -> None:
    """A login returns a user to a client that has sent no token, or the token of another user."""
    document = """
    mutation ($input: LoginInput!) { login(input: $input) { ... on Session { user { bookings { totalCount } } } } }
    """
    other = situations.a_booking().user

    for viewer, code in ((api, "UNAUTHENTICATED"), (api.logged_in_as(buyer), "FORBIDDEN")):
        response = viewer(document, input={"username": other.username, "password": situations.PASSWORD})
        assert (response.code, response.body["data"]["login"]) == (code, {"user": {"bookings": None}})


# ---------------------------------------------------------------------- booking

BOOKING = "query ($reference: String!) { booking(reference: $reference) { id reference } }"


@pytest.mark.parametrize("spelling", [str, str.lower, lambda r: f" {r[:4]}-{r[4:]} ", lambda r: " ".join(r.lower())])
def test_a_booking_is_found_by_its_reference_in_any_spelling(api: Api, buyer: User, spelling: Any) -> None:
    booking = situations.a_booking(by=buyer)

    response = api.logged_in_as(buyer)(BOOKING, reference=spelling(booking.reference))

    assert response.data["booking"] == {"id": global_id(booking), "reference": booking.reference}


def test_only_staff_can_find_another_users_booking(api: Api, buyer: User) -> None:
    other_booking = situations.a_booking()

    assert api.logged_in_as(buyer)(BOOKING, reference=other_booking.reference).data == {"booking": None}
    staff = api.logged_in_as(situations.a_staff_member("view_booking"))
    assert staff(BOOKING, reference=other_booking.reference).data["booking"]["reference"] == other_booking.reference


@pytest.mark.parametrize("spelling", ["", "NOSUCH", "K7QD3WXM" * 1000])
def test_an_unknown_reference_is_null(api: Api, buyer: User, spelling: str) -> None:
    assert api.logged_in_as(buyer)(BOOKING, reference=spelling).data == {"booking": None}


def test_looking_up_a_reference_requires_login(api: Api) -> None:
    assert api(BOOKING, reference="K7QD3WXM").code == "UNAUTHENTICATED"

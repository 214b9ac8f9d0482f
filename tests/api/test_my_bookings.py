from typing import Any

import pytest

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


def test_bookings_are_filtered_by_upcoming_shows(api: Api, buyer: User) -> None:
    upcoming, past = (situations.a_booking(by=buyer) for _ in range(2))
    past.show.starts_at, past.show.ends_at = situations.in_hours(-3), situations.in_hours(-1)
    past.show.save()
    viewer = api.logged_in_as(buyer)

    assert references(viewer, filter={"upcoming": True}) == [upcoming.reference]
    assert references(viewer, filter={"upcoming": False}) == [past.reference]
    assert references(viewer, filter={"upcoming": None}) == [past.reference, upcoming.reference]


def test_login_is_required(api: Api) -> None:
    assert api(MY_BOOKINGS).code == "UNAUTHENTICATED"


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

from decimal import Decimal
from typing import Any

import pytest
from strawberry.relay.utils import to_base64

from cinema.booking import blocks
from cinema.models import Show, Ticket
from tests import situations
from tests.conftest import Api, global_id
from tests.stored import nothing_changes

CANCEL_SHOW = """
mutation ($input: CancelShowInput!) {
  cancelShow(input: $input) {
    __typename
    ... on Show { id status seatsTotal seatsAvailable }
    ... on Problem { message }
    ... on InvalidInput { fields { field code message } }
    ... on Busy { retryAfterMs }
  }
}
"""


@pytest.fixture
def staff(api: Api) -> Api:
    return api.logged_in_as(situations.a_staff_member("change_show"))


def cancel(staff: Api, show: Show) -> Any:
    return staff(CANCEL_SHOW, input={"showId": global_id(show)}).data["cancelShow"]


def test_a_show_is_cancelled_with_its_bookings(staff: Api, show: Show) -> None:
    sold, held = situations.a_booking("A1", "A2", show=show), situations.a_hold("B1", show=show)
    blocks.block(show_id=show.pk, labels=["C1"])

    result = cancel(staff, show)

    assert result == {
        "__typename": "Show",
        "id": global_id(show),
        "status": "CANCELLED",
        "seatsTotal": 21,
        "seatsAvailable": 0,
    }
    for booking in (sold, held):
        booking.refresh_from_db()
        assert (booking.status, booking.total) == ("CANCELLED", Decimal(0))
    assert not Ticket.objects.unreleased().exists()


def test_cancelling_a_show_twice_changes_nothing(staff: Api, show: Show) -> None:
    situations.a_booking("A1", show=show)
    first = cancel(staff, show)

    with nothing_changes():
        second = cancel(staff, show)

    assert first == second


def test_an_ended_show_is_not_cancelled(staff: Api, show: Show) -> None:
    situations.a_booking("A1", show=show)
    situations.start_show(show, hours_ago=5)

    with nothing_changes():
        result = cancel(staff, show)

    assert result == {
        "__typename": "InvalidInput",
        "message": "This show has ended.",
        "fields": [{"field": "showId", "code": "over", "message": "This show has ended."}],
    }


def test_a_show_that_does_not_exist_is_not_found(staff: Api, show: Show) -> None:
    with nothing_changes():
        assert staff(CANCEL_SHOW, input={"showId": to_base64("Show", 999_999)}).code == "NOT_FOUND"


def test_the_id_of_another_type_is_refused(staff: Api, show: Show) -> None:
    with nothing_changes():
        response = staff(CANCEL_SHOW, input={"showId": global_id(show.movie)})

    assert response.code == "BAD_USER_INPUT"

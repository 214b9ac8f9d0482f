"""Access to the history of a seat."""

import pytest
from strawberry.relay.utils import to_base64

from cinema.booking import blocks, holds
from cinema.models import Booking, Show, User
from tests import situations
from tests.api.timelines import BOOKING_TIMELINE, SEAT_TIMELINE, kinds_and_actors, query_seat_timeline, seat_timeline
from tests.conftest import Api, global_id


@pytest.fixture
def hold(show: Show, buyer: User) -> Booking:
    """A hold of A1 and A2 for 8 minutes."""
    return holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer)


def test_the_last_event_of_a_seat_explains_its_status(as_staff: Api, show: Show, buyer: User, manager: User) -> None:
    situations.a_booking("A1", show=show, by=buyer)
    holds.acquire(show_id=show.pk, wanted=["A2"], by=buyer)
    blocks.block(show_id=show.pk, labels=["A3"], by=manager)

    last_events = {
        label: kinds_and_actors(seat_timeline(as_staff, show, label))[-1:] for label in ("A1", "A2", "A3", "A4")
    }

    assert last_events == {
        "A1": [("CONFIRMED", buyer.username)],
        "A2": [("HELD", buyer.username)],
        "A3": [("BLOCKED", manager.username)],
        "A4": [],
    }


def test_the_label_is_normalized(as_staff: Api, show: Show, hold: Booking) -> None:
    assert len(seat_timeline(as_staff, show, " a 1")) == 1


def test_the_same_seat_of_another_show_has_a_separate_history(as_staff: Api, show: Show, hold: Booking) -> None:
    other = situations.a_show(screen=show.screen, starts_at=situations.in_hours(48))

    assert seat_timeline(as_staff, other) == []


def test_events_remain_after_the_actor_is_deleted(as_staff: Api, show: Show, manager: User) -> None:
    blocks.block(show_id=show.pk, labels=["A1"], by=manager)
    manager.delete()

    assert kinds_and_actors(seat_timeline(as_staff, show)) == [("BLOCKED", None)]


@pytest.mark.parametrize("seat", ["Z9", "", "A99"])
def test_an_unknown_seat_is_not_found(as_staff: Api, show: Show, seat: str) -> None:
    assert query_seat_timeline(as_staff, show, seat).code == "NOT_FOUND"


@pytest.mark.parametrize(
    ("show_id", "code"),
    [(to_base64("Show", 999_999), "NOT_FOUND"), (to_base64("Movie", 1), "BAD_USER_INPUT"), ("", "BAD_USER_INPUT")],
)
def test_a_nonexistent_show_is_refused(as_staff: Api, show_id: str, code: str) -> None:
    assert as_staff(SEAT_TIMELINE, showId=show_id, seat="A1").code == code


def test_a_buyer_cannot_see_the_history_of_their_booking(as_buyer: Api, show: Show, hold: Booking) -> None:
    response = as_buyer(BOOKING_TIMELINE, reference=hold.reference)

    assert response.code == "FORBIDDEN"
    assert response.body["errors"][0]["path"] == ["booking", "timeline"]
    assert response.body["data"] == {"booking": {"timeline": None}}
    assert query_seat_timeline(as_buyer, show, "A1").code == "FORBIDDEN"


def test_login_is_required(api: Api, show: Show, hold: Booking) -> None:
    assert query_seat_timeline(api, show, "A1").code == "UNAUTHENTICATED"


def test_a_buyer_cannot_see_the_history_in_the_result_of_a_mutation(as_buyer: Api, show: Show) -> None:
    document = """
        mutation ($input: BookSeatInput!) { bookSeat(input: $input) { ... on Booking { status timeline { kind } } } }
    """

    response = as_buyer(document, input={"showId": global_id(show), "seat": "A1"})

    assert response.code == "FORBIDDEN"
    assert response.body["data"] == {"bookSeat": {"status": "CONFIRMED", "timeline": None}}

"""The history of a seat: which seats it is found for, and who may see it."""

import pytest
from strawberry.relay.utils import to_base64

from cinema.booking import blocks, holds
from cinema.models import Booking, Show, User
from tests import situations
from tests.api.timelines import BOOKING_TIMELINE, SEAT_TIMELINE, asked, of_seat, who_did_what
from tests.conftest import Api, global_id


@pytest.fixture
def hold(show: Show, buyer: User) -> Booking:
    """A hold of A1 and A2 for 8 minutes."""
    return holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer)


def test_the_last_event_of_a_seat_explains_its_status(clerk: Api, show: Show, buyer: User, boss: User) -> None:
    situations.a_booking("A1", show=show, by=buyer)
    holds.acquire(show_id=show.pk, wanted=["A2"], by=buyer)
    blocks.block(show_id=show.pk, labels=["A3"], by=boss)

    last_events = {label: who_did_what(of_seat(clerk, show, label))[-1:] for label in ("A1", "A2", "A3", "A4")}

    assert last_events == {
        "A1": [("CONFIRMED", buyer.username)],
        "A2": [("HELD", buyer.username)],
        "A3": [("BLOCKED", boss.username)],
        "A4": [],
    }


def test_a_seat_is_found_as_people_type_it(clerk: Api, show: Show, hold: Booking) -> None:
    assert len(of_seat(clerk, show, " a 1")) == 1


def test_the_seat_of_another_show_has_a_history_of_its_own(clerk: Api, show: Show, hold: Booking) -> None:
    other = situations.a_show(screen=show.screen, starts_at=situations.in_hours(48))

    assert of_seat(clerk, other) == []


def test_events_outlive_the_account_of_the_actor(clerk: Api, show: Show, boss: User) -> None:
    blocks.block(show_id=show.pk, labels=["A1"], by=boss)
    boss.delete()

    assert who_did_what(of_seat(clerk, show)) == [("BLOCKED", None)]


@pytest.mark.parametrize("seat", ["Z9", "", "A99"])
def test_an_unknown_seat_is_not_found(clerk: Api, show: Show, seat: str) -> None:
    assert asked(clerk, show, seat).code == "NOT_FOUND"


@pytest.mark.parametrize(
    ("show_id", "code"),
    [(to_base64("Show", 999_999), "NOT_FOUND"), (to_base64("Movie", 1), "BAD_USER_INPUT"), ("", "BAD_USER_INPUT")],
)
def test_a_show_that_does_not_exist(clerk: Api, show_id: str, code: str) -> None:
    assert clerk(SEAT_TIMELINE, showId=show_id, seat="A1").code == code


def test_a_buyer_may_not_see_the_history_of_their_own_booking(as_buyer: Api, show: Show, hold: Booking) -> None:
    response = as_buyer(BOOKING_TIMELINE, reference=hold.reference)

    assert response.code == "FORBIDDEN"
    assert response.body["errors"][0]["path"] == ["booking", "timeline"]
    assert response.body["data"] == {"booking": {"timeline": None}}
    assert asked(as_buyer, show, "A1").code == "FORBIDDEN"


def test_login_is_required(api: Api, show: Show, hold: Booking) -> None:
    assert asked(api, show, "A1").code == "UNAUTHENTICATED"


def test_a_buyer_may_not_see_the_history_through_a_mutation(as_buyer: Api, show: Show) -> None:
    document = """
        mutation ($input: BookSeatInput!) { bookSeat(input: $input) { ... on Booking { status timeline { kind } } } }
    """

    response = as_buyer(document, input={"showId": global_id(show), "seat": "A1"})

    assert response.code == "FORBIDDEN"
    assert response.body["data"] == {"bookSeat": {"status": "CONFIRMED", "timeline": None}}

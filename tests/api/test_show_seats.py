"""Seats in a show as nodes: the same identity and state everywhere."""

from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from strawberry.relay.utils import to_base64

from cinema.booking import blocks, bookings
from cinema.catalog import scheduling, theaters
from cinema.catalog.layouts import SeatCategory
from cinema.models import Show, User
from tests import situations
from tests.api.full_days import ONE_OR_MANY, a_full_day
from tests.conftest import Api, global_id

pytestmark = pytest.mark.both

SEAT = "id label row number column category price { amount currency } status mine"
SEAT_MAP = f"query ($id: ID!) {{ show(id: $id) {{ seatMap {{ rows {{ seats {{ {SEAT} }} }} }} }} }}"
NODE = f"query ($id: ID!) {{ node(id: $id) {{ __typename id ... on ShowSeat {{ {SEAT} }} }} }}"
NODES = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on ShowSeat {{ {SEAT} }} }} }}"
CHANGES = f"query ($id: ID!, $since: String!) {{ seatChanges(showId: $id, since: $since) {{ seats {{ {SEAT} }} }} }}"
MY_BOOKINGS = f"{{ myBookings(first: 30) {{ nodes {{ tickets {{ seat status showSeat {{ {SEAT} }} }} }} }} }}"
LONG_AGO = to_base64("moment", "2000-01-01T00:00:00+00:00")
BOOK = """
mutation ($input: BookSeatInput!) {
  bookSeat(input: $input) {
    ... on Booking { id tickets { showSeat { id status mine } } show { id seatsAvailable status } }
  }
}
"""
HOLD = """
mutation ($input: HoldSeatsInput!) {
  holdSeats(input: $input) {
    ... on Booking { id tickets { showSeat { id status mine } } show { id seatsAvailable status } }
  }
}
"""
CANCEL = """
mutation ($input: CancelBookingInput!) {
  cancelBooking(input: $input) {
    ... on Booking { tickets { showSeat { id status mine } } show { id seatsAvailable status } }
  }
}
"""


def seats_on_map(api: Api, show: Show) -> dict[str, Any]:
    rows = api(SEAT_MAP, id=global_id(show)).data["show"]["seatMap"]["rows"]
    return {seat["label"]: seat for row in rows for seat in row["seats"]}


def seats_of_tickets(api: Api) -> dict[str, Any]:
    nodes = api(MY_BOOKINGS).data["myBookings"]["nodes"]
    return {ticket["seat"]: ticket["showSeat"] for booking in nodes for ticket in booking["tickets"]}


def node(api: Api, global_id_: str) -> Any:
    found = api(NODE, id=global_id_).data["node"]
    return found and {name: value for name, value in found.items() if name != "__typename"}


def test_accessible_seats_are_counted_separately(api: Api, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    some, none, cancelled = (situations.a_show(rows=["SPWC", "WCC_S"]) for _ in range(3))
    situations.a_booking("A1", "A3", show=some)
    situations.a_hold("B1", show=some)
    situations.a_hold("A4", show=some, minutes_left=-5)
    blocks.block(show_id=some.pk, labels=["B2"])
    situations.a_booking("A3", "A4", "B1", "B2", "B3", show=none)
    scheduling.cancel(show_id=cancelled.pk)
    counts = "{ shows { nodes { id seatsAvailable accessibleSeatsAvailable } } }"

    with django_assert_num_queries(3):
        shows = api(counts).data["shows"]["nodes"]

    assert {show["id"]: (show["seatsAvailable"], show["accessibleSeatsAvailable"]) for show in shows} == {
        global_id(some): (4, 2),
        global_id(none): (3, 0),
        global_id(cancelled): (0, 0),
    }


def test_a_seat_is_the_same_everywhere(api: Api, buyer: User) -> None:
    show = situations.a_show(rows=["SPWC", "SSS_S"])
    situations.a_booking("A2", show=show, by=buyer)
    situations.a_hold("B4", show=show, by=buyer)
    viewer = api.logged_in_as(buyer)
    expired = situations.a_hold("B1", "B2", show=show, by=buyer, minutes_left=-5)
    situations.a_booking("B1", show=show)
    blocks.block(show_id=show.pk, labels=["A1"])

    on_map = seats_on_map(viewer, show)
    changed = viewer(CHANGES, id=global_id(show), since=LONG_AGO).data["seatChanges"]["seats"]

    assert len({seat["id"] for seat in on_map.values()}) == len(on_map)
    assert {label: seat["status"] + "*" * seat["mine"] for label, seat in on_map.items()} == {
        "A1": "BLOCKED",
        "A2": "BOOKED*",
        "A3": "AVAILABLE",
        "A4": "AVAILABLE",
        "B1": "BOOKED",
        "B2": "AVAILABLE",
        "B3": "AVAILABLE",
        "B4": "HELD*",
    }
    assert all(node(viewer, seat["id"]) == seat for seat in on_map.values())
    assert all(on_map[seat["label"]] == seat for seat in changed)
    assert {"A1", "A2", "B1", "B2", "B4"} <= {seat["label"] for seat in changed}
    assert expired.tickets.count() == 2
    assert seats_of_tickets(viewer) == {label: on_map[label] for label in ("A2", "B1", "B2", "B4")}


def test_shows_on_the_same_screen_do_not_share_seats(api: Api) -> None:
    show = situations.a_show(rows=["SS"])
    other = situations.a_show(screen=show.screen, starts_at=situations.in_hours(48))
    situations.a_booking("A1", show=other)

    mine, others = seats_on_map(api, show), seats_on_map(api, other)

    assert not {seat["id"] for seat in mine.values()} & {seat["id"] for seat in others.values()}
    assert (node(api, mine["A1"]["id"])["status"], node(api, others["A1"]["id"])["status"]) == ("AVAILABLE", "BOOKED")


def test_mutations_return_the_seats_and_the_show_after_the_mutation(api: Api, buyer: User) -> None:
    show = situations.a_show(rows=["SSS"])
    viewer = api.logged_in_as(buyer)
    ids = {label: seat["id"] for label, seat in seats_on_map(api, show).items()}

    def state(label: str, status: str, *, mine: bool) -> Any:
        return {"showSeat": {"id": ids[label], "status": status, "mine": mine}}

    held = viewer(HOLD, input={"showId": global_id(show), "selection": {"seats": ["A1", "A2"]}}).data["holdSeats"]
    booked = viewer(BOOK, input={"showId": global_id(show), "seat": "A3"}).data["bookSeat"]
    cancelled = viewer(CANCEL, input={"bookingId": held["id"], "seats": ["A1"]}).data["cancelBooking"]

    assert held == {
        "id": held["id"],
        "tickets": [state("A1", "HELD", mine=True), state("A2", "HELD", mine=True)],
        "show": {"id": global_id(show), "seatsAvailable": 1, "status": "ON_SALE"},
    }
    assert booked == {
        "id": booked["id"],
        "tickets": [state("A3", "BOOKED", mine=True)],
        "show": {"id": global_id(show), "seatsAvailable": 0, "status": "SOLD_OUT"},
    }
    assert cancelled == {
        "tickets": [state("A1", "AVAILABLE", mine=False), state("A2", "HELD", mine=True)],
        "show": {"id": global_id(show), "seatsAvailable": 1, "status": "ON_SALE"},
    }


def test_a_seat_has_the_current_price_and_its_ticket_keeps_its_own(api: Api, buyer: User) -> None:
    show = situations.a_show(rows=["SS"])
    situations.a_booking("A1", show=show, by=buyer)
    scheduling.reschedule(show_id=show.pk, prices={SeatCategory.STANDARD: Decimal(12)})
    document = "{ myBookings { nodes { tickets { price { amount } showSeat { price { amount } } } } } }"

    ((ticket,),) = (it["tickets"] for it in api.logged_in_as(buyer)(document).data["myBookings"]["nodes"])

    assert ticket == {"price": {"amount": "10.00"}, "showSeat": {"price": {"amount": "12.00"}}}


def test_seats_of_a_cancelled_show_are_blocked(api: Api, buyer: User) -> None:
    show = situations.a_show(rows=["SS"])
    situations.a_booking("A1", show=show, by=buyer)
    scheduling.cancel(show_id=show.pk)
    viewer = api.logged_in_as(buyer)

    on_map = seats_on_map(viewer, show)

    assert {(seat["status"], seat["mine"]) for seat in on_map.values()} == {("BLOCKED", False)}
    assert seats_of_tickets(viewer) == {"A1": on_map["A1"]}
    assert node(viewer, on_map["A2"]["id"]) == on_map["A2"]
    assert api("query ($id: ID!) { show(id: $id) { status seatsAvailable seatsTotal } }", id=global_id(show)).data == {
        "show": {"status": "CANCELLED", "seatsAvailable": 0, "seatsTotal": 2}
    }


def test_a_seat_keeps_its_identity_in_a_changed_plan(api: Api) -> None:
    show = situations.a_show(rows=["SS"])
    before = seats_on_map(api, show)
    theaters.change_screen(screen_id=show.screen_id, rows=["_SP"])

    after = seats_on_map(api, show)

    assert {label: seat["id"] for label, seat in after.items()} == {label: seat["id"] for label, seat in before.items()}
    assert [(seat["category"], seat["column"]) for seat in after.values()] == [("STANDARD", 2), ("PREMIUM", 3)]
    assert node(api, after["A2"]["id"]) == after["A2"]


def test_a_ticket_for_a_seat_that_has_left_the_plan_keeps_its_seat(api: Api, buyer: User) -> None:
    show = situations.a_show(rows=["SS"])
    booking = situations.a_booking("A1", "A2", show=show, by=buyer)
    bookings.cancel(booking_id=booking.pk, by=buyer, labels=["A2"])
    situations.start_show(show, hours_ago=5)
    theaters.change_screen(screen_id=show.screen_id, rows=["P"])
    viewer = api.logged_in_as(buyer)

    of_tickets = seats_of_tickets(viewer)

    assert [(it["category"], it["status"], it["mine"]) for it in of_tickets.values()] == [
        ("STANDARD", "BOOKED", True),
        ("STANDARD", "BLOCKED", False),
    ]
    assert all(node(viewer, seat["id"]) == seat for seat in of_tickets.values())
    # The label belongs to another seat.
    assert of_tickets["A1"]["id"] != seats_on_map(viewer, show)["A1"]["id"]


@pytest.mark.parametrize("key", ["{show}:A9", "{show}:ZZ1", "999:A1", "{show}:A1:999", "{other}:A1:{seat}"])
def test_an_unknown_seat_is_null(api: Api, show: Show, key: str) -> None:
    other = situations.a_show()
    seat = situations.a_booking("A1", show=show).tickets.get().seat_id

    assert node(api, to_base64("ShowSeat", key.format(show=show.pk, other=other.pk, seat=seat))) is None


@pytest.mark.parametrize("key", ["", "1", "1:", "1:a1", ":A1", "1:A1:", "1:A1:x", "1:A1:1:1", "9" * 19 + ":A1", "x:A1"])
def test_a_malformed_key_is_refused(api: Api, key: str) -> None:
    assert api(NODE, id=to_base64("ShowSeat", key)).code == "BAD_USER_INPUT"


@ONE_OR_MANY
def test_seats_of_all_tickets_take_one_query(
    api: Api, buyer: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for show in a_full_day(count):
        situations.a_booking("C3", "C4", show=show, by=buyer)
    viewer = api.logged_in_as(buyer)

    # viewer, bookings, tickets, seats, their current state
    with django_assert_num_queries(5):
        found = viewer(MY_BOOKINGS.replace("status showSeat", "showSeat")).data["myBookings"]["nodes"]
    seats = [ticket["showSeat"] for booking in found for ticket in booking["tickets"]]
    # viewer, seats
    with django_assert_num_queries(2):
        nodes = viewer(NODES, ids=[seat["id"] for seat in seats]).data["nodes"]

    assert [seat["status"] for seat in seats] == ["BOOKED"] * 2 * count
    assert nodes == seats

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from strawberry.relay.utils import from_base64

from cinema.booking import blocks, bookings
from cinema.catalog import scheduling, theaters
from cinema.catalog.layouts import SeatCategory
from cinema.core import clock
from cinema.models import Show, User
from tests import situations
from tests.conftest import Api, global_id

pytestmark = pytest.mark.both

SEAT_MAP = """
query ($id: ID!) {
  show(id: $id) {
    seatMap {
      cursor
      rows {
        label
        position
        seats { label row number column category price { amount currency } status mine }
      }
    }
  }
}
"""


def seat_map(api: Api, show: Show) -> Any:
    return api(SEAT_MAP, id=global_id(show)).data["show"]["seatMap"]


def statuses(api: Api, show: Show) -> dict[str, str]:
    """Statuses by label. An asterisk marks the viewer's own seats."""
    return {
        seat["label"]: seat["status"] + "*" * seat["mine"]
        for row in seat_map(api, show)["rows"]
        for seat in row["seats"]
    }


def test_the_seat_map_of_a_show(api: Api) -> None:
    show = situations.a_show(rows=["S_P", "___", "_WC"])

    assert seat_map(api, show)["rows"] == [
        {
            "label": "A",
            "position": 1,
            "seats": [
                {
                    "label": "A1",
                    "row": "A",
                    "number": 1,
                    "column": 1,
                    "category": "STANDARD",
                    "price": {"amount": "10.00", "currency": "USD"},
                    "status": "AVAILABLE",
                    "mine": False,
                },
                {
                    "label": "A2",
                    "row": "A",
                    "number": 2,
                    "column": 3,
                    "category": "PREMIUM",
                    "price": {"amount": "15.50", "currency": "USD"},
                    "status": "AVAILABLE",
                    "mine": False,
                },
            ],
        },
        {
            "label": "C",
            "position": 3,
            "seats": [
                {
                    "label": "C1",
                    "row": "C",
                    "number": 1,
                    "column": 2,
                    "category": "WHEELCHAIR",
                    "price": {"amount": "8.00", "currency": "USD"},
                    "status": "AVAILABLE",
                    "mine": False,
                },
                {
                    "label": "C2",
                    "row": "C",
                    "number": 2,
                    "column": 3,
                    "category": "COMPANION",
                    "price": {"amount": "8.00", "currency": "USD"},
                    "status": "AVAILABLE",
                    "mine": False,
                },
            ],
        },
    ]


def test_rows_after_row_z_are_in_order(api: Api) -> None:
    show = situations.a_show(rows=["S"] * 30)

    labels = [row["label"] for row in seat_map(api, show)["rows"]]

    assert labels[:2] + labels[24:] == ["A", "B", "Y", "Z", "AA", "AB", "AC", "AD"]


def test_seats_are_ordered_by_number(api: Api) -> None:
    show = situations.a_show(rows=["S" * 12])

    (row,) = seat_map(api, show)["rows"]

    assert [seat["number"] for seat in row["seats"]] == list(range(1, 13))


def test_the_statuses_of_seats(api: Api) -> None:
    show = situations.a_show(rows=["SSSSS"])
    situations.a_booking("A1", show=show)
    situations.a_hold("A2", show=show)
    situations.a_hold("A3", show=show, minutes_left=-1)
    blocks.block(show_id=show.pk, labels=["A4"])

    assert statuses(api, show) == {
        "A1": "BOOKED",
        "A2": "HELD",
        "A3": "AVAILABLE",
        "A4": "BLOCKED",
        "A5": "AVAILABLE",
    }


def test_a_cancelled_seat_is_available(api: Api, buyer: User) -> None:
    show = situations.a_show(rows=["SS"])
    booking = situations.a_booking("A1", "A2", show=show, by=buyer)
    bookings.cancel(booking_id=booking.pk, by=buyer, labels=["A2"])

    assert statuses(api, show) == {"A1": "BOOKED", "A2": "AVAILABLE"}


def test_a_cancelled_show_has_no_available_seats(api: Api) -> None:
    show = situations.a_show(rows=["SS"])
    situations.a_booking("A1", show=show)
    scheduling.cancel(show_id=show.pk)

    assert statuses(api, show) == {"A1": "BLOCKED", "A2": "BLOCKED"}


def test_seats_of_the_viewer_are_marked_as_their_own(api: Api, buyer: User) -> None:
    show = situations.a_show(rows=["SSSS"])
    situations.a_booking("A1", show=show, by=buyer)
    situations.a_hold("A2", show=show, by=buyer)
    situations.a_booking("A3", show=show)

    assert statuses(api.logged_in_as(buyer), show) == {
        "A1": "BOOKED*",
        "A2": "HELD*",
        "A3": "BOOKED",
        "A4": "AVAILABLE",
    }


def test_seats_of_other_users_are_not_marked(api: Api) -> None:
    show = situations.a_show(rows=["SS"])
    situations.a_booking("A1", show=show)

    for viewer in (api, api.logged_in_as(situations.a_staff_member("view_booking", "change_show"))):
        assert statuses(viewer, show) == {"A1": "BOOKED", "A2": "AVAILABLE"}


def test_shows_on_the_same_screen_have_separate_seat_maps(api: Api) -> None:
    show = situations.a_show(rows=["SS"])
    other = situations.a_show(screen=show.screen, starts_at=situations.in_hours(48))
    situations.a_booking("A1", show=other)

    assert statuses(api, show) == {"A1": "AVAILABLE", "A2": "AVAILABLE"}


def test_a_changed_plan_is_visible(api: Api) -> None:
    show = situations.a_show(rows=["SS"])
    situations.a_booking("A1", show=show)
    theaters.change_screen(screen_id=show.screen_id, rows=["SPP"])

    rows = seat_map(api, show)["rows"]

    assert [(seat["label"], seat["category"], seat["status"]) for seat in rows[0]["seats"]] == [
        ("A1", "STANDARD", "BOOKED"),
        ("A2", "PREMIUM", "AVAILABLE"),
        ("A3", "PREMIUM", "AVAILABLE"),
    ]


def test_seats_without_a_price_are_not_on_the_seat_map(api: Api) -> None:
    show = situations.a_started_show(hours_ago=5, rows=["SS"], prices={SeatCategory.STANDARD: Decimal(10)})
    theaters.change_screen(screen_id=show.screen_id, rows=["SSP"])

    assert statuses(api, show) == {"A1": "AVAILABLE", "A2": "AVAILABLE"}


def test_the_cursor_contains_the_time_of_the_seat_map(api: Api, show: Show) -> None:
    before = clock.now()
    kind, moment = from_base64(seat_map(api, show)["cursor"])

    assert kind == "moment"
    assert before <= datetime.fromisoformat(moment) <= clock.now()

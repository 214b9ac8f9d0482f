from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries
from strawberry.relay.utils import to_base64

from cinema.booking import bookings
from cinema.catalog import scheduling
from cinema.models import Booking, Show, Ticket, User
from schema.catalog.seat_maps import moment_of
from tests import situations
from tests.conftest import Api, ApiResponse, global_id
from tests.stored import nothing_changes

pytestmark = pytest.mark.both

SEAT_CHANGES = """
query ($id: ID!, $since: String!) {
  seatChanges(showId: $id, since: $since) {
    cursor
    seats { label row number column category price { amount currency } status mine }
  }
}
"""
SEAT_MAP = "query ($id: ID!) { show(id: $id) { seatMap { cursor rows { seats { label status mine } } } } }"


def cursor(api: Api, show: Show) -> str:
    """The cursor of a seat map without recent changes."""
    Ticket.objects.update(changed_at=datetime(2020, 1, 1, tzinfo=UTC))
    return str(api(SEAT_MAP, id=global_id(show)).data["show"]["seatMap"]["cursor"])


def request_changes(api: Api, show: Show, since: str) -> ApiResponse:
    return api(SEAT_CHANGES, id=global_id(show), since=since)


def changes(api: Api, show: Show, since: str) -> dict[str, str]:
    """The statuses of changed seats by label. An asterisk marks the viewer's own seats."""
    seats = request_changes(api, show, since).data["seatChanges"]["seats"]
    return {seat["label"]: seat["status"] + "*" * seat["mine"] for seat in seats}


def test_changes_since_a_seat_map_have_all_fields_of_a_seat(api: Api) -> None:
    show = situations.a_show(rows=["S_P", "___", "_WC"])
    since = cursor(api, show)
    situations.a_booking("A2", show=show)
    situations.a_hold("C1", show=show)

    result = request_changes(api, show, since).data["seatChanges"]

    assert result == {
        "cursor": result["cursor"],
        "seats": [
            {
                "label": "A2",
                "row": "A",
                "number": 2,
                "column": 3,
                "category": "PREMIUM",
                "price": {"amount": "15.50", "currency": "USD"},
                "status": "BOOKED",
                "mine": False,
            },
            {
                "label": "C1",
                "row": "C",
                "number": 1,
                "column": 2,
                "category": "WHEELCHAIR",
                "price": {"amount": "8.00", "currency": "USD"},
                "status": "HELD",
                "mine": False,
            },
        ],
    }


def test_without_changes_there_are_no_seats(api: Api, show: Show) -> None:
    situations.a_booking("A1", show=show)
    since = cursor(api, show)

    assert request_changes(api, show, since).data["seatChanges"]["seats"] == []


def test_changes_mark_the_viewers_own_seats(api: Api, buyer: User, show: Show) -> None:
    since = cursor(api, show)
    situations.a_booking("A1", show=show, by=buyer)
    situations.a_hold("A2", show=show, by=buyer)
    situations.a_booking("A3", show=show)

    others = {"A1": "BOOKED", "A2": "HELD", "A3": "BOOKED"}
    assert changes(api.logged_in_as(buyer), show, since) == {"A1": "BOOKED*", "A2": "HELD*", "A3": "BOOKED"}
    assert changes(api, show, since) == others
    assert changes(api.logged_in_as(situations.a_staff_member("view_booking")), show, since) == others


def test_changes_since_each_cursor_keep_a_copy_up_to_date(api: Api, buyer: User, show: Show) -> None:
    as_viewer = api.logged_in_as(buyer)
    result = as_viewer(SEAT_MAP, id=global_id(show)).data["show"]["seatMap"]
    copy = {seat["label"]: (seat["status"], seat["mine"]) for row in result["rows"] for seat in row["seats"]}
    booked: list[Booking] = []
    steps: list[Callable[[], object]] = [
        lambda: booked.append(situations.a_booking("A1", "A2", show=show, by=buyer)),
        lambda: situations.a_hold("B1", show=show),
        lambda: bookings.cancel(booking_id=booked[0].pk, by=buyer, labels=["A2"]),
        lambda: situations.a_booking("A2", show=show),
    ]

    for step in steps:
        step()
        result = request_changes(as_viewer, show, result["cursor"]).data["seatChanges"]
        copy |= {seat["label"]: (seat["status"], seat["mine"]) for seat in result["seats"]}

    rows = as_viewer(SEAT_MAP, id=global_id(show)).data["show"]["seatMap"]["rows"]
    assert copy == {seat["label"]: (seat["status"], seat["mine"]) for row in rows for seat in row["seats"]}
    assert {label: copy[label] for label in ("A1", "A2", "B1")} == {
        "A1": ("BOOKED", True),
        "A2": ("BOOKED", False),
        "B1": ("HELD", False),
    }


def test_the_cursor_advances_without_changes(api: Api, show: Show) -> None:
    since = cursor(api, show)

    later = request_changes(api, show, since).data["seatChanges"]["cursor"]

    assert moment_of(later) > moment_of(since)
    assert request_changes(api, show, later).data["seatChanges"]["seats"] == []


@pytest.mark.parametrize(
    "since",
    [
        "",
        "x",
        "2026-01-01T00:00:00+00:00",
        to_base64("moment", ""),
        to_base64("moment", "now"),
        to_base64("moment", "1999-12-31T23:59:59+00:00"),
        to_base64("moment", "0001-01-01T00:00:00+23:59"),
        # without an offset, and in another format
        to_base64("moment", "2026-01-01T00:00:00"),
        to_base64("moment", "2026-01-01T00:00:00Z"),
        to_base64("moment", "2026-01-01"),
        to_base64("Moment", "2026-01-01T00:00:00+00:00"),
        to_base64("Show", "1"),
        to_base64("moment", "2026-01-01T00:00:00+00:00").rstrip("="),
        "\u0661" * 20,
        "x" * 40_000,
    ],
    ids=lambda since: since[:40],
)
def test_an_invalid_cursor_is_refused(api: Api, show: Show, since: str) -> None:
    situations.a_booking("A1", show=show)
    with nothing_changes():
        response = request_changes(api, show, since)

    (error,) = response.body["errors"]
    assert (response.code, response.body["data"]) == ("BAD_USER_INPUT", {"seatChanges": None})
    assert len(error["message"]) < 120


def test_a_list_cursor_is_refused(api: Api, show: Show) -> None:
    list_cursor = api("{ shows { pageInfo { startCursor } } }").data["shows"]["pageInfo"]["startCursor"]

    assert request_changes(api, show, list_cursor).code == "BAD_USER_INPUT"


def test_a_cursor_in_the_future_counts_as_now(api: Api, show: Show) -> None:
    cursor(api, show)
    tomorrow = to_base64("moment", (datetime.now(UTC) + timedelta(days=1)).isoformat())
    situations.a_booking("A1", show=show)

    assert changes(api, show, tomorrow) == {"A1": "BOOKED"}


def test_an_old_cursor_is_accepted(api: Api, show: Show) -> None:
    cursor(api, show)
    situations.a_booking("A1", show=show)

    assert changes(api, show, to_base64("moment", "2000-01-01T00:00:00+00:00")) == {"A1": "BOOKED"}


@pytest.mark.parametrize(
    ("show_id", "code"),
    [("x", "BAD_USER_INPUT"), (to_base64("Movie", 1), "BAD_USER_INPUT"), (to_base64("Show", 2**62), "NOT_FOUND")],
)
def test_an_unknown_show_is_not_found(api: Api, show: Show, show_id: str, code: str) -> None:
    since = cursor(api, show)

    response = api(SEAT_CHANGES, id=show_id, since=since)

    assert (response.code, response.body["data"]) == (code, {"seatChanges": None})


def test_an_invalid_token_is_refused(api: Api, show: Show) -> None:
    since = cursor(api, show)

    assert request_changes(Api(api.client, "nonsense"), show, since).code == "UNAUTHENTICATED"


def test_changes_include_the_current_show(api: Api, show: Show) -> None:
    since = cursor(api, show)
    document = """
    query ($id: ID!, $since: String!) {
      seatChanges(showId: $id, since: $since) { seats { label status } show { id status seatsAvailable } }
    }
    """
    before = api(document, id=global_id(show), since=since).data["seatChanges"]
    scheduling.cancel(show_id=show.pk)

    after = api(document, id=global_id(show), since=since).data["seatChanges"]

    assert before == {"seats": [], "show": {"id": global_id(show), "status": "ON_SALE", "seatsAvailable": 21}}
    assert after["show"] == {"id": global_id(show), "status": "CANCELLED", "seatsAvailable": 0}
    assert (len(after["seats"]), {seat["status"] for seat in after["seats"]}) == (21, {"BLOCKED"})


def test_changes_of_several_shows_in_one_document(api: Api, show: Show) -> None:
    """Clients can poll several shows with one request."""
    since = cursor(api, show)
    other = situations.a_show()
    situations.a_booking("A1", show=other)
    document = """
    query ($one: ID!, $other: ID!, $since: String!) {
      one: seatChanges(showId: $one, since: $since) { seats { label } }
      other: seatChanges(showId: $other, since: $since) { seats { label } }
    }
    """

    assert api(document, one=global_id(show), other=global_id(other), since=since).data == {
        "one": {"seats": []},
        "other": {"seats": [{"label": "A1"}]},
    }


@pytest.mark.parametrize("count", [1, 17])
def test_the_number_of_queries_is_constant(
    api: Api, buyer: User, show: Show, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    as_viewer = api.logged_in_as(buyer)
    since = cursor(api, show)
    for seat in show.screen.seats.all()[:count]:
        situations.a_booking(seat.label, show=show)

    # viewer; prices (the plan is cached), tickets that changed, next expiry, tickets
    with django_assert_num_queries(5):
        response = request_changes(as_viewer, show, since)

    assert len(response.data["seatChanges"]["seats"]) == count

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cinema.admin.booking import LONGER_REFERENCE
from cinema.booking import blocks, bookings, holds, seating
from cinema.booking.models import TicketEvent
from cinema.catalog.models import Show
from tests import situations
from tests.admin.conftest import messages, staff_client_with
from tests.stored import nothing_changes

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LIST = reverse("admin:cinema_ticketevent_changelist")


@pytest.fixture
def box_office(db: None) -> Client:
    """A client of the admin that is logged in as a staff member with only the permission to view bookings."""
    return staff_client_with("view_booking")


def listed(staff_client: Client, **query: Any) -> list[tuple[str, str]]:
    """Seat and kind of each listed event, the latest first."""
    response = staff_client.get(LIST, query)
    assert response.status_code == 200
    return [(event.ticket.seat.label, event.kind) for event in response.context["cl"].result_list]


def test_each_event_shows_kind_time_and_user(show: Show) -> None:
    box_office = staff_client_with("view_booking", "view_user")
    buyer = situations.a_user("ana.silva")
    hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)
    booking = bookings.confirm(booking_id=hold.pk, by=buyer)
    blocks.block(show_id=show.pk, labels=["A2"], by=situations.a_user("grace"))

    assert listed(box_office) == [("A2", "BLOCKED"), ("A1", "CONFIRMED"), ("A1", "HELD")]
    page = box_office.get(LIST).content.decode()
    expected = (
        "ana.silva",
        "grace",
        booking.reference,
        str(show.movie),
        str(show.screen),
        f"{hold.expires_at:%H:%M:%S}",
    )
    for text in expected:
        assert text in page


def test_customers_are_named_only_for_staff_who_may_view_users(box_office: Client, show: Show) -> None:
    booking = situations.a_booking("A1", show=show, by=situations.a_user("ana.silva"))
    tickets = [ticket.pk for ticket in booking.tickets.all()]
    seating.cancel(show_id=show.pk, ticket_ids=tickets, by=situations.a_user("grace"))
    holds.acquire(show_id=show.pk, wanted=["A2"], by=situations.a_user("zoe.miller"))

    page = box_office.get(LIST).content.decode()

    assert listed(box_office) == [("A2", "HELD"), ("A1", "CANCELLED"), ("A1", "CONFIRMED")]
    assert "ana.silva" not in page
    assert "zoe.miller" not in page
    assert page.count("customer</") == 2
    assert "grace" in page


def test_shows_and_bookings_link_to_their_seat_history(show: Show) -> None:
    staff_client = staff_client_with("view_booking", "view_show")
    booking, _ = situations.a_booking("A1", show=show), situations.a_booking("A2", show=show)
    situations.a_booking("A1")

    of_show = staff_client.get(reverse("admin:cinema_show_seat_history", args=[show.pk]))
    of_booking = staff_client.get(reverse("admin:cinema_booking_seat_history", args=[booking.pk]))

    assert sorted(seat for seat, _ in listed(staff_client, ticket__show=show.pk)) == ["A1", "A2"]
    assert of_show["Location"] == f"{LIST}?ticket__show={show.pk}"
    assert listed(staff_client, ticket__booking=booking.pk) == [("A1", "CONFIRMED")]
    assert of_booking["Location"] == f"{LIST}?ticket__booking={booking.pk}"


def test_events_are_searched_by_seat_and_booking_reference(box_office: Client, show: Show) -> None:
    booking = situations.a_booking("A1", "B2", show=show)
    reference = booking.reference

    assert listed(box_office, q=" b2", ticket__show=show.pk) == [("B2", "CONFIRMED")]
    assert len(listed(box_office, q=f"{reference[:4].lower()}-{reference[4:]}")) == 2
    assert len(listed(box_office, q=f"{reference[2:4]}-{reference[4:6]}")) == 2
    assert listed(box_office, q="Z9") == []
    assert messages(box_office.get(LIST, {"q": "Z9"})) == [LONGER_REFERENCE]


def test_the_seat_history_is_read_only(staff_client: Client, show: Show) -> None:
    situations.a_booking("A1", show=show)
    event = TicketEvent.objects.get()
    delete = reverse("admin:cinema_ticketevent_delete", args=[event.pk])

    with nothing_changes():
        assert staff_client.get(reverse("admin:cinema_ticketevent_add")).status_code == 403
        assert staff_client.post(delete, {"post": "yes"}).status_code == 403


def test_the_seat_history_requires_the_permission_to_view_bookings() -> None:
    assert staff_client_with("view_show").get(LIST).status_code == 403


def test_the_number_of_queries_is_constant(box_office: Client, show: Show, django_assert_num_queries: Any) -> None:
    situations.a_booking("A1", show=show)
    with django_assert_num_queries(6):
        box_office.get(LIST)
    for number in range(2, 6):
        situations.a_booking(f"A{number}")
    with django_assert_num_queries(6):
        box_office.get(LIST)

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cinema.booking import blocks, bookings, holds
from cinema.booking.models import TicketEvent
from cinema.catalog.models import Show
from tests import situations
from tests.admin.conftest import staff_client_with

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LIST = reverse("admin:cinema_ticketevent_changelist")


@pytest.fixture
def box_office(db: None) -> Client:
    """The admin, logged in as a user who can only view bookings."""
    return staff_client_with("view_booking")


def listed(staff_client: Client, **query: Any) -> list[tuple[str, str]]:
    """Seat and kind of what is listed, the latest first."""
    response = staff_client.get(LIST, query)
    assert response.status_code == 200
    return [(event.ticket.seat.label, event.kind) for event in response.context["cl"].result_list]


def test_it_tells_what_happened_to_a_seat_when_and_by_whom(box_office: Client, show: Show) -> None:
    buyer = situations.a_user("ana.silva")
    hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)
    booking = bookings.confirm(booking_id=hold.pk, by=buyer)
    blocks.block(show_id=show.pk, labels=["A2"], by=situations.a_user("grace"))

    assert listed(box_office) == [("A2", "BLOCKED"), ("A1", "CONFIRMED"), ("A1", "HELD")]
    page = box_office.get(LIST).content.decode()
    for text in ("ana.silva", "grace", booking.reference, str(show.movie), f"{hold.expires_at:%H:%M:%S}"):
        assert text in page


def test_the_seats_of_a_show_and_of_a_booking_are_a_link_away(show: Show) -> None:
    staff_client = staff_client_with("view_booking", "view_show")
    booking, _ = situations.a_booking("A1", show=show), situations.a_booking("A2", show=show)
    situations.a_booking("A1")

    of_show = staff_client.get(reverse("admin:cinema_show_seat_history", args=[show.pk]))
    of_booking = staff_client.get(reverse("admin:cinema_booking_seat_history", args=[booking.pk]))

    assert sorted(seat for seat, _ in listed(staff_client, ticket__show=show.pk)) == ["A1", "A2"]
    assert of_show["Location"] == f"{LIST}?ticket__show={show.pk}"
    assert listed(staff_client, ticket__booking=booking.pk) == [("A1", "CONFIRMED")]
    assert of_booking["Location"] == f"{LIST}?ticket__booking={booking.pk}"


def test_a_seat_or_a_booking_is_found_as_people_type_it(box_office: Client, show: Show) -> None:
    booking = situations.a_booking("A1", "B2", show=show)
    reference = booking.reference

    assert listed(box_office, q=" b2", ticket__show=show.pk) == [("B2", "CONFIRMED")]
    assert len(listed(box_office, q=f"{reference[:4].lower()}-{reference[4:]}")) == 2
    assert listed(box_office, q="Z9") == []


def test_nobody_changes_the_past(staff_client: Client, show: Show) -> None:
    situations.a_booking("A1", show=show)
    event = TicketEvent.objects.get()

    assert staff_client.get(reverse("admin:cinema_ticketevent_add")).status_code == 403
    assert (
        staff_client.post(reverse("admin:cinema_ticketevent_delete", args=[event.pk]), {"post": "yes"}).status_code
        == 403
    )
    assert staff_client_with("view_show").get(LIST).status_code == 403
    assert TicketEvent.objects.get() == event


def test_however_many_there_are_the_list_costs_the_same(
    box_office: Client, show: Show, django_assert_num_queries: Any
) -> None:
    situations.a_booking("A1", show=show)
    with django_assert_num_queries(6):
        box_office.get(LIST)
    for number in range(2, 6):
        situations.a_booking(f"A{number}")
    with django_assert_num_queries(6):
        box_office.get(LIST)

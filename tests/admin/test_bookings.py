from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cinema.booking import bookings
from cinema.booking.models import Booking
from cinema.catalog.models import Show
from tests import situations
from tests.admin.conftest import staff_client_with
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

LIST = reverse("admin:cinema_booking_changelist")


@pytest.fixture
def box_office(db: None) -> Client:
    """A client of the admin that is logged in as a staff member with only the permission to view bookings."""
    return staff_client_with("view_booking")


def view(booking: Booking) -> str:
    return reverse("admin:cinema_booking_change", args=[booking.pk])


def listed(staff_client: Client, **query: Any) -> list[Booking]:
    response = staff_client.get(LIST, query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def test_bookings_are_searched_by_reference_ignoring_case_and_separators(box_office: Client) -> None:
    booking, _ = situations.a_booking(), situations.a_booking()
    reference = booking.reference
    typed = f" {reference[:4].lower()}-{reference[4:6]} {reference[6:]} "
    assert listed(box_office, q=reference) == [booking]
    assert listed(box_office, q=typed) == [booking]


def test_bookings_are_searched_by_username_and_email(box_office: Client) -> None:
    ana = situations.a_user("ana.silva")
    booking, _ = situations.a_booking(by=ana), situations.a_booking()
    assert listed(box_office, q="ANA.SILVA@example.com") == [booking]
    assert listed(box_office, q="ana.silva") == [booking]
    assert listed(box_office, q="unknown") == []
    assert listed(box_office, q="--") == []


def test_the_list_shows_seats_total_and_status(box_office: Client, show: Show) -> None:
    booking = situations.a_booking("A1", "B2", "C1", show=show)
    bookings.cancel(booking_id=booking.pk, by=booking.user, labels=["C1"])
    page = box_office.get(LIST).content.decode()
    for text in ("A1, B2", "25.50 USD", "confirmed", show.movie.title, booking.user.username):
        assert text in page
    assert "C1" not in page


def test_bookings_are_filtered_by_status(box_office: Client, show: Show) -> None:
    confirmed, cancelled = situations.a_booking("A1", show=show), situations.a_booking("A2", show=show)
    held = situations.a_hold("A3", show=show)
    bookings.cancel(booking_id=cancelled.pk, by=cancelled.user)
    assert set(listed(box_office)) == {confirmed, cancelled, held}
    assert listed(box_office, status="CONFIRMED") == [confirmed]
    assert listed(box_office, status="CANCELLED") == [cancelled]
    assert listed(box_office, status="HELD") == [held]


def test_a_booking_is_shown_with_its_tickets(box_office: Client, show: Show) -> None:
    booking = situations.a_booking("A1", "B2", show=show)
    bookings.cancel(booking_id=booking.pk, by=booking.user, labels=["A1"])
    page = box_office.get(view(booking)).content.decode()
    for text in (booking.reference, "A1", "B2", "Standard", "Premium", "10.00 USD", "15.50 USD", "valid", "cancelled"):
        assert text in page
    assert reverse("admin:cinema_show_change", args=[show.pk]) in page
    assert 'name="_save"' not in page


def test_bookings_are_read_only(staff_client: Client) -> None:
    booking = situations.a_booking()
    delete = reverse("admin:cinema_booking_delete", args=[booking.pk])
    with nothing_changes():
        assert staff_client.get(reverse("admin:cinema_booking_add")).status_code == 403
        assert staff_client.post(view(booking), {"status": "CANCELLED"}).status_code == 403
        assert staff_client.post(delete, {"post": "yes"}).status_code == 403


def test_bookings_require_the_permission_to_view_them() -> None:
    staff_client = staff_client_with("view_show", "change_booking", "view_ticket")
    assert staff_client.get(LIST).status_code == 403
    assert staff_client.get(view(situations.a_booking())).status_code == 403


def test_the_number_of_queries_is_constant(box_office: Client, django_assert_num_queries: Any) -> None:
    booking = situations.a_booking()
    with django_assert_num_queries(9):
        box_office.get(LIST)
    with django_assert_num_queries(8):
        box_office.get(view(booking))
    for _ in range(5):
        booking = situations.a_booking("A1", "A2", "B1", "C1")
    with django_assert_num_queries(9):
        box_office.get(LIST)
    with django_assert_num_queries(8):
        box_office.get(view(booking))


def test_an_expired_hold_is_shown_as_expired_before_its_release(box_office: Client, show: Show) -> None:
    hold = situations.a_hold("A1", show=show, minutes_left=-1)
    live = situations.a_hold("A2", show=show)

    assert listed(box_office, status="EXPIRED") == [hold]
    assert listed(box_office, status="HELD") == [live]
    page = box_office.get(view(hold)).content.decode()
    assert "expired" in page
    assert "held" not in page

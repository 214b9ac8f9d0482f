from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cinema.booking import bookings, search, seating
from cinema.booking.models import Booking
from cinema.catalog.models import Show
from cinema.models import User
from tests import situations
from tests.admin.conftest import messages, staff_client_with
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

LIST = reverse("admin:cinema_booking_changelist")


@pytest.fixture
def box_office(db: None) -> Client:
    """A client of the admin that is logged in as a staff member who may view bookings and users."""
    return staff_client_with("view_booking", "view_user")


def view(booking: Booking) -> str:
    return reverse("admin:cinema_booking_change", args=[booking.pk])


def listed(staff_client: Client, **query: Any) -> list[Booking]:
    response = staff_client.get(LIST, query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def test_bookings_are_found_by_reference_as_printed_or_a_part_of_it(box_office: Client) -> None:
    booking, _ = situations.a_booking(), situations.a_booking()
    Booking.objects.filter(pk=booking.pk).update(reference="K7QD3WXM")
    for typed in ("K7QD3WXM", " k7qd-3w xm ", "K7QD", "3wxm", "qd-3w"):
        assert listed(box_office, q=typed) == [booking]
    for typed in ("K7Q", "K7QDX", "--", "K7QD3WX0"):
        assert listed(box_office, q=typed) == []


def test_bookings_are_found_by_the_name_username_or_email_of_the_customer(box_office: Client) -> None:
    ana = situations.a_user("ana.silva")
    User.objects.filter(pk=ana.pk).update(first_name="Ana Sofia", last_name="Pereira")
    booking, other = situations.a_booking(by=ana), situations.a_booking(by=situations.a_user("anna"))
    for typed in ("ANA.SILVA@example.com", "ana.silva", "pereira", "Pereira, Ana", "ana.si", "sofia silva@"):
        assert listed(box_office, q=typed) == [booking]
    assert listed(box_office, q="an") == [other, booking]
    assert listed(box_office, q="anna") == [other]
    for typed in ("unknown", "pereira bob", "a", "%", "_"):
        assert listed(box_office, q=typed) == []
    # A short word is not a part of a reference. Staff need not know it if the word has found a customer.
    assert not messages(box_office.get(LIST, {"q": "an"}))
    assert "Enter at least 4 characters" in messages(box_office.get(LIST, {"q": "xy"}))[0]


def test_customers_are_shown_and_searched_only_for_staff_who_may_view_users() -> None:
    ana = situations.a_user("ana.silva")
    booking = situations.a_booking(by=ana)
    clerk = staff_client_with("view_booking")
    assert 'placeholder="Reference"' in clerk.get(LIST).content.decode()
    assert listed(clerk, q=booking.reference) == [booking]
    for typed in ("ana.silva", ana.email, "silva"):
        assert listed(clerk, q=typed) == []
    assert "ana.silva" not in clerk.get(LIST).content.decode()
    assert "ana.silva" not in clerk.get(view(booking)).content.decode()


def test_staff_are_told_that_a_search_finds_too_much(box_office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MAX_MATCHES", 2)
    made = [situations.a_booking() for _ in range(3)]
    found = box_office.get(LIST, {"q": "example"})
    assert messages(found) == ["Too many bookings match. Enter more letters."]
    assert list(found.context["cl"].result_list) == made[:0:-1]


def test_the_list_shows_seats_total_and_status(box_office: Client, show: Show) -> None:
    booking = situations.a_booking("A1", "B2", "C1", show=show)
    bookings.cancel(booking_id=booking.pk, by=booking.user, labels=["C1"])
    page = box_office.get(LIST).content.decode()
    for text in ("A1, B2", "25.50 USD", "confirmed", show.movie.title, str(show.screen), booking.user.username):
        assert text in page
    assert "A1, B2, C1" not in page


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
    assert str(show.movie) in page
    assert 'name="_save"' not in page


def test_bookings_are_read_only(staff_client: Client) -> None:
    booking = situations.a_booking()
    delete = reverse("admin:cinema_booking_delete", args=[booking.pk])
    with nothing_changes():
        assert staff_client.get(reverse("admin:cinema_booking_add")).status_code == 403
        assert staff_client.post(view(booking), {"status": "CANCELLED"}).status_code == 403
        assert staff_client.post(delete, {"post": "yes"}).status_code == 403


def test_a_booking_leads_to_the_page_that_cancels_its_seats(show: Show) -> None:
    booking = situations.a_booking("A1", "B2", show=show)
    cancel = reverse("admin:cinema_booking_cancel_this_booking", args=[booking.pk])
    clerk = staff_client_with("view_show", "view_booking", "change_booking")
    assert cancel in clerk.get(view(booking)).content.decode()
    with nothing_changes():
        page = clerk.get(cancel, follow=True)
    assert "Cancel 2 seats" in page.content.decode()
    assert page.context["back"] == view(booking)
    tickets = [ticket.pk for ticket in page.context["tickets"]]
    form = {"do": "cancel", "confirmed": "yes", "ticket": tickets}
    [(of_page, _)] = page.redirect_chain
    assert clerk.post(of_page, form)["Location"] == view(booking)
    # Another tab still has the form, or the booking with the link to it.
    for again in (clerk.post(of_page, form, follow=True), clerk.get(cancel, follow=True)):
        assert again.redirect_chain[-1][0] == view(booking)
        assert messages(again)[-1:] == ["The seats of this booking have changed in the meantime."]
    assert listed(clerk, status="CANCELLED") == [booking]
    assert cancel not in clerk.get(view(booking)).content.decode()
    assert staff_client_with("view_show", "view_booking").get(cancel).status_code == 403


def test_a_booking_has_seat_events_instead_of_an_empty_history(box_office: Client) -> None:
    booking = situations.a_booking()
    page = box_office.get(view(booking)).content.decode()
    assert reverse("admin:cinema_booking_seat_history", args=[booking.pk]) in page
    assert reverse("admin:cinema_booking_history", args=[booking.pk]) not in page


def test_bookings_require_the_permission_to_view_them() -> None:
    staff_client = staff_client_with("view_show", "change_booking", "view_ticket")
    assert staff_client.get(LIST).status_code == 403
    assert staff_client.get(view(situations.a_booking())).status_code == 403


def test_the_number_of_queries_is_constant(box_office: Client, django_assert_num_queries: Any) -> None:
    booking = situations.a_booking()
    with django_assert_num_queries(8):
        box_office.get(LIST)
    with django_assert_num_queries(8):
        box_office.get(view(booking))
    for _ in range(5):
        booking = situations.a_booking("A1", "A2", "B1", "C1")
    with django_assert_num_queries(8):
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


def test_an_earlier_seat_of_a_moved_customer_is_not_called_cancelled(staff_client: Client, show: Show) -> None:
    booking = situations.a_booking("A1", show=show)
    seating.move(
        show_id=show.pk,
        ticket_ids=list(booking.tickets.values_list("pk", flat=True)),
        labels=["A2"],
        by=situations.a_user(is_staff=True),
    )
    page = staff_client.get(view(booking)).content.decode()
    assert "moved out" in page
    assert "cancelled" not in page
    assert "0.00 USD" not in page.replace("10.00 USD", "")


def test_a_list_offers_all_bookings_only_if_it_is_filtered(staff_client: Client, show: Show) -> None:
    situations.a_booking("A1", show=show)
    for query, is_offered in (({}, False), ({"q": "nobody"}, True), ({"status": "HELD"}, True)):
        page = staff_client.get(LIST, query).content.decode()
        assert ("Show all" in page) == is_offered

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from cinema.booking.models import BookingStatus
from cinema.catalog import scheduling
from cinema.catalog.models import Show
from tests import situations
from tests.admin.conftest import messages, staff_client_with, stored_fields

pytestmark = pytest.mark.django_db

LIST = reverse("admin:cinema_show_changelist")


def change(show: Show) -> str:
    return reverse("admin:cinema_show_change", args=[show.pk])


def cancel(show: Show) -> str:
    return reverse("admin:cinema_show_cancel_this_show", args=[show.pk])


def test_cancelling_a_show_asks_for_confirmation(staff_client: Client, show: Show) -> None:
    situations.a_booking("A1", "A2", show=show)
    situations.a_hold("A3", show=show)
    response = staff_client.get(cancel(show))
    assert "1 booking, 2 seats" in response.content.decode()
    assert "Customers get an email" in response.content.decode()
    show.refresh_from_db()
    assert show.cancelled_at is None


def test_the_confirmation_announces_no_emails_for_holds(staff_client: Client, show: Show) -> None:
    situations.a_hold("A3", show=show)
    html = staff_client.get(cancel(show)).content.decode()
    assert "Cancel this show?" in html
    assert "Customers get an email" not in html


def test_cancelling_a_show_cancels_its_bookings(staff_client: Client, show: Show) -> None:
    booking = situations.a_booking(show=show)
    situations.a_hold("A3", show=show)
    response = staff_client.post(cancel(show), follow=True)
    assert response.redirect_chain == [(change(show), 302)]
    (message,) = messages(response)
    assert message.startswith(f"Cancelled with 1 booking: {show.movie}, ")
    show.refresh_from_db()
    booking.refresh_from_db()
    assert show.cancelled_at is not None
    assert booking.status == BookingStatus.CANCELLED


def test_a_show_that_is_already_cancelled_is_not_cancelled_again(staff_client: Client, show: Show) -> None:
    scheduling.cancel(show_id=show.pk)
    before = stored_fields(show)
    for response in (staff_client.get(cancel(show), follow=True), staff_client.post(cancel(show), follow=True)):
        assert response.redirect_chain == [(change(show), 302)]
        (message,) = messages(response)
        assert message.startswith(f"Already cancelled: {show.movie}, ")
    assert stored_fields(show) == before
    assert not LogEntry.objects.exists()


def test_an_ended_show_cannot_be_cancelled(staff_client: Client) -> None:
    show = situations.a_started_show(hours_ago=10)
    before = stored_fields(show)
    for response in (staff_client.get(cancel(show), follow=True), staff_client.post(cancel(show), follow=True)):
        assert response.redirect_chain == [(change(show), 302)]
        (message,) = messages(response)
        assert message.endswith("This show has ended.")
    assert stored_fields(show) == before


def test_the_confirmation_counts_only_shows_that_will_be_cancelled(staff_client: Client, show: Show) -> None:
    ended, cancelled = situations.a_show(), situations.a_show()
    situations.a_booking(show=ended)
    situations.start_show(ended, hours_ago=10)
    scheduling.cancel(show_id=cancelled.pk)
    chosen = {"action": "cancel_selected", "_selected_action": [show.pk, ended.pk, cancelled.pk]}
    asked = staff_client.post(f"{LIST}?day=all", chosen, follow=True).content.decode()
    assert "Cancel 1 of these 3 shows?" in asked
    assert re.search(r"Cancel 1 show\s+</button>", asked)
    assert "already cancelled" in asked
    assert "has ended" in asked
    assert "1 booking" not in asked
    chosen["_selected_action"] = [ended.pk, cancelled.pk]
    reported = sorted(messages(staff_client.post(f"{LIST}?day=all", chosen, follow=True)))
    assert [reason.rpartition(": ")[2] for reason in reported[1:]] == ["This show has ended."]
    assert reported[0].startswith("Already cancelled: ")


def test_cancelling_several_shows_asks_for_confirmation(staff_client: Client) -> None:
    first, second, other = situations.a_show(), situations.a_show(), situations.a_show()
    booking = situations.a_booking(show=second)
    chosen = {"action": "cancel_selected", "_selected_action": [first.pk, second.pk]}
    page = staff_client.post(f"{LIST}?day=all", chosen)["Location"]
    asked = staff_client.get(page).content.decode()
    assert "Cancel these 2 shows?" in asked
    assert f'action="{LIST}?day=all"' in asked
    assert staff_client_with("view_show").get(page).status_code == 403
    assert not Show.objects.exclude(cancelled_at=None).exists()
    response = staff_client.post(LIST, chosen | {"confirmed": "yes"}, follow=True)
    assert [message.split(":")[0] for message in messages(response)] == ["Cancelled", "Cancelled with 1 booking"]
    assert set(Show.objects.exclude(cancelled_at=None)) == {first, second}
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CANCELLED
    assert LogEntry.objects.count() == 2
    assert other in Show.objects.not_cancelled()
    # After going back, the page leads to the list, which says so.
    again = staff_client.get(page, follow=True)
    assert again.redirect_chain == [(f"{LIST}?day=all", 302)]
    assert all(message.startswith("Already cancelled") for message in messages(again))


@pytest.mark.parametrize(
    "query", ["ask=cancel_selected", "ask=cancel_selected&shows=x,-1,99999999999999999999", "ask=x&shows=1"]
)
def test_a_question_without_shows_leads_to_the_list(staff_client: Client, query: str) -> None:
    assert staff_client.get(f"{LIST}?{query}")["Location"] == f"{LIST}?"

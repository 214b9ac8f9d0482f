"""Staff view, change and cancel shows. `test_new_shows` is about adding them."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format

from cinema.catalog import scheduling
from cinema.catalog.models import Show
from cinema.core.errors import Busy
from tests import situations
from tests.admin.conftest import entered, errors, messages, staff_client_with, stored_fields
from tests.admin.show_forms import ADD, PRICES, change, new_show

pytestmark = pytest.mark.django_db

LIST = reverse("admin:cinema_show_changelist")


def cancel(show: Show) -> str:
    return reverse("admin:cinema_show_cancel_this_show", args=[show.pk])


def test_changing_the_start_keeps_the_duration(staff_client: Client, show: Show) -> None:
    later = show.starts_at.replace(second=0) + timedelta(hours=5)
    response = staff_client.post(change(show), entered(show) | {"starts_at": f"{later:%Y-%m-%dT%H:%M}"})
    assert response.status_code == 302
    moved = Show.objects.get()
    assert moved.starts_at == later
    assert moved.ends_at - moved.starts_at == show.ends_at - show.starts_at


def test_without_an_end_a_show_ends_with_its_movie(staff_client: Client) -> None:
    starts_at = situations.in_hours(24)
    show = situations.a_show(starts_at=starts_at, ends_at=starts_at + timedelta(hours=4))
    assert staff_client.post(change(show), entered(show) | {"ends_at": ""}).status_code == 302
    show.refresh_from_db()
    assert show.ends_at - show.starts_at == timedelta(minutes=100)


def test_saving_an_unchanged_form_changes_nothing(staff_client: Client, show: Show) -> None:
    before = stored_fields(show)
    assert staff_client.post(change(show), entered(show)).status_code == 302
    assert stored_fields(show) == before


def test_changing_one_price_keeps_the_others(staff_client: Client, show: Show) -> None:
    situations.a_booking(show=show)
    assert staff_client.post(change(show), entered(show) | {"price_premium": "20"}).status_code == 302
    assert show.prices.get(category="PREMIUM").amount == 20
    assert show.prices.get(category="STANDARD").amount == 10


def test_a_price_cannot_be_removed(staff_client: Client, show: Show) -> None:
    before = stored_fields(show)
    response = staff_client.post(change(show), entered(show) | {"price_premium": ""})
    assert errors(response) == {"price_premium": ["This field is required."]}
    assert stored_fields(show) == before


def test_a_running_show_can_be_changed(staff_client: Client) -> None:
    show = situations.a_started_show()
    assert staff_client.post(change(show), entered(show) | {"language": "pt", "subtitles": "fr"}).status_code == 302
    show.refresh_from_db()
    assert (show.language, show.subtitles) == ("pt", "fr")


def test_times_of_a_moved_show_are_entered_in_the_new_time_zone(staff_client: Client, show: Show) -> None:
    screen = situations.a_screen(theater=situations.a_theater("Asia/Tokyo"))
    fields = entered(show) | {"screen": screen.pk, "starts_at": f"{situations.in_hours(72):%Y-%m-%d}T19:00"}
    fields["ends_at"] = f"{situations.in_hours(72):%Y-%m-%d}T21:00"
    assert staff_client.post(change(show), fields).status_code == 302
    show.refresh_from_db()
    assert f"{show.starts_at.astimezone(ZoneInfo('Asia/Tokyo')):%H:%M}" == "19:00"
    assert f"{show.ends_at.astimezone(ZoneInfo('Asia/Tokyo')):%H:%M}" == "21:00"
    staff_client.post(change(show), fields | {"screen": situations.a_screen().pk})
    show.refresh_from_db()
    assert f"{show.starts_at:%H:%M} {show.ends_at:%H:%M}" == "19:00 21:00"


def test_a_show_that_moves_to_another_currency_needs_other_prices(staff_client: Client, show: Show) -> None:
    before = stored_fields(show)
    fields = entered(show) | {"screen": situations.a_screen(theater=situations.a_theater(currency="EUR")).pk}
    refused = errors(staff_client.post(change(show), fields | {"price_standard": "11"}))
    assert set(refused) == PRICES.keys() - {"price_standard"}
    assert refused["price_premium"] == ["Enter the price in the currency of the new theater."]
    assert stored_fields(show) == before


@pytest.mark.parametrize("field", ["movie", "screen"])
def test_movie_and_screen_of_a_show_with_bookings_cannot_change(staff_client: Client, show: Show, field: str) -> None:
    situations.a_booking(show=show)
    before = stored_fields(show)
    another = situations.a_movie() if field == "movie" else situations.a_screen()
    response = staff_client.post(change(show), entered(show) | {field: another.pk})
    assert errors(response) == {field: ["This show has 1 booking, so its screen and movie can't be changed."]}
    assert stored_fields(show) == before


def test_the_heading_of_a_refused_form_names_what_is_stored(staff_client: Client) -> None:
    show = situations.a_show(screen=situations.a_screen(theater=situations.a_theater("Asia/Tokyo")))
    situations.a_booking(show=show)
    fields = entered(show) | {"movie": situations.a_movie().pk, "screen": situations.a_screen().pk}
    refused = staff_client.post(change(show), fields)
    assert set(errors(refused)) == {"movie", "screen"}
    assert (refused.context["subtitle"], str(refused.context["original"])) == (str(show), str(show))

    movie_page = reverse("admin:cinema_movie_change", args=[show.movie_id])
    refused = staff_client.post(movie_page, {"title": "Another title", "duration_minutes": "-1"})
    assert "duration_minutes" in errors(refused)
    assert 'value="Another title"' in refused.content.decode()
    assert refused.context["subtitle"] == str(show.movie)


def test_a_busy_error_is_shown(staff_client: Client, show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(**_: Any) -> None:
        raise Busy(retry_after_ms=100)

    monkeypatch.setattr(scheduling, "reschedule", busy)
    response = staff_client.post(change(show), entered(show) | {"language": "pt"})
    assert errors(response) == {"__all__": ["It's busy right now. Please try again."]}


def test_a_cancelled_show_is_read_only(staff_client: Client, show: Show) -> None:
    scheduling.cancel(show_id=show.pk)
    response = staff_client.get(change(show))
    assert response.status_code == 200
    assert not response.context["show_save"]
    assert b'name="starts_at"' not in response.content
    assert cancel(show) not in response.content.decode()


def test_saving_a_show_that_was_cancelled_since_is_refused(staff_client: Client, show: Show) -> None:
    scheduling.cancel(show_id=show.pk)
    before = stored_fields(show)
    response = staff_client.post(change(show), entered(show) | {"language": "pt"})
    assert errors(response) == {"__all__": ["This show has been cancelled."]}
    assert stored_fields(show) == before


def test_shows_cannot_be_deleted(staff_client: Client, show: Show) -> None:
    assert staff_client.post(reverse("admin:cinema_show_delete", args=[show.pk]), {"post": "yes"}).status_code == 403
    assert Show.objects.exists()


def test_a_staff_member_with_only_the_view_permission_cannot_change_a_show(show: Show) -> None:
    before = stored_fields(show)
    staff_client = staff_client_with("view_show")
    page = staff_client.get(change(show))
    assert b'name="starts_at"' not in page.content
    assert "Standard 10.00 USD, Premium 15.50 USD" in page.content.decode()
    assert cancel(show) not in page.content.decode()
    assert staff_client.post(change(show), entered(show) | {"language": "pt"}).status_code == 403
    assert staff_client.get(cancel(show)).status_code == 403
    assert staff_client.post(cancel(show)).status_code == 403
    assert staff_client.get(ADD).status_code == 403
    chosen = {"action": "cancel_selected", "_selected_action": [show.pk], "confirmed": "yes"}
    staff_client.post(LIST, chosen)
    assert stored_fields(show) == before


def test_a_show_links_to_its_bookings(staff_client: Client, show: Show) -> None:
    mine, other = situations.a_booking(show=show), situations.a_booking()
    link = reverse("admin:cinema_show_bookings", args=[show.pk])
    assert link in staff_client.get(change(show)).content.decode()
    found = staff_client.get(link, follow=True).content.decode()
    assert mine.reference in found
    assert other.reference not in found
    assert staff_client_with("view_show").get(link).status_code == 403


def test_an_unknown_show_redirects(staff_client: Client) -> None:
    for name in ("change", "cancel_this_show"):
        for key in ("123456", "nonsense"):
            response = staff_client.get(reverse(f"admin:cinema_show_{name}", args=[key]))
            assert response.status_code == 302


def test_staff_who_come_from_the_schedule_return_to_it(staff_client: Client) -> None:
    screen = situations.a_screen(theater=situations.a_theater("UTC"))
    day = timezone.localdate() + timedelta(days=3)
    schedule = f"{reverse('admin:cinema_show_schedule')}?theater={screen.theater_id}&day={day}"
    another = staff_client.post(f"{ADD}?back=schedule", new_show(screen, f"{day}T10:00", _addanother="yes"))
    # The show takes 100 minutes, and cleaning takes 15 minutes.
    assert another["Location"] == f"{ADD}?screen={screen.pk}&starts_at={day}T11%3A55&back=schedule"
    assert staff_client.post(f"{ADD}?back=schedule", new_show(screen, f"{day}T12:00"))["Location"] == schedule
    show = Show.objects.latest("pk")
    assert staff_client.post(f"{change(show)}?back=schedule", entered(show))["Location"] == schedule
    assert staff_client.post(change(show), entered(show))["Location"] == LIST
    # The links of the page, and the page that cancels the show.
    here = f"{change(show)}?back=schedule"
    cancel = f"{reverse('admin:cinema_show_cancel_this_show', args=[show.pk])}?back=schedule"
    links = {link["title"]: link["path"] for link in staff_client.get(here).context["actions_detail"]}
    assert (links["Back to the schedule"], links["Cancel this show"]) == (schedule, cancel)
    assert "Back to the schedule" not in staff_client.get(change(show)).content.decode()
    assert staff_client.post(here, {**entered(show), "_continue": "yes"})["Location"] == here
    confirmation = staff_client.get(cancel).context
    assert (confirmation["back"], confirmation["send_to"]) == (here, cancel)
    assert staff_client.post(cancel, {"confirmed": "yes"})["Location"] == schedule


def test_the_history_has_old_and_new_values_in_the_time_zone_of_the_theater(staff_client: Client) -> None:
    screen = situations.a_screen(theater=situations.a_theater("Asia/Tokyo"))
    day = timezone.localdate() + timedelta(days=3)
    fields = new_show(screen, f"{day}T19:30")
    staff_client.post(ADD, fields)
    show = Show.objects.get()
    other = situations.a_screen(theater=screen.theater)
    moved = {**fields, "screen": other.pk, "starts_at": f"{day}T20:15", "price_premium": "13", "language": "ja"}
    assert staff_client.post(change(show), {**moved, "ends_at": f"{day}T22:00"}).status_code == 302
    entry = LogEntry.objects.latest("pk")
    at = f"{day:%a, %b} {day.day}, {day.year},"
    assert entry.get_change_message() == (
        f"Screen: {screen} → {other}. Starts: {at} 19:30 → {at} 20:15. "
        f"Ends: {at} 21:10 → {at} 22:00. Language: none → ja. Prices: Premium 12.50 → 13.00."
    )
    history = staff_client.get(reverse("admin:cinema_show_history", args=[show.pk])).content.decode()
    assert "Times in Asia/Tokyo" in history
    saved_at = entry.action_time.astimezone(ZoneInfo("Asia/Tokyo"))
    assert f"{date_format(saved_at, 'M j, Y, H:i')} JST" in history


def test_a_moved_show_names_the_number_of_its_bookings(staff_client: Client, show: Show) -> None:
    situations.a_booking("A1", show=show)
    moved = entered(show) | {"starts_at": f"{show.starts_at + timedelta(hours=1):%Y-%m-%dT%H:%M}", "ends_at": ""}
    assert messages(staff_client.post(change(show), moved, follow=True))[0].startswith(
        "The new time applies to 1 booking."
    )

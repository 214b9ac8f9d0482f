from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cinema.booking.models import BookingStatus
from cinema.catalog import scheduling
from cinema.catalog.models import Screen, Show
from cinema.core.errors import Busy
from tests import situations
from tests.admin.conftest import entered, errors, messages, staff_client_with, stored_fields

pytestmark = pytest.mark.django_db

ADD = reverse("admin:cinema_show_add")
LIST = reverse("admin:cinema_show_changelist")
PRICES = {"price_standard": "9", "price_premium": "12.50", "price_wheelchair": "6", "price_companion": "6"}


def change(show: Show) -> str:
    return reverse("admin:cinema_show_change", args=[show.pk])


def cancel(show: Show) -> str:
    return reverse("admin:cinema_show_cancel_this_show", args=[show.pk])


def new_show(screen: Screen, starts_at: str, **fields: Any) -> dict[str, Any]:
    movie = situations.a_movie()
    return {
        "movie": movie.pk,
        "screen": screen.pk,
        "starts_at": starts_at,
        "ends_at": "",
        "format": "TWO_D",
        "language": "",
        "subtitles": "",
        **PRICES,
        **fields,
    }


def test_a_show_is_scheduled_in_local_time(staff_client: Client) -> None:
    screen = situations.a_screen(theater=situations.a_theater("America/New_York"))
    day = timezone.localdate() + timedelta(days=3)
    response = staff_client.post(ADD, new_show(screen, f"{day}T19:30", format="IMAX", language="en", subtitles="es"))
    assert response.status_code == 302
    show = Show.objects.get()
    assert show.starts_at == datetime.combine(day, time(19, 30), tzinfo=ZoneInfo("America/New_York"))
    assert show.ends_at - show.starts_at == timedelta(minutes=100)
    assert (show.format, show.language, show.subtitles, show.screen) == ("IMAX", "en", "es", screen)
    assert sorted(show.prices.values_list("category", "amount")) == [
        ("COMPANION", Decimal(6)),
        ("PREMIUM", Decimal("12.50")),
        ("STANDARD", Decimal(9)),
        ("WHEELCHAIR", Decimal(6)),
    ]
    assert LogEntry.objects.get().object_id == str(show.pk)


def test_an_overlap_is_shown_at_the_start_field_in_local_time(staff_client: Client) -> None:
    screen = situations.a_screen(theater=situations.a_theater("Asia/Tokyo"))
    day = timezone.localdate() + timedelta(days=3)
    other_starts_at = datetime.combine(day, time(20), tzinfo=ZoneInfo("Asia/Tokyo")).astimezone(UTC)
    other = situations.a_show(screen=screen, starts_at=other_starts_at)
    response = staff_client.post(ADD, new_show(screen, f"{day}T21:45"))
    reason = f"This overlaps {other.movie} (20:00–21:40, plus cleaning)."  # noqa: RUF001 - a range
    assert errors(response) == {"starts_at": [reason]}
    assert list(Show.objects.all()) == [other]
    assert not LogEntry.objects.exists()


def test_a_missing_price_is_reported_at_its_field(staff_client: Client) -> None:
    screen = situations.a_screen(["SSPP"])
    fields = new_show(screen, "", price_premium="", price_wheelchair="", price_companion="")
    fields["starts_at"] = f"{situations.in_hours(30):%Y-%m-%dT%H:%M}"
    assert errors(staff_client.post(ADD, fields)) == {
        "price_premium": ["Enter a price for each seat category of the screen. Missing: PREMIUM."]
    }
    assert not Show.objects.exists()


@pytest.mark.parametrize(
    ("field", "entry", "reason"),
    [
        ("starts_at", "2020-01-01T10:00", "A show must start in the future."),
        ("starts_at", "0001-01-01T00:00", "This date is out of range."),
        ("starts_at", "soon", "Enter a valid date/time."),
        ("ends_at", "2020-01-01T10:00", "A show must end after it starts."),
        ("language", "English!", "Enter a BCP 47 language tag, such as en or pt-BR."),
        ("price_premium", "-1", "Ensure this value is greater than or equal to 0."),
        ("movie", "", "This field is required."),
        ("screen", "", "This field is required."),
    ],
)
def test_errors_of_a_show_are_shown_at_their_fields(staff_client: Client, field: str, entry: str, reason: str) -> None:
    screen = situations.a_screen(theater=situations.a_theater("Asia/Tokyo"))
    fields = new_show(screen, f"{situations.in_hours(48):%Y-%m-%dT%H:%M}") | {field: entry}
    assert errors(staff_client.post(ADD, fields)) == {field: [reason]}
    assert not Show.objects.exists()


def test_a_show_of_a_movie_with_an_estimate_requires_an_end(staff_client: Client) -> None:
    movie = situations.a_movie(duration_is_estimate=True)
    fields = new_show(situations.a_screen(), f"{situations.in_hours(30):%Y-%m-%dT%H:%M}", movie=movie.pk)
    assert list(errors(staff_client.post(ADD, fields))) == ["ends_at"]
    assert not Show.objects.exists()


def test_a_skipped_local_time_is_refused(staff_client: Client) -> None:
    screen = situations.a_screen(theater=situations.a_theater("America/New_York"))
    march = date(timezone.localdate().year + 1, 3, 1)
    second_sunday = march + timedelta(days=(6 - march.weekday()) % 7 + 7)
    response = staff_client.post(ADD, new_show(screen, f"{second_sunday}T02:30"))
    assert errors(response) == {"starts_at": ["This time does not exist, because the clocks go forward."]}
    assert not Show.objects.exists()


def test_either_of_two_equal_local_times_can_be_chosen(staff_client: Client) -> None:
    screen = situations.a_screen(theater=situations.a_theater("Europe/Berlin"))
    october = date(timezone.localdate().year + 1, 10, 31)
    last_sunday = october - timedelta(days=(october.weekday() + 1) % 7)
    fields = new_show(screen, f"{last_sunday}T02:30")
    (reason,) = errors(staff_client.post(ADD, fields))["starts_at"]
    assert reason.startswith("This time occurs twice")
    assert not Show.objects.exists()

    assert staff_client.post(ADD, fields | {"starts_at_occurrence": "1"}).status_code == 302

    show = Show.objects.get()
    assert show.starts_at == datetime.combine(last_sunday, time(1, 30), tzinfo=UTC)
    assert f"on {last_sunday} at 02:30 CET" in str(show)
    fields = entered(show) | {"starts_at": f"{last_sunday}T02:30", "starts_at_occurrence": "0", "ends_at": ""}
    assert staff_client.post(change(show), fields).status_code == 302
    assert Show.objects.get().starts_at == datetime.combine(last_sunday, time(0, 30), tzinfo=UTC)


def test_prices_have_the_decimals_of_the_currency(staff_client: Client) -> None:
    screen = situations.a_screen(["SS"], theater=situations.a_theater(currency="JPY"))
    fields = new_show(screen, f"{situations.in_hours(30):%Y-%m-%dT%H:%M}")
    fields |= {"price_standard": "1500.5", "price_premium": "", "price_wheelchair": "", "price_companion": ""}
    assert errors(staff_client.post(ADD, fields)) == {"price_standard": ["An amount in JPY has no decimals."]}

    assert staff_client.post(ADD, fields | {"price_standard": "1500"}).status_code == 302

    html = staff_client.get(change(Show.objects.get())).content.decode()
    assert "Prices in JPY" in html
    assert 'value="1500"' in html


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


@pytest.mark.parametrize("field", ["movie", "screen"])
def test_movie_and_screen_of_a_show_with_bookings_cannot_change(staff_client: Client, show: Show, field: str) -> None:
    situations.a_booking(show=show)
    before = stored_fields(show)
    another = situations.a_movie() if field == "movie" else situations.a_screen()
    response = staff_client.post(change(show), entered(show) | {field: another.pk})
    assert errors(response) == {field: ["This show has 1 booking, so its screen and movie can't be changed."]}
    assert stored_fields(show) == before


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


def test_cancelling_a_show_asks_for_confirmation(staff_client: Client, show: Show) -> None:
    situations.a_booking("A1", "A2", show=show)
    response = staff_client.get(cancel(show))
    assert "1 booking, 2 seats" in response.content.decode()
    show.refresh_from_db()
    assert show.cancelled_at is None


def test_cancelling_a_show_cancels_its_bookings(staff_client: Client, show: Show) -> None:
    booking = situations.a_booking(show=show)
    response = staff_client.post(cancel(show), follow=True)
    assert response.redirect_chain == [(change(show), 302)]
    (message,) = messages(response)
    assert message.startswith(f"Cancelled with its bookings: {show.movie}, ")
    show.refresh_from_db()
    booking.refresh_from_db()
    assert show.cancelled_at is not None
    assert booking.status == BookingStatus.CANCELLED


def test_an_ended_show_cannot_be_cancelled(staff_client: Client) -> None:
    show = situations.a_started_show(hours_ago=10)
    before = stored_fields(show)
    (message,) = messages(staff_client.post(cancel(show), follow=True))
    assert message.endswith("This show has ended.")
    assert stored_fields(show) == before


def test_cancelling_several_shows_asks_for_confirmation(staff_client: Client) -> None:
    first, second, other = situations.a_show(), situations.a_show(), situations.a_show()
    booking = situations.a_booking(show=second)
    chosen = {"action": "cancel_selected", "_selected_action": [first.pk, second.pk]}
    response = staff_client.post(LIST, chosen)
    assert "Cancel these 2 shows?" in response.content.decode()
    assert not Show.objects.exclude(cancelled_at=None).exists()
    response = staff_client.post(LIST, chosen | {"confirmed": "yes"}, follow=True)
    assert len(messages(response)) == 2
    assert set(Show.objects.exclude(cancelled_at=None)) == {first, second}
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CANCELLED
    assert LogEntry.objects.count() == 2
    assert other in Show.objects.not_cancelled()


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

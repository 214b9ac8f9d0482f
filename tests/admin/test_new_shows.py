"""Staff add shows."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from cinema.catalog.models import Show
from tests import situations
from tests.admin.conftest import entered, errors
from tests.admin.show_forms import ADD, change, new_show

pytestmark = pytest.mark.django_db


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
    reason = f"This overlaps {other.movie} (20:00–21:40, plus 15 minutes for cleaning)."  # noqa: RUF001 - a range
    assert errors(response) == {"starts_at": [reason]}
    # Errors of other fields are shown at once.
    wrong = {
        "movie": "",
        "ends_at": f"{day}T23:00",
        "subtitles": "English!",
        "price_premium": "",
        "price_standard": "1,250",
    }
    together = errors(staff_client.post(ADD, new_show(screen, f"{day}T21:45") | wrong))
    assert together["starts_at"] == [reason]
    assert set(together) == {"starts_at", *wrong} - {"ends_at"}
    assert list(Show.objects.all()) == [other]
    assert not LogEntry.objects.exists()


def test_a_missing_price_is_reported_at_its_field(staff_client: Client) -> None:
    screen = situations.a_screen(["SSPP"])
    fields = new_show(screen, "", price_premium="", price_wheelchair="", price_companion="")
    fields["starts_at"] = f"{situations.in_hours(30):%Y-%m-%dT%H:%M}"
    assert errors(staff_client.post(ADD, fields)) == {"price_premium": ["Enter a price."]}
    assert not Show.objects.exists()


@pytest.mark.parametrize(
    ("field", "entry", "reason"),
    [
        ("starts_at", "2020-01-01T10:00", "A show must start in the future."),
        ("starts_at", "0001-01-01T00:00", "This date is out of range."),
        ("starts_at", "soon", "Enter a valid date/time."),
        ("ends_at", "2020-01-01T10:00", "A show must end after it starts."),
        ("language", "English!", "Enter a language, such as en or pt-BR."),
        ("price_premium", "-1", "Enter an amount such as 12.50."),
        ("price_premium", "1,250", "Enter an amount such as 12.50."),
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
    refused = staff_client.post(ADD, fields)
    (reason,) = errors(refused)["starts_at"]
    assert reason.startswith("This time occurs twice")
    # The part of the form with the choice is open.
    assert "<details>" not in refused.content.decode()
    assert not Show.objects.exists()

    assert staff_client.post(ADD, fields | {"starts_at_occurrence": "1"}).status_code == 302

    show = Show.objects.get()
    assert show.starts_at == datetime.combine(last_sunday, time(1, 30), tzinfo=UTC)
    assert f"{last_sunday:%b %d, %Y}, 02:30 CET" in str(show)
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

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cinema.catalog import price_lists
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Show
from tests import situations
from tests.admin.conftest import messages, staff_client_with

pytestmark = pytest.mark.django_db

COPY = reverse("admin:cinema_show_copy_days")
TOKYO = ZoneInfo("Asia/Tokyo")
DAY = timedelta(days=1)


@pytest.fixture
def day(db: None) -> date:
    return timezone.localdate(timezone=TOKYO) + 3 * DAY


@pytest.fixture
def show(day: date) -> Show:
    """A show at 00:30, which belongs to the schedule of the day before."""
    screen = situations.a_screen(theater=situations.a_theater("Asia/Tokyo"))
    return situations.a_show(screen=screen, starts_at=datetime.combine(day + DAY, time(0, 30), tzinfo=TOKYO))


def repeat(show: Show) -> str:
    return reverse("admin:cinema_show_repeat_show", args=[show.pk])


def a_copy(show: Show, day: date, **fields: Any) -> dict[str, Any]:
    entry = {"from_theater": show.screen.theater_id, "days": 1, "first_day": day, "to": day + DAY, **fields}
    return {"preview": "yes", **entry}


def shown(response: Any) -> str:
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def confirmation(response: Any) -> dict[str, Any]:
    """What the browser sends when the button below the preview is clicked."""
    html = response.content.decode()
    form = html[html.index('class="bulk-confirm"') :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]))


def refusals(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return {field: list(errors) for field, errors in response.context["form"].errors.items()}


def test_a_day_is_copied_after_a_preview(staff_client: Client, show: Show, day: date) -> None:
    preview = staff_client.get(COPY, a_copy(show, day, until=day + 2 * DAY))
    assert "2 shows can be added." in shown(preview)
    assert f"00:30 {show.movie.title}, {show.screen.name} New" in shown(preview)
    assert list(Show.objects.all()) == [show]
    sent = confirmation(preview)
    response = staff_client.post(COPY, sent, follow=True)
    assert messages(response) == ["Added 2 shows."]
    assert response.context["schedule"]["day"] == day + DAY
    assert [each.starts_at - show.starts_at for each in Show.objects.order_by("pk")] == [0 * DAY, DAY, 2 * DAY]
    assert LogEntry.objects.count() == 2
    # The browser sends the form again.
    again = messages(staff_client.post(COPY, sent, follow=True))
    assert again == ["This form was already sent. Its shows were added only once."]
    assert Show.objects.count() == 3
    assert LogEntry.objects.count() == 2


def test_the_form_begins_with_the_day_of_the_schedule(staff_client: Client, show: Show, day: date) -> None:
    situations.a_theater(name="0")
    link = f"{COPY}?theater={show.screen.theater_id}&day={day}"
    schedule = reverse("admin:cinema_show_schedule")
    page = staff_client.get(schedule, {"theater": str(show.screen.theater_id), "day": str(day)}).content.decode()
    assert link.replace("&", "&amp;") in page
    form = staff_client.get(link).context["form"]
    assert (form.initial["from_theater"], form.initial["first_day"], form.initial["to"]) == (
        show.screen.theater,
        day,
        day + DAY,
    )


def test_a_show_is_repeated(staff_client: Client, show: Show, day: date) -> None:
    form = staff_client.get(repeat(show)).context["form"]
    assert form.initial == {"first_day": day + DAY, "until": day + 6 * DAY, "times": "00:30"}
    entry: dict[str, Any] = {
        "preview": "yes",
        "first_day": day,
        "until": day + 13 * DAY,
        "weekdays": [day.weekday()],
        "times": "9:00 20.15,00:30",
    }
    preview = staff_client.get(repeat(show), entry)
    assert "5 shows can be added. 1 is already scheduled." in shown(preview)
    staff_client.post(repeat(show), confirmation(preview) | {"weekdays": entry["weekdays"]})
    local = sorted(each.starts_at.astimezone(TOKYO).replace(tzinfo=None) for each in Show.objects.all())
    assert local == [
        datetime.combine(first + late * DAY, start)
        for first in (day, day + 7 * DAY)
        for late, start in ((0, time(9)), (0, time(20, 15)), (1, time(0, 30)))
    ]


def test_conflicts_are_named_and_skipped_only_if_the_form_says_so(staff_client: Client, show: Show, day: date) -> None:
    other = situations.a_show(screen=show.screen, starts_at=show.starts_at + DAY + timedelta(hours=1))
    reason = f"This overlaps {other.movie} (01:30–03:10, plus 15 minutes for cleaning)."  # noqa: RUF001 - a range
    entry = a_copy(show, day, until=day + 2 * DAY)
    preview = staff_client.get(COPY, entry)
    assert "1 show can be added. 1 cannot be added." in shown(preview)
    assert reason in shown(preview)
    sent = confirmation(preview)
    before = list(Show.objects.order_by("pk"))
    # The conflict arises after the preview.
    refused = staff_client.post(COPY, {name: sent[name] for name in sent if name != "skip_conflicts"})
    assert refusals(refused) == {"__all__": ["1 of 2 shows cannot be added, so none was added."]}
    assert reason in shown(refused)
    assert list(Show.objects.order_by("pk")) == before
    added = messages(staff_client.post(COPY, sent, follow=True))
    assert added[0] == "Added 1 show."
    assert added[1].endswith(f", 00:30. {reason}")
    assert Show.objects.count() == 3


def test_missing_prices_are_asked_for_once(staff_client: Client, show: Show, day: date) -> None:
    listed = price_lists.add(
        name="Matinee", prices={SeatCategory.STANDARD: Decimal(7), SeatCategory.PREMIUM: Decimal(9)}
    )
    preview = staff_client.get(COPY, a_copy(show, day, until=day + 2 * DAY, price_list=listed.pk))
    assert "Missing prices in USD, for all new shows Wheelchair space Companion seat Add 2 shows" in shown(preview)
    sent = confirmation(preview)
    for price, reason in [("", "Enter a price"), ("-1", "Enter an amount"), ("1.001", "An amount in USD")]:
        refused = staff_client.post(COPY, sent | {"price_wheelchair": "5", "price_companion": price})
        assert "price_companion" in refusals(refused)
        assert "price_wheelchair" not in refusals(refused)
        assert reason in shown(refused)
        assert list(Show.objects.all()) == [show]
    staff_client.post(COPY, sent | {"price_wheelchair": "5", "price_companion": "4"})
    for added in Show.objects.exclude(pk=show.pk):
        assert sorted(added.prices.values_list("amount", flat=True)) == [4, 5, 7, 9]


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"days": "2"}, "days"),
        ({"first_day": "1999-12-31"}, "first_day"),
        ({"to": ""}, "to"),
        ({"until": "2020-01-01"}, "until"),
        ({"until": "2099-12-31"}, "until"),
        ({"days": "7", "weekdays": ["0"]}, "weekdays"),
        ({"screen": "other"}, "screen"),
        ({"price_list": "euros"}, "price_list"),
    ],
)
def test_an_invalid_copy_is_refused_at_its_field(
    staff_client: Client, show: Show, day: date, entry: dict[str, Any], field: str
) -> None:
    others = {
        "other": situations.a_screen().pk,
        "euros": price_lists.add(name="Euros", currency="EUR", prices={SeatCategory.STANDARD: Decimal(7)}).pk,
    }
    sent = {name: others.get(value, value) if isinstance(value, str) else value for name, value in entry.items()}
    for confirmed in ({}, {"confirmed": "yes", "key": "1"}):
        refused = staff_client.post(COPY, a_copy(show, day, **sent, **confirmed))
        assert list(refusals(refused)) == [field]
        assert 'class="bulk-confirm"' not in refused.content.decode()
    assert list(Show.objects.all()) == [show]


@pytest.mark.parametrize("times", ["", ",", "noon", "25:00", "20-30", "24:00"])
def test_invalid_times_are_refused_at_their_field(staff_client: Client, show: Show, day: date, times: str) -> None:
    entry = {"preview": "yes", "first_day": day, "until": day + DAY, "times": times}
    assert list(refusals(staff_client.post(repeat(show), entry))) == ["times"]


def test_weekdays_that_are_not_among_the_dates_are_refused(staff_client: Client, show: Show, day: date) -> None:
    other = [(day + 3 * DAY).weekday()]
    repeated: dict[str, Any] = {"preview": "yes", "first_day": day, "until": day + DAY, "times": "9:00"}
    reason = {"weekdays": ["None of the dates is one of these weekdays."]}
    assert refusals(staff_client.get(repeat(show), repeated | {"weekdays": other})) == reason
    assert refusals(staff_client.get(COPY, a_copy(show, day, weekdays=other))) == reason
    assert refusals(staff_client.get(COPY, a_copy(show, day, until=day + 2 * DAY, weekdays=other))) == reason
    # Only the dates are wrong.
    assert list(refusals(staff_client.get(COPY, a_copy(show, day, until=day, weekdays=other)))) == ["until"]


def test_a_day_without_shows_has_nothing_to_add(staff_client: Client, show: Show, day: date) -> None:
    empty = a_copy(show, day - DAY)
    assert "There are no shows on these dates to copy." in shown(staff_client.post(COPY, empty))
    refused = staff_client.post(COPY, empty | {"confirmed": "yes", "key": "1"})
    assert refusals(refused) == {"__all__": ["There is no show to add."]}
    assert list(Show.objects.all()) == [show]


def test_the_add_permission_is_required(show: Show, day: date) -> None:
    viewer = staff_client_with("view_show", "change_show")
    entry = a_copy(show, day, confirmed="yes", key="1")
    for page in (COPY, repeat(show)):
        assert viewer.get(page).status_code == 403
        assert viewer.post(page, entry).status_code == 403
    for page in (reverse("admin:cinema_show_changelist"), reverse("admin:cinema_show_change", args=[show.pk])):
        html = viewer.get(page).content.decode()
        assert COPY not in html
        assert repeat(show) not in html
    assert list(Show.objects.all()) == [show]

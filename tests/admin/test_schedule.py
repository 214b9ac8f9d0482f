import re
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cinema.admin import schedule
from cinema.catalog import scheduling, theaters
from cinema.catalog.models import Screen, Show, Theater
from cinema.core import clock
from tests import situations
from tests.admin.conftest import staff_client_with

pytestmark = pytest.mark.django_db

SCHEDULE = reverse("admin:cinema_show_schedule")
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def theater(db: None) -> Theater:
    return situations.a_theater("Asia/Tokyo")


@pytest.fixture
def day(db: None) -> date:
    return timezone.localdate(timezone=TOKYO) + timedelta(days=3)


def a_show_at(screen: Screen, day: date, hour: int, minute: int = 0) -> Show:
    return situations.a_show(screen=screen, starts_at=datetime.combine(day, time(hour, minute), tzinfo=TOKYO))


def page(staff_client: Client, **query: Any) -> Any:
    response = staff_client.get(SCHEDULE, query)
    assert response.status_code == 200
    return response


def test_a_day_is_drawn_by_screen_in_local_time(staff_client: Client, theater: Theater, day: date) -> None:
    screen = situations.a_screen(theater=theater)
    empty = situations.a_screen(theater=theater)
    evening = a_show_at(screen, day, 20, 30)
    a_show_at(screen, day + timedelta(days=1), 12)
    situations.a_show()
    drawn = schedule.draw(theater, day)
    assert [row.screen for row in drawn["rows"]] == [screen, empty]
    (block,) = drawn["rows"][0].blocks
    assert (block.show, block.starts, block.ends) == (evening, "20:30", "22:10")
    # The axis has 14 hours, from 10:00 to midnight. The show starts after 10.5 hours and lasts 100 minutes.
    assert drawn["axis"].hours()[0] == (0, "10:00")
    assert len(drawn["axis"].hours()) == 14
    assert (block.left, block.width) == pytest.approx((100 * 10.5 / 14, 100 * 100 / 60 / 14))
    html = page(staff_client, theater=theater.pk, day=day).content.decode()
    assert reverse("admin:cinema_show_change", args=[evening.pk]) in html
    assert 'class="schedule-show on_sale"' in html
    assert "0 of 21" in html


def test_the_axis_includes_early_and_late_shows(theater: Theater, day: date) -> None:
    screen = situations.a_screen(theater=theater)
    a_show_at(screen, day, 8, 15)
    a_show_at(screen, day, 23, 30)
    hours = [hour for _, hour in schedule.draw(theater, day)["axis"].hours()]
    assert (hours[0], hours[-1]) == ("08:00", "01:00")


def test_a_cancelled_show_is_drawn_in_another_lane_than_its_successor(
    staff_client: Client, theater: Theater, day: date
) -> None:
    screen = situations.a_screen(theater=theater)
    cancelled = a_show_at(screen, day, 20)
    scheduling.cancel(show_id=cancelled.pk)
    successor = a_show_at(screen, day, 21)
    later = a_show_at(screen, day, 23)
    (row,) = schedule.draw(theater, day)["rows"]
    assert {block.show: block.lane for block in row.blocks} == {cancelled: 0, successor: 1, later: 0}
    assert row.lane_count == 2
    assert 'class="schedule-show cancelled"' in page(staff_client, theater=theater.pk, day=day).content.decode()


def test_the_night_when_clocks_go_forward_is_drawn_without_the_skipped_hour() -> None:
    theater = situations.a_theater("Europe/Lisbon")
    last_day_of_march = date(timezone.localdate().year + 1, 3, 31)
    day = last_day_of_march - timedelta(days=(last_day_of_march.weekday() + 1) % 7)
    starts_at = datetime.combine(day, time(0, 30), tzinfo=ZoneInfo("Europe/Lisbon"))
    situations.a_show(screen=situations.a_screen(theater=theater), starts_at=starts_at)
    hours = [hour for _, hour in schedule.draw(theater, day - timedelta(days=1))["axis"].hours()]
    # The show is part of the night before, and lasts 100 minutes.
    assert hours[-4:] == ["22:00", "23:00", "00:00", "02:00"]


def test_the_previous_and_the_next_day_are_linked(staff_client: Client, theater: Theater) -> None:
    html = page(staff_client, theater=theater.pk, day="2027-03-01").content.decode()
    assert "Monday, March 1, 2027" in html
    days = re.findall(r'\?theater=\d+&amp;day=([\d-]+)"[^>]*rel="(\w+)"', html)
    assert days == [("2027-02-28", "prev"), ("2027-03-02", "next")]


@pytest.mark.parametrize(
    "query", [{}, {"day": "nonsense", "theater": "0"}, {"day": "9999-12-31"}, {"day": "0001-01-01"}]
)
def test_the_default_is_today_in_the_first_theater(
    staff_client: Client, theater: Theater, query: dict[str, str]
) -> None:
    drawn = page(staff_client, **query).context["schedule"]
    assert drawn["theater"] == theater
    assert drawn["day"] == (timezone.now().astimezone(TOKYO) - timedelta(hours=6)).date()


def test_without_a_theater_the_page_says_so(staff_client: Client) -> None:
    assert "There are no theaters yet." in page(staff_client).content.decode()


def test_the_page_links_to_adding_a_show_after_the_last_one(staff_client: Client, theater: Theater, day: date) -> None:
    screen = theaters.add_screen(theater_id=theater.pk, name="1", rows=["S"])
    empty = theaters.add_screen(theater_id=theater.pk, name="2", rows=["S"])
    a_show_at(screen, day, 18, 2)
    html = page(staff_client, theater=theater.pk, day=day).content.decode()
    # The show ends at 19:42, and cleaning takes 15 minutes.
    link = f"{reverse('admin:cinema_show_add')}?screen={screen.pk}&starts_at={day}T20:00&back=schedule"
    assert link.replace("&", "&amp;") in html
    assert f"?screen={empty.pk}&amp;starts_at={day}T10:00" in html
    assert f'value="{day}T20:00"' in staff_client.get(link).content.decode()


def test_today_the_link_to_add_a_show_has_a_time_that_has_not_passed(
    staff_client: Client, theater: Theater, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = date(2026, 6, 10)
    for name in ("1", "2"):
        theaters.add_screen(theater_id=theater.pk, name=name, rows=["S"])
    for now, times in (
        (datetime(2026, 6, 9, 15, 30, tzinfo=TOKYO), ["2026-06-10T10:00"]),
        (datetime(2026, 6, 10, 9, 31, tzinfo=TOKYO), ["2026-06-10T10:00"]),
        # Staff have at least the time for cleaning, 15 minutes, to fill in the form.
        (datetime(2026, 6, 10, 15, 31, tzinfo=TOKYO), ["2026-06-10T15:50"]),
        (datetime(2026, 6, 11, 0, 20, tzinfo=TOKYO), ["2026-06-11T00:35"]),
        # A day that is over has no link, because a show must start in the future.
        (datetime(2026, 6, 11, 6, 0, tzinfo=TOKYO), []),
    ):
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        html = page(staff_client, theater=theater.pk, day=day).content.decode()
        assert re.findall(r"screen=\d+&amp;starts_at=([\dT:-]+)", html) == times * 2


def test_without_the_add_permission_there_is_no_link_to_add_a_show(theater: Theater) -> None:
    situations.a_screen(theater=theater)
    assert reverse("admin:cinema_show_add") not in page(staff_client_with("view_show")).content.decode()


def test_the_schedule_requires_the_permission_to_view_shows(theater: Theater) -> None:
    assert staff_client_with("view_movie").get(SCHEDULE).status_code == 403


def test_the_list_of_shows_links_to_the_schedule(staff_client: Client) -> None:
    assert SCHEDULE in staff_client.get(reverse("admin:cinema_show_changelist")).content.decode()


def test_the_number_of_queries_is_constant(
    staff_client: Client, theater: Theater, day: date, django_assert_num_queries: Any
) -> None:
    situations.a_booking(show=a_show_at(situations.a_screen(theater=theater), day, 12))
    with django_assert_num_queries(11):
        page(staff_client, theater=theater.pk, day=day)
    for _ in range(3):
        screen = situations.a_screen(theater=theater)
        for hour in (12, 15, 18, 21):
            situations.a_booking(show=a_show_at(screen, day, hour))
    with django_assert_num_queries(11):
        page(staff_client, theater=theater.pk, day=day)

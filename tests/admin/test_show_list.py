from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cinema.booking import blocks
from cinema.catalog import theaters
from cinema.catalog.models import Show, ShowFormat, Theater
from tests import situations

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LIST = reverse("admin:cinema_show_changelist")
SCHEDULE = reverse("admin:cinema_show_schedule")


def listed(staff_client: Client, **query: Any) -> list[Show]:
    response = staff_client.get(LIST, query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def a_show_at_noon(theater: Theater, days_ahead: int) -> Show:
    zone = ZoneInfo(theater.time_zone)
    # The cinema day ends at 06:00.
    day = (timezone.now().astimezone(zone) - timedelta(hours=6)).date() + timedelta(days=days_ahead)
    starts_at = datetime.combine(day, time(12), tzinfo=zone)
    return situations.a_show(starts_at=starts_at, screen=situations.a_screen(theater=theater))


def test_shows_are_listed_by_start_with_their_occupancy(staff_client: Client) -> None:
    later = situations.a_show(starts_at=situations.in_hours(50))
    sooner = situations.a_show(starts_at=situations.in_hours(40))
    situations.a_booking("A1", "A2", show=sooner)
    blocks.block(show_id=sooner.pk, labels=["A3"])
    assert listed(staff_client) == [sooner, later]
    page = staff_client.get(LIST).content.decode()
    assert "2 of 21 booked, 1 blocked" in page
    assert "0 of 21 booked" in page


def test_the_start_is_shown_in_local_time(staff_client: Client) -> None:
    show = a_show_at_noon(situations.a_theater("Pacific/Kiritimati"), 2)
    day = show.starts_at
    assert show.starts_at.strftime("%H:%M") == "12:00"
    assert f"{day:%a, %b} {day.day}, {day.year}, 12:00" in staff_client.get(LIST).content.decode()


def test_the_day_filter_uses_local_days(staff_client: Client) -> None:
    # The zones are 25 hours apart, so the local day is never the same.
    east, west = situations.a_theater("Pacific/Kiritimati"), situations.a_theater("Pacific/Pago_Pago")
    tomorrow = {a_show_at_noon(east, 1), a_show_at_noon(west, 1)}
    this_week = tomorrow | {a_show_at_noon(east, 6), a_show_at_noon(west, 6)}
    all_shows = this_week | {a_show_at_noon(east, 7), a_show_at_noon(west, 7)}
    assert set(listed(staff_client)) == all_shows
    assert set(listed(staff_client, day="today")) == set()
    assert set(listed(staff_client, day="tomorrow")) == tomorrow
    assert set(listed(staff_client, day="week")) == this_week
    assert set(listed(staff_client, day="all")) == all_shows


def test_the_schedule_of_a_day_links_to_the_list_of_its_shows(staff_client: Client) -> None:
    theater = situations.a_theater("Pacific/Kiritimati")
    show = a_show_at_noon(theater, 2)
    for other in (a_show_at_noon(theater, 1), a_show_at_noon(theater, 3), a_show_at_noon(situations.a_theater(), 2)):
        assert other != show
    day = show.starts_at.date()
    html = staff_client.get(f"{SCHEDULE}?theater={theater.pk}&day={day}").content.decode()
    assert f"{LIST}?day={day}&amp;screen__theater__id__exact={theater.pk}" in html
    assert listed(staff_client, day=f"{day}", screen__theater__id__exact=theater.pk) == [show]
    assert listed(staff_client, day="2020-02-30") == listed(staff_client)


def test_past_shows_are_listed_only_if_selected(staff_client: Client) -> None:
    ended = situations.a_started_show(hours_ago=30)
    running = situations.a_started_show(hours_ago=1)
    assert listed(staff_client) == [running]
    assert listed(staff_client, day="past") == [ended]
    assert listed(staff_client, day="all") == [ended, running]


def test_shows_are_filtered_by_theater_and_screen(staff_client: Client) -> None:
    here, there = situations.a_show(), situations.a_show()
    neighbor = situations.a_show(screen=situations.a_screen(theater=here.screen.theater))
    theater = {"screen__theater__id__exact": here.screen.theater_id}
    assert set(listed(staff_client, **theater)) == {here, neighbor}
    assert listed(staff_client, screen=there.screen_id) == [there]
    assert set(listed(staff_client, screen="nonsense")) == {here, there, neighbor}
    # The screen filter offers only screens of the selected theater.
    specs = staff_client.get(LIST, theater).context["cl"].filter_specs
    assert dict(specs[2].lookup_choices).keys() == {str(here.screen_id), str(neighbor.screen_id)}


def test_shows_are_searched_by_title_ignoring_accents(staff_client: Client) -> None:
    show = situations.a_show(movie=situations.a_movie("Amélie"))
    situations.a_show(movie=situations.a_movie("Dune"))
    assert listed(staff_client, q="AMELIE") == [show]


def test_the_number_of_queries_is_constant(staff_client: Client, django_assert_num_queries: Any) -> None:
    screens = [situations.a_screen() for _ in range(2)]
    situations.a_booking(show=situations.a_show(screen=screens[0]))
    with django_assert_num_queries(9):
        staff_client.get(LIST)
    for hours in range(30, 60, 3):
        show = situations.a_show(screen=screens[1], starts_at=situations.in_hours(hours))
        situations.a_booking(show=show)
    with django_assert_num_queries(9):
        assert staff_client.get(LIST).status_code == 200


def test_formats_have_their_usual_names(staff_client: Client) -> None:
    show = situations.a_show(format=ShowFormat.IMAX_THREE_D)
    assert "IMAX 3D" in staff_client.get(LIST).content.decode()
    form = staff_client.get(reverse("admin:cinema_show_change", args=[show.pk])).content.decode()
    for name in ("2D", "3D", "IMAX", "IMAX 3D", "4DX"):
        assert f">{name}</option>" in form


def test_screens_with_numbers_are_in_the_order_of_their_numbers(staff_client: Client) -> None:
    theater = situations.a_theater()
    for name in ("Screen 10", "IMAX", "screen 2", "Screen 1"):
        theaters.add_screen(theater_id=theater.pk, name=name, rows=["S"])
    expected = ["IMAX", "Screen 1", "screen 2", "Screen 10"]
    day_by_day = staff_client.get(reverse("admin:cinema_show_schedule"), {"theater": theater.pk})
    assert [row.screen.name for row in day_by_day.context["schedule"]["rows"]] == expected
    form = staff_client.get(reverse("admin:cinema_show_add")).context["adminform"].form
    assert [str(label).split(": ")[-1] for _, label in form.fields["screen"].choices][1:] == expected

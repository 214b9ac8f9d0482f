"""The schedule uses only the database's clock, even if the clock of the process is wrong."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cinema.catalog import scheduling, theaters, time_zones
from cinema.core import clock
from cinema.core.errors import InvalidInput
from cinema.models import Movie, Screen, Seat, Show
from tests import situations
from tests.catalog.refusals import problems
from tests.catalog.shows import MINUTE, reschedule, schedule, stored
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

Shift = Callable[[timedelta], None]


@pytest.fixture
def shift_process_clock(monkeypatch: pytest.MonkeyPatch) -> Shift:
    real = timezone.now

    def shift(by: timedelta) -> None:
        monkeypatch.setattr(timezone, "now", lambda: real() + by)

    return shift


def test_a_show_in_the_future_can_be_scheduled(movie: Movie, screen: Screen, shift_process_clock: Shift) -> None:
    starts_at = clock.now() + 5 * MINUTE
    shift_process_clock(timedelta(hours=1))

    assert stored(schedule(movie, screen, starts_at)).starts_at == starts_at


def test_a_show_in_the_past_cannot_be_scheduled(movie: Movie, screen: Screen, shift_process_clock: Shift) -> None:
    starts_at = clock.now() - 5 * MINUTE
    shift_process_clock(-timedelta(hours=1))

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        schedule(movie, screen, starts_at)

    assert problems(refusal) == [("starts_at", "in_the_past")]


def test_a_running_show_can_be_changed_and_cancelled(shift_process_clock: Shift) -> None:
    show = situations.a_started_show()
    shift_process_clock(timedelta(days=1))

    reschedule(show, language="pt")
    scheduling.cancel(show_id=show.pk)

    assert stored(show).language == "pt"
    assert stored(show).cancelled_at is not None


def test_a_show_that_has_ended_cannot_be_changed(shift_process_clock: Shift) -> None:
    show = situations.a_started_show(hours_ago=5)
    shift_process_clock(-timedelta(days=1))

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        reschedule(show, language="pt")

    assert problems(refusal) == [("show_id", "over")]


def test_retired_seats_have_the_time_of_the_database(shift_process_clock: Shift) -> None:
    screen = situations.a_screen(["SS"])
    shift_process_clock(timedelta(days=1))

    theaters.change_screen(screen_id=screen.pk, rows=["S"])

    retired_at = Seat.objects.get(screen=screen, label="A2").retired_at
    assert retired_at is not None
    assert abs(clock.now() - retired_at) < MINUTE


@pytest.mark.parametrize("days", [-2, 2])
def test_the_admin_filters_shows_by_the_database_clock(
    admin_client: Client, shift_process_clock: Shift, days: int
) -> None:
    ended, running = situations.a_started_show(hours_ago=30), situations.a_started_show()
    shift_process_clock(timedelta(days=days))

    def listed(day: str) -> list[Show]:
        response = admin_client.get(reverse("admin:cinema_show_changelist"), {"day": day})
        return list(response.context["cl"].result_list)

    assert listed("past") == [ended]
    assert listed("") == [running]
    assert listed("tomorrow") == []


def test_a_running_show_can_be_edited_in_the_admin(admin_client: Client, shift_process_clock: Shift) -> None:
    show = situations.a_started_show()
    shift_process_clock(timedelta(days=1))

    page = admin_client.get(reverse("admin:cinema_show_change", args=[show.pk]))

    assert b'name="starts_at"' in page.content


@pytest.mark.parametrize("days", [-2, 2])
def test_the_admin_schedule_opens_on_the_current_day(
    admin_client: Client, shift_process_clock: Shift, days: int
) -> None:
    theater = situations.a_theater()

    def today() -> date:
        return time_zones.day_of(clock.now(), theater.time_zone, ends_at=theater.day_ends_at)

    before = today()
    shift_process_clock(timedelta(days=days))

    page = admin_client.get(reverse("admin:cinema_show_schedule"))

    assert page.context["schedule"]["day"] in {before, today()}

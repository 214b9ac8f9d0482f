"""The schedule of the demo data, without a database."""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from cinema.catalog import layouts
from cinema.catalog.layouts import Layout, SeatCategory
from cinema.catalog.models import ShowFormat
from cinema.core.money import validate_amount
from cinema.management.demo import loading, schedule
from cinema.management.demo.theaters import LISBON, THEATERS, DemoScreen, DemoTheater

CLEANING = timedelta(minutes=15)
SCREENS = [(theater, screen) for theater in THEATERS for screen in theater.screens]


def days(first: date, *, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]


@pytest.mark.parametrize(("theater", "screen"), SCREENS, ids=lambda each: each.name)
def test_a_schedule_leaves_time_for_cleaning_all_year_round(theater: DemoTheater, screen: DemoScreen) -> None:
    year = days(date(2027, 1, 1), count=365)
    slots = [slot for day in year for slot in schedule.slots(day, theater=theater, screen=screen)]

    assert all(later.starts_at - earlier.ends_at >= CLEANING for earlier, later in pairwise(slots))
    assert all(slot.ends_at - slot.starts_at == timedelta(minutes=slot.film.minutes) for slot in slots)


def test_a_schedule_depends_only_on_the_day_and_the_screen() -> None:
    schedules = [
        tuple(schedule.slots(day, theater=theater, screen=screen))
        for theater, screen in SCREENS
        for day in (date(2027, 3, 28), date(2027, 3, 29))
    ]

    assert len(schedules) == len({tuple((slot.starts_at, slot.film) for slot in slots) for slots in schedules})
    for theater, screen in SCREENS:
        again = tuple(schedule.slots(date(2027, 3, 28), theater=theater, screen=screen))
        assert again in schedules


@pytest.mark.parametrize(("theater", "screen"), SCREENS, ids=lambda each: each.name)
def test_a_schedule_starts_on_its_day_in_local_time(theater: DemoTheater, screen: DemoScreen) -> None:
    day = date(2027, 3, 28)  # the clocks change in Lisbon
    zone = ZoneInfo(theater.time_zone)
    starts = [slot.starts_at.astimezone(zone) for slot in schedule.slots(day, theater=theater, screen=screen)]

    assert {start.date() for start in starts} == {day}
    assert all(start.hour >= 10 for start in starts)


def test_a_schedule_uses_formats_that_film_and_screen_support() -> None:
    for theater, screen in SCREENS:
        for slot in schedule.slots(date(2027, 5, 8), theater=theater, screen=screen):
            assert slot.format in slot.film.formats
            assert slot.format in screen.formats


def test_a_week_uses_every_format() -> None:
    week = days(date(2027, 5, 8), count=7)
    slots = [
        slot
        for theater, screen in SCREENS
        for day in week
        for slot in schedule.slots(day, theater=theater, screen=screen)
    ]

    assert {slot.format for slot in slots} == set(ShowFormat)


def test_the_loaded_two_weeks_have_more_than_a_hundred_shows() -> None:
    # The first day may be over already.
    full_days = days(date(2027, 5, 8), count=loading.DAYS - 1)
    shows = [
        slot
        for theater, screen in SCREENS
        for day in full_days
        for slot in schedule.slots(day, theater=theater, screen=screen)
    ]

    assert loading.DAYS == 14
    assert len(shows) > 100


def test_a_schedule_dubs_family_films_in_the_daytime() -> None:
    week = days(date(2027, 5, 8), count=14)
    slots = [slot for day in week for slot in schedule.slots(day, theater=LISBON, screen=LISBON.screens[1])]

    dubbed = [slot for slot in slots if slot.language]
    assert {slot.language for slot in dubbed} == {"pt-PT"}
    assert all(slot.film.family for slot in dubbed)
    assert any(slot.film.family and not slot.language for slot in slots)


@pytest.mark.parametrize("currency", ["EUR", "JPY"])
@pytest.mark.parametrize("show_format", ShowFormat)
def test_prices_are_higher_for_premium_seats_and_in_the_evening(show_format: ShowFormat, currency: str) -> None:
    daytime, evening_prices = (
        schedule.prices(show_format, in_the_evening=evening, currency=currency) for evening in (False, True)
    )

    assert daytime.keys() == evening_prices.keys() == set(SeatCategory)
    assert daytime[SeatCategory.PREMIUM] > daytime[SeatCategory.STANDARD] > daytime[SeatCategory.COMPANION] > 0
    assert all(evening_prices[category] > daytime[category] for category in SeatCategory)
    for amount in evening_prices.values():
        validate_amount(amount, currency)


def test_theaters_have_three_time_zones_and_currencies() -> None:
    assert len({theater.time_zone for theater in THEATERS}) == len({theater.currency for theater in THEATERS}) == 3


def test_screens_have_different_plans() -> None:
    plans = [layouts.parse(Layout(screen.rows)) for _, screen in SCREENS]

    assert sorted(len(plan) for plan in plans) == [41, 60, 72, 104, 116, 202]
    assert all({seat.category for seat in plan} == set(SeatCategory) for plan in plans)
    assert all("_" in screen.plan for _, screen in SCREENS)
    assert [any(seat.unit for seat in plan) for plan in plans].count(True) == 1

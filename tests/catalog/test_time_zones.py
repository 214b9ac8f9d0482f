from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from cinema.catalog import time_zones
from cinema.catalog.time_zones import day_of, is_ambiguous, validate_time_zone, zone_of

ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Lisbon",
        "America/New_York",
        "Asia/Tokyo",
        "Asia/Kathmandu",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
    ]
)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2037, 12, 31))


def day_in(time_zone: str, day: date, ends_at: time = time.min) -> tuple[datetime, datetime]:
    return time_zones.day_in(time_zone, day, ends_at=ends_at)


def hours_of(time_zone: str, day: date) -> float:
    begin, end = day_in(time_zone, day)
    return (end - begin) / timedelta(hours=1)


def test_a_day_lasts_from_midnight_to_midnight_in_local_time() -> None:
    assert day_in("Asia/Tokyo", date(2026, 7, 1)) == (
        datetime(2026, 6, 30, 15, tzinfo=UTC),
        datetime(2026, 7, 1, 15, tzinfo=UTC),
    )


def test_the_day_when_clocks_go_forward_in_lisbon_has_23_hours() -> None:
    assert day_in("Europe/Lisbon", date(2026, 3, 29)) == (
        datetime(2026, 3, 29, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 23, tzinfo=UTC),
    )


def test_the_day_when_clocks_go_back_in_lisbon_has_25_hours() -> None:
    assert day_in("Europe/Lisbon", date(2026, 10, 25)) == (
        datetime(2026, 10, 24, 23, tzinfo=UTC),
        datetime(2026, 10, 26, 0, tzinfo=UTC),
    )


def test_the_day_when_clocks_go_forward_in_new_york_has_23_hours() -> None:
    assert day_in("America/New_York", date(2026, 3, 8)) == (
        datetime(2026, 3, 8, 5, tzinfo=UTC),
        datetime(2026, 3, 9, 4, tzinfo=UTC),
    )


def test_the_day_when_clocks_go_back_in_new_york_has_25_hours() -> None:
    assert day_in("America/New_York", date(2026, 11, 1)) == (
        datetime(2026, 11, 1, 4, tzinfo=UTC),
        datetime(2026, 11, 2, 5, tzinfo=UTC),
    )


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1)], ids=str)
def test_days_in_tokyo_have_24_hours(day: date) -> None:
    assert hours_of("Asia/Tokyo", day) == 24


def test_a_day_without_midnight_begins_when_the_clocks_change() -> None:
    # In 2018 São Paulo went from 23:59:59 on Saturday to 01:00:00 on Sunday.
    assert day_in("America/Sao_Paulo", date(2018, 11, 4)) == (
        datetime(2018, 11, 4, 3, tzinfo=UTC),
        datetime(2018, 11, 5, 2, tzinfo=UTC),
    )


def test_a_day_with_two_midnights_begins_at_the_first() -> None:
    # In 2026 Havana goes from 00:59:59 on Sunday back to 00:00:00.
    assert day_in("America/Havana", date(2026, 11, 1)) == (
        datetime(2026, 11, 1, 4, tzinfo=UTC),
        datetime(2026, 11, 2, 5, tzinfo=UTC),
    )


@settings(deadline=None)
@given(ZONES, DAYS)
def test_a_day_ends_when_the_next_one_begins(time_zone: str, day: date) -> None:
    assert day_in(time_zone, day)[1] == day_in(time_zone, day + timedelta(days=1))[0]


@settings(deadline=None)
@given(ZONES, DAYS)
def test_a_day_has_23_to_25_hours(time_zone: str, day: date) -> None:
    assert 23 <= hours_of(time_zone, day) <= 25


@pytest.mark.parametrize("time_zone", ["Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("day", [date.min, date.max], ids=str)
def test_the_first_and_last_day_of_the_calendar_are_valid(time_zone: str, day: date) -> None:
    begin, end = day_in(time_zone, day)

    assert begin < end


@pytest.mark.parametrize(
    "name", ["UTC", "Europe/Lisbon", "America/Argentina/Buenos_Aires", "US/Pacific", "Asia/Calcutta"]
)
def test_an_iana_name_is_a_time_zone(name: str) -> None:
    validate_time_zone(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "Lisbon", "europe/lisbon", "+01:00", " Europe/Lisbon", "../../etc/passwd"),
        # Known to some machines, but not to browsers.
        *("localtime", "Factory", "posixrules", "posix/Europe/Lisbon", "right/UTC", "tzdata.zi"),
    ],
)
def test_any_other_name_is_not_a_time_zone(name: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_time_zone(name)

    assert refusal.value.code == "unknown_time_zone"


def test_a_stored_name_that_browsers_do_not_know_means_utc() -> None:
    assert zone_of("localtime").key == zone_of("Nowhere/City").key == "UTC"
    assert zone_of("US/Hawaii").key == "US/Hawaii"


@pytest.mark.parametrize("time_zone", ["Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Chatham"])
def test_a_cinema_day_ends_in_the_early_morning(time_zone: str) -> None:
    zone = zone_of(time_zone)
    begin, end = day_in(time_zone, date(2026, 6, 5), time(4, 30))
    assert (begin.astimezone(zone), end.astimezone(zone)) == (
        datetime(2026, 6, 5, 4, 30, tzinfo=zone),
        datetime(2026, 6, 6, 4, 30, tzinfo=zone),
    )


@settings(deadline=None)
@given(ZONES, st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)), st.times(max_value=time(11, 59)))  # noqa: DTZ001 - in UTC
def test_each_moment_belongs_to_the_day_that_contains_it(time_zone: str, moment: datetime, ends_at: time) -> None:
    moment = moment.replace(tzinfo=UTC)
    begin, end = day_in(time_zone, day_of(moment, time_zone, ends_at=ends_at), ends_at)
    assert begin <= moment < end


@pytest.mark.parametrize(
    ("time_zone", "local", "ambiguous"),
    [
        ("Europe/Lisbon", datetime(2026, 10, 25, 1, 30), True),  # noqa: DTZ001 - local times
        ("Europe/Lisbon", datetime(2026, 10, 25, 2, 0), False),  # noqa: DTZ001
        ("Europe/Lisbon", datetime(2026, 3, 29, 1, 30), False),  # noqa: DTZ001 - skipped
        ("Australia/Lord_Howe", datetime(2026, 4, 5, 1, 45), True),  # noqa: DTZ001 - goes back by 30 minutes
        ("Australia/Lord_Howe", datetime(2026, 4, 5, 1, 15), False),  # noqa: DTZ001
        ("Asia/Tokyo", datetime(2026, 10, 25, 1, 30), False),  # noqa: DTZ001
    ],
)
def test_times_that_occur_twice_are_recognized(time_zone: str, local: datetime, *, ambiguous: bool) -> None:
    for fold in (0, 1):
        assert is_ambiguous(local.replace(tzinfo=zone_of(time_zone), fold=fold)) is ambiguous

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from cinema.booking import blocks
from cinema.catalog import scheduling, theaters
from cinema.models import Movie, Theater
from tests import situations
from tests.catalog.listings import DAY, ZONES, a_show_at, a_show_of, local, sell_out, shows
from tests.situations import in_hours

pytestmark = pytest.mark.django_db


def test_shows_are_ordered_by_start_and_include_past_and_cancelled_ones() -> None:
    later, cancelled, past = a_show_of("A", starts_at=in_hours(48)), a_show_of("B"), a_show_of("C")
    scheduling.cancel(show_id=cancelled.pk)
    situations.start_show(past)

    assert shows() == [past, cancelled, later]


def test_shows_are_filtered_by_movie() -> None:
    heat, _alien = a_show_of("Heat"), a_show_of("Alien")

    assert shows(movie_id=heat.movie_id) == [heat]


def test_shows_are_filtered_by_theater() -> None:
    here, _there = a_show_of("Heat"), a_show_of("Alien")

    assert shows(theater_id=here.screen.theater_id) == [here]


@pytest.mark.parametrize("time_zone", ZONES)
def test_shows_are_filtered_by_local_day(time_zone: str) -> None:
    theater = situations.a_theater(time_zone)
    _before = a_show_at(local(DAY, "05:59", time_zone), theater)
    early = a_show_at(local(DAY, "06:00", time_zone), theater)
    late = a_show_at(local(DAY + timedelta(days=1), "05:59", time_zone), theater)
    _after = a_show_at(local(DAY + timedelta(days=1), "06:00", time_zone), theater)

    assert shows(on=DAY) == [early, late]


def test_shows_are_filtered_by_earliest_start() -> None:
    show = a_show_of("Heat")

    assert shows(from_=show.starts_at) == [show]
    assert shows(from_=show.starts_at + timedelta(microseconds=1)) == []


def test_shows_are_filtered_by_latest_start_exclusively() -> None:
    show = a_show_of("Heat")

    assert shows(until=show.starts_at) == []
    assert shows(until=show.starts_at + timedelta(microseconds=1)) == [show]


def test_shows_are_filtered_by_format() -> None:
    flat, imax = a_show_of("Heat"), a_show_of("Dune", format="IMAX")

    assert shows(format="IMAX") == [imax]
    assert shows(format="TWO_D") == [flat]


def test_shows_are_filtered_by_whether_they_can_be_booked() -> None:
    a_show_of("Free")
    sold_out, cancelled, started = a_show_of("Sold out"), a_show_of("Cancelled"), a_show_of("Started")
    blocked, held, expired = a_show_of("Blocked"), a_show_of("Held"), a_show_of("Expired hold")
    sell_out(sold_out)
    scheduling.cancel(show_id=cancelled.pk)
    situations.start_show(started)
    blocks.block(show_id=blocked.pk, labels=["A1", "A2"])
    situations.a_hold("A1", "A2", show=held)
    situations.a_hold("A1", "A2", show=expired, minutes_left=-1)

    assert {show.movie.title for show in shows(bookable=True)} == {"Free", "Expired hold"}
    assert {show.movie.title for show in shows(bookable=False)} == {
        "Sold out",
        "Cancelled",
        "Started",
        "Blocked",
        "Held",
    }


def test_a_sold_out_show_can_be_booked_after_seats_are_added() -> None:
    show = a_show_of("Heat")
    sell_out(show)
    theaters.change_screen(screen_id=show.screen_id, rows=["SSS"])

    assert shows(bookable=True) == [show]


def test_all_filters_of_shows_must_match() -> None:
    theater = situations.a_theater("Asia/Tokyo")
    wanted = a_show_at(local(DAY, "20:00", "Asia/Tokyo"), theater, format="IMAX")
    a_show_at(local(DAY, "20:00", "Asia/Tokyo"), theater)
    a_show_at(local(DAY, "10:00", "Asia/Tokyo"), theater, format="IMAX")
    a_show_at(local(DAY, "20:00", "Asia/Tokyo"), situations.a_theater("Asia/Tokyo"), format="IMAX")

    evening = local(DAY, "18:00", "Asia/Tokyo")
    assert shows(theater_id=theater.pk, on=DAY, from_=evening, format="IMAX", bookable=True) == [wanted]


def test_listed_shows_need_no_further_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    a_show_of("Heat")
    (show,) = shows()

    with django_assert_num_queries(0):
        assert isinstance(show.movie, Movie)
        assert isinstance(show.screen.theater, Theater)

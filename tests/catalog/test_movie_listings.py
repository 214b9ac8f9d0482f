from datetime import date, timedelta

import pytest

from cinema.booking import blocks, bookings
from cinema.catalog import scheduling
from cinema.models import User
from tests import situations
from tests.catalog.listings import DAY, ZONES, a_show_at, a_show_of, local, sell_out, shows, titles
from tests.rules import ChangeRules
from tests.situations import in_hours

pytestmark = pytest.mark.django_db


def test_movies_come_by_title_whatever_the_case() -> None:
    for title in ["beta", "Alpha", "alien", "Zulu"]:
        situations.a_movie(title)

    assert titles() == ["alien", "Alpha", "beta", "Zulu"]


# ---------------------------------------------------------------------- on sale


def test_a_movie_with_a_show_that_can_be_booked_is_on_sale() -> None:
    a_show_of("Heat")
    situations.a_movie("Alien")

    assert titles(on_sale=True) == ["Heat"]
    assert titles(on_sale=False) == ["Alien"]


def test_a_movie_whose_only_show_is_sold_out_is_not_on_sale() -> None:
    sell_out(a_show_of("Heat"))

    assert (titles(on_sale=True), titles(on_sale=False)) == ([], ["Heat"])


def test_one_free_seat_is_enough_to_be_on_sale() -> None:
    situations.a_booking("A1", show=a_show_of("Heat"))

    assert titles(on_sale=True) == ["Heat"]


def test_a_seat_that_was_given_back_is_on_sale_again(buyer: User) -> None:
    show = a_show_of("Heat")
    booking = situations.a_booking("A1", "A2", show=show, by=buyer)
    bookings.cancel(booking_id=booking.pk, by=buyer, labels=["A2"])

    assert titles(on_sale=True) == ["Heat"]


def test_blocked_seats_are_not_on_sale() -> None:
    show = a_show_of("Heat")
    situations.a_booking("A1", show=show)
    blocks.block(show_id=show.pk, labels=["A2"])

    assert titles(on_sale=True) == []


def test_seats_that_are_held_are_not_on_sale() -> None:
    situations.a_hold("A1", "A2", show=a_show_of("Heat"))

    assert titles(on_sale=True) == []


def test_seats_whose_hold_ran_out_are_on_sale_though_nobody_has_noticed() -> None:
    situations.a_hold("A1", "A2", show=a_show_of("Heat"), minutes_left=-1)

    assert titles(on_sale=True) == ["Heat"]


def test_a_cancelled_show_is_not_on_sale() -> None:
    scheduling.cancel(show_id=a_show_of("Heat").pk)

    assert titles(on_sale=True) == []


def test_a_show_that_has_started_is_not_on_sale() -> None:
    situations.start_show(a_show_of("Heat"))

    assert titles(on_sale=True) == []


def test_a_show_that_is_about_to_start_is_not_on_sale(change_rules: ChangeRules) -> None:
    a_show_of("Heat", starts_at=in_hours(2))
    a_show_of("Alien", starts_at=in_hours(4))
    change_rules(booking_closes_before_start=timedelta(hours=3))

    assert titles(on_sale=True) == ["Alien"]


def test_one_show_that_can_be_booked_makes_up_for_others_that_cannot() -> None:
    sold_out = a_show_of("Heat")
    sell_out(sold_out)
    situations.a_show(movie=sold_out.movie)

    assert titles(on_sale=True) == ["Heat"]
    assert titles(on_sale=False) == []


def test_a_movie_is_found_once_however_many_shows_it_has() -> None:
    movie = situations.a_movie("Heat")
    for _ in range(3):
        situations.a_show(movie=movie)

    assert titles(on_sale=True) == ["Heat"]


# ---------------------------------------------------------------------- shown on a day, in a theater


@pytest.mark.parametrize("time_zone", ZONES)
def test_a_day_is_from_midnight_to_midnight_where_the_theater_is(time_zone: str) -> None:
    theater = situations.a_theater(time_zone)
    a_show_at(local(DAY - timedelta(days=1), "23:59", time_zone), theater, "The day before")
    a_show_at(local(DAY, "00:00", time_zone), theater, "Midnight")
    a_show_at(local(DAY, "23:59", time_zone), theater, "Late night")
    a_show_at(local(DAY + timedelta(days=1), "00:00", time_zone), theater, "The day after")

    assert titles(on=DAY) == ["Late night", "Midnight"]


def test_each_theater_has_its_own_day() -> None:
    # At 23:30 in New York it is the next day in Lisbon and in Tokyo.
    moment = local(DAY, "23:30", "America/New_York")
    for time_zone in ZONES:
        a_show_at(moment, situations.a_theater(time_zone), time_zone)

    assert titles(on=DAY) == ["America/New_York"]
    assert titles(on=DAY + timedelta(days=1)) == ["Asia/Tokyo", "Europe/Lisbon"]


def test_shows_that_are_over_count_on_their_day() -> None:
    show = a_show_of("Heat")
    situations.start_show(show, hours_ago=72)

    assert titles(on=show.starts_at.date()) == ["Heat"]


def test_cancelled_shows_do_not_count_on_their_day() -> None:
    show = a_show_of("Heat")
    scheduling.cancel(show_id=show.pk)

    assert titles(on=show.starts_at.date()) == []


@pytest.mark.parametrize("day", [date.min, date.max], ids=str)
def test_nothing_is_shown_at_the_ends_of_the_calendar(day: date) -> None:
    for time_zone in ZONES:
        a_show_at(in_hours(24), situations.a_theater(time_zone))

    assert titles(on=day) == []
    assert shows(on=day) == []


def test_a_movie_is_found_by_the_theater_that_shows_it() -> None:
    here, there = situations.a_theater(), situations.a_theater()
    a_show_at(in_hours(24), here, "Here")
    a_show_at(in_hours(24), there, "There")
    situations.a_movie("Nowhere")

    assert titles(theater_id=here.pk) == ["Here"]


def test_what_a_theater_has_shown_or_cancelled_is_not_shown_there() -> None:
    theater = situations.a_theater()
    situations.start_show(a_show_at(in_hours(24), theater, "Past"))
    scheduling.cancel(show_id=a_show_at(in_hours(24), theater, "Cancelled").pk)

    assert titles(theater_id=theater.pk) == []


def test_a_theater_that_is_not_there_shows_nothing() -> None:
    a_show_of("Heat")

    assert titles(theater_id=0) == []


# ---------------------------------------------------------------------- all of it, of the same show


def test_the_day_and_the_theater_are_of_the_same_show() -> None:
    here, there = situations.a_theater(), situations.a_theater()
    movie = a_show_at(local(DAY, "20:00", "UTC"), here, "Heat").movie
    situations.a_show(
        starts_at=local(DAY + timedelta(days=1), "20:00", "UTC"), screen=situations.a_screen(theater=there), movie=movie
    )

    assert titles(on=DAY, theater_id=here.pk) == ["Heat"]
    assert titles(on=DAY, theater_id=there.pk) == []


def test_the_day_and_the_sale_are_of_the_same_show() -> None:
    today = a_show_at(local(DAY, "20:00", "UTC"), situations.a_theater(), "Heat")
    sell_out(today)
    situations.a_show(starts_at=local(DAY + timedelta(days=1), "20:00", "UTC"), movie=today.movie)

    assert titles(on=DAY, on_sale=True) == []
    assert titles(on=DAY + timedelta(days=1), on_sale=True) == ["Heat"]


def test_the_theater_and_the_sale_are_of_the_same_show() -> None:
    here, there = situations.a_theater(), situations.a_theater()
    sold_out = a_show_at(in_hours(24), here, "Heat")
    sell_out(sold_out)
    situations.a_show(starts_at=in_hours(24), screen=situations.a_screen(theater=there), movie=sold_out.movie)

    assert titles(theater_id=here.pk, on_sale=True) == []
    assert titles(theater_id=here.pk, on_sale=False) == ["Heat"]
    assert titles(theater_id=there.pk, on_sale=True) == ["Heat"]


def test_all_that_is_asked_about_a_movie_has_to_be_true() -> None:
    a_show_of("Heat")
    movie = situations.a_movie("The heat of the night", genres=["Drama"], language="en")
    situations.a_show(movie=movie)

    assert titles(search="heat", on_sale=True) == ["Heat", "The heat of the night"]
    assert titles(search="heat", genre="drama", language="en", on_sale=True) == ["The heat of the night"]
    assert titles(search="heat", genre="drama", language="fr", on_sale=True) == []

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


def test_movies_are_ordered_by_title_ignoring_case() -> None:
    for title in ["beta", "Alpha", "alien", "Zulu"]:
        situations.a_movie(title)

    assert titles() == ["alien", "Alpha", "beta", "Zulu"]


# ---------------------------------------------------------------------- on sale


def test_a_movie_with_a_bookable_show_is_on_sale() -> None:
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


def test_the_seat_of_a_cancelled_ticket_is_on_sale_again(buyer: User) -> None:
    show = a_show_of("Heat")
    booking = situations.a_booking("A1", "A2", show=show, by=buyer)
    bookings.cancel(booking_id=booking.pk, by=buyer, labels=["A2"])

    assert titles(on_sale=True) == ["Heat"]


def test_blocked_seats_are_not_on_sale() -> None:
    show = a_show_of("Heat")
    situations.a_booking("A1", show=show)
    blocks.block(show_id=show.pk, labels=["A2"])

    assert titles(on_sale=True) == []


def test_held_seats_are_not_on_sale() -> None:
    situations.a_hold("A1", "A2", show=a_show_of("Heat"))

    assert titles(on_sale=True) == []


def test_seats_of_an_expired_hold_are_on_sale_before_their_release() -> None:
    situations.a_hold("A1", "A2", show=a_show_of("Heat"), minutes_left=-1)

    assert titles(on_sale=True) == ["Heat"]


def test_a_cancelled_show_is_not_on_sale() -> None:
    scheduling.cancel(show_id=a_show_of("Heat").pk)

    assert titles(on_sale=True) == []


def test_a_started_show_is_not_on_sale() -> None:
    situations.start_show(a_show_of("Heat"))

    assert titles(on_sale=True) == []


def test_a_show_past_its_booking_deadline_is_not_on_sale(change_rules: ChangeRules) -> None:
    a_show_of("Heat", starts_at=in_hours(2))
    a_show_of("Alien", starts_at=in_hours(4))
    change_rules(booking_closes_before_start=timedelta(hours=3))

    assert titles(on_sale=True) == ["Alien"]


def test_one_bookable_show_is_enough_to_be_on_sale() -> None:
    sold_out = a_show_of("Heat")
    sell_out(sold_out)
    situations.a_show(movie=sold_out.movie)

    assert titles(on_sale=True) == ["Heat"]
    assert titles(on_sale=False) == []


def test_a_movie_with_several_shows_is_listed_once() -> None:
    movie = situations.a_movie("Heat")
    for _ in range(3):
        situations.a_show(movie=movie)

    assert titles(on_sale=True) == ["Heat"]


# ---------------------------------------------------------------------- on a day, in a theater


@pytest.mark.parametrize("time_zone", ZONES)
def test_the_movies_of_a_day_are_selected_in_local_time(time_zone: str) -> None:
    theater = situations.a_theater(time_zone)
    a_show_at(local(DAY, "05:59", time_zone), theater, "The night before")
    a_show_at(local(DAY, "06:00", time_zone), theater, "Early morning")
    a_show_at(local(DAY + timedelta(days=1), "05:59", time_zone), theater, "Late night")
    a_show_at(local(DAY + timedelta(days=1), "06:00", time_zone), theater, "The day after")

    assert titles(on=DAY) == ["Early morning", "Late night"]


def test_each_theater_has_its_own_local_day() -> None:
    # At 02:30 in New York, a part of the evening before, it is the next morning in Lisbon and in Tokyo.
    moment = local(DAY + timedelta(days=1), "02:30", "America/New_York")
    for time_zone in ZONES:
        a_show_at(moment, situations.a_theater(time_zone), time_zone)

    assert titles(on=DAY) == ["America/New_York"]
    assert titles(on=DAY + timedelta(days=1)) == ["Asia/Tokyo", "Europe/Lisbon"]


def test_ended_shows_count_on_their_day() -> None:
    show = a_show_of("Heat")
    situations.start_show(show, hours_ago=72)

    assert titles(on=situations.day_of(show)) == ["Heat"]


def test_cancelled_shows_do_not_count_on_their_day() -> None:
    show = a_show_of("Heat")
    scheduling.cancel(show_id=show.pk)

    assert titles(on=situations.day_of(show)) == []


@pytest.mark.parametrize("day", [date.min, date.max], ids=str)
def test_the_first_and_last_day_of_the_calendar_have_no_shows(day: date) -> None:
    for time_zone in ZONES:
        a_show_at(in_hours(24), situations.a_theater(time_zone))

    assert titles(on=day) == []
    assert shows(on=day) == []


def test_movies_are_filtered_by_theater() -> None:
    here, there = situations.a_theater(), situations.a_theater()
    a_show_at(in_hours(24), here, "Here")
    a_show_at(in_hours(24), there, "There")
    situations.a_movie("Nowhere")

    assert titles(theater_id=here.pk) == ["Here"]


def test_started_and_cancelled_shows_do_not_count_for_the_theater_filter() -> None:
    theater = situations.a_theater()
    situations.start_show(a_show_at(in_hours(24), theater, "Past"))
    scheduling.cancel(show_id=a_show_at(in_hours(24), theater, "Cancelled").pk)

    assert titles(theater_id=theater.pk) == []


def test_an_unknown_theater_has_no_movies() -> None:
    a_show_of("Heat")

    assert titles(theater_id=0) == []


# ---------------------------------------------------------------------- filters apply to the same show


def test_day_and_theater_must_match_the_same_show() -> None:
    here, there = situations.a_theater(), situations.a_theater()
    movie = a_show_at(local(DAY, "20:00", "UTC"), here, "Heat").movie
    situations.a_show(
        starts_at=local(DAY + timedelta(days=1), "20:00", "UTC"), screen=situations.a_screen(theater=there), movie=movie
    )

    assert titles(on=DAY, theater_id=here.pk) == ["Heat"]
    assert titles(on=DAY, theater_id=there.pk) == []


def test_day_and_sale_status_must_match_the_same_show() -> None:
    today = a_show_at(local(DAY, "20:00", "UTC"), situations.a_theater(), "Heat")
    sell_out(today)
    situations.a_show(starts_at=local(DAY + timedelta(days=1), "20:00", "UTC"), movie=today.movie)

    assert titles(on=DAY, on_sale=True) == []
    assert titles(on=DAY + timedelta(days=1), on_sale=True) == ["Heat"]


def test_theater_and_sale_status_must_match_the_same_show() -> None:
    here, there = situations.a_theater(), situations.a_theater()
    sold_out = a_show_at(in_hours(24), here, "Heat")
    sell_out(sold_out)
    situations.a_show(starts_at=in_hours(24), screen=situations.a_screen(theater=there), movie=sold_out.movie)

    assert titles(theater_id=here.pk, on_sale=True) == []
    assert titles(theater_id=here.pk, on_sale=False) == ["Heat"]
    assert titles(theater_id=there.pk, on_sale=True) == ["Heat"]


def test_all_filters_of_movies_must_match() -> None:
    a_show_of("Heat")
    movie = situations.a_movie("The heat of the night", genres=["Drama"], language="en")
    situations.a_show(movie=movie)

    assert titles(search="heat", on_sale=True) == ["Heat", "The heat of the night"]
    assert titles(search="heat", genre="drama", language="en", on_sale=True) == ["The heat of the night"]
    assert titles(search="heat", genre="drama", language="fr", on_sale=True) == []

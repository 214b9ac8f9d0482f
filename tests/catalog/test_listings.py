from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from cinema.booking import blocks, bookings, listings
from cinema.booking.listings import Showing
from cinema.catalog import houses, programming
from cinema.catalog.queries import MovieCriteria, ShowCriteria
from cinema.models import Movie, Show, Theater, User
from tests import situations
from tests.situations import in_hours

pytestmark = pytest.mark.django_db

# Far enough from today for every zone to agree that it is to come.
DAY = timezone.now().date() + timedelta(days=30)
ZONES = ["Asia/Tokyo", "Europe/Lisbon", "America/New_York"]


def titles(**asked: Any) -> list[str]:
    """The movies that meet what is asked about them and about their shows."""
    showing = Showing(**{name: asked.pop(name) for name in ("on_sale", "on", "theater_id") if name in asked})
    return [movie.title for movie in listings.movies(MovieCriteria(**asked), showing)]


def shows(*, bookable: bool | None = None, **asked: Any) -> list[Show]:
    return list(listings.shows(ShowCriteria(**asked), bookable_only=bookable))


def a_show_of(title: str, **fields: Any) -> Show:
    """Of a new movie, with two seats."""
    return situations.a_show(movie=situations.a_movie(title), **{"rows": ["SS"], **fields})


def a_show_at(moment: datetime, theater: Theater, title: str | None = None, **fields: Any) -> Show:
    """In a room of its own."""
    screen = situations.a_screen(["SS"], theater=theater)
    return situations.a_show(starts_at=moment, screen=screen, movie=situations.a_movie(title), **fields)


def local(day: date, clock: str, time_zone: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def sell_out(show: Show) -> None:
    situations.a_booking("A1", "A2", show=show)


# ---------------------------------------------------------------------- words


@pytest.fixture
def _some_movies(db: None) -> None:
    for title in ["Amélie", "The Lord of the Rings: The Two Towers", "ÉLAN", "Łódź", "Straße", "Война и мир", "100%"]:
        situations.a_movie(title)


@pytest.mark.usefixtures("_some_movies")
@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("amélie", ["Amélie"]),
        ("amelie", ["Amélie"]),
        ("AMÉLIE", ["Amélie"]),
        ("ame\u0301lie", ["Amélie"]),
        ("mel", ["Amélie"]),
        ("élan", ["ÉLAN"]),
        ("Elan", ["ÉLAN"]),
        ("STRASSE", ["Straße"]),
        ("straße", ["Straße"]),
        ("ВОЙНА", ["Война и мир"]),
        ("towers lord", ["The Lord of the Rings: The Two Towers"]),
        ("  two   towers ", ["The Lord of the Rings: The Two Towers"]),
        ("towers amélie", []),
        ("lord of the flies", []),
        ("100%", ["100%"]),
        ("%", ["100%"]),
        ("_", []),
        ("\\", []),
        ("'", []),
    ],
)
def test_a_movie_is_found_by_words_of_its_title(search: str, found: list[str]) -> None:
    assert titles(search=search) == found


@pytest.mark.usefixtures("_some_movies")
@pytest.mark.parametrize("search", [None, "", "  "])
def test_without_words_all_movies_are_found(search: str | None) -> None:
    assert len(titles(search=search)) == 7


def test_movies_come_by_title_whatever_the_case() -> None:
    for title in ["beta", "Alpha", "alien", "Zulu"]:
        situations.a_movie(title)

    assert titles() == ["alien", "Alpha", "beta", "Zulu"]


# ---------------------------------------------------------------------- genre, language


@pytest.mark.parametrize("genre", ["Drama", "drama", "DRAMA", " drama "])
def test_a_movie_is_found_by_its_genre(genre: str) -> None:
    situations.a_movie("Heat", genres=["Drama", "Crime"])
    situations.a_movie("Airplane!", genres=["Comedy"])
    situations.a_movie("Melo", genres=["Melodrama"])

    assert titles(genre=genre) == ["Heat"]


@pytest.mark.parametrize("genre", ["Épopée", "ÉPOPÉE", "épopée"])
def test_a_genre_is_found_in_any_case_whatever_its_letters(genre: str) -> None:
    situations.a_movie("Ben-Hur", genres=["Épopée"])

    assert titles(genre=genre) == ["Ben-Hur"]


def test_a_genre_that_nobody_knows_has_no_movies() -> None:
    situations.a_movie("Heat")

    assert titles(genre="Western") == []


@pytest.mark.parametrize("language", ["pt-BR", "PT-br", " pt-BR "])
def test_a_movie_is_found_by_its_language(language: str) -> None:
    situations.a_movie("Cidade de Deus", language="pt-BR")
    situations.a_movie("Tabu", language="pt")
    situations.a_movie("Silent")

    assert titles(language=language) == ["Cidade de Deus"]


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
    programming.cancel(show_id=a_show_of("Heat").pk)

    assert titles(on_sale=True) == []


def test_a_show_that_has_started_is_not_on_sale() -> None:
    situations.let_start(a_show_of("Heat"))

    assert titles(on_sale=True) == []


def test_a_show_that_is_about_to_start_is_not_on_sale(settings: Settings) -> None:
    a_show_of("Heat", starts_at=in_hours(2))
    a_show_of("Alien", starts_at=in_hours(4))
    settings.BOOKING_CLOSES_BEFORE_START = timedelta(hours=3)

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
    situations.let_start(show, hours_ago=72)

    assert titles(on=show.starts_at.date()) == ["Heat"]


def test_cancelled_shows_do_not_count_on_their_day() -> None:
    show = a_show_of("Heat")
    programming.cancel(show_id=show.pk)

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
    situations.let_start(a_show_at(in_hours(24), theater, "Past"))
    programming.cancel(show_id=a_show_at(in_hours(24), theater, "Cancelled").pk)

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


# ---------------------------------------------------------------------- shows


def test_shows_come_by_start_past_and_cancelled_ones_included() -> None:
    later, cancelled, past = a_show_of("A", starts_at=in_hours(48)), a_show_of("B"), a_show_of("C")
    programming.cancel(show_id=cancelled.pk)
    situations.let_start(past)

    assert shows() == [past, cancelled, later]


def test_shows_of_a_movie() -> None:
    heat, _alien = a_show_of("Heat"), a_show_of("Alien")

    assert shows(movie_id=heat.movie_id) == [heat]


def test_shows_in_a_theater() -> None:
    here, _there = a_show_of("Heat"), a_show_of("Alien")

    assert shows(theater_id=here.screen.theater_id) == [here]


@pytest.mark.parametrize("time_zone", ZONES)
def test_shows_of_a_day_where_the_theater_is(time_zone: str) -> None:
    theater = situations.a_theater(time_zone)
    _before = a_show_at(local(DAY - timedelta(days=1), "23:59", time_zone), theater)
    midnight = a_show_at(local(DAY, "00:00", time_zone), theater)
    late = a_show_at(local(DAY, "23:59", time_zone), theater)
    _after = a_show_at(local(DAY + timedelta(days=1), "00:00", time_zone), theater)

    assert shows(on=DAY) == [midnight, late]


def test_shows_from_a_moment_on() -> None:
    show = a_show_of("Heat")

    assert shows(from_=show.starts_at) == [show]
    assert shows(from_=show.starts_at + timedelta(microseconds=1)) == []


def test_shows_until_a_moment_that_is_not_part_of_it() -> None:
    show = a_show_of("Heat")

    assert shows(until=show.starts_at) == []
    assert shows(until=show.starts_at + timedelta(microseconds=1)) == [show]


def test_shows_of_a_format() -> None:
    flat, imax = a_show_of("Heat"), a_show_of("Dune", format="IMAX")

    assert shows(format="IMAX") == [imax]
    assert shows(format="TWO_D") == [flat]


def test_shows_that_can_be_booked_and_those_that_cannot() -> None:
    a_show_of("Free")
    sold_out, cancelled, started = a_show_of("Sold out"), a_show_of("Cancelled"), a_show_of("Started")
    blocked, held, overdue = a_show_of("Blocked"), a_show_of("Held"), a_show_of("Overdue")
    sell_out(sold_out)
    programming.cancel(show_id=cancelled.pk)
    situations.let_start(started)
    blocks.block(show_id=blocked.pk, labels=["A1", "A2"])
    situations.a_hold("A1", "A2", show=held)
    situations.a_hold("A1", "A2", show=overdue, minutes_left=-1)

    assert {show.movie.title for show in shows(bookable=True)} == {"Free", "Overdue"}
    assert {show.movie.title for show in shows(bookable=False)} == {
        "Sold out",
        "Cancelled",
        "Started",
        "Blocked",
        "Held",
    }


def test_a_show_on_a_screen_that_has_grown_can_be_booked_again() -> None:
    show = a_show_of("Heat")
    sell_out(show)
    houses.change_screen(screen_id=show.screen_id, rows=["SSS"])

    assert shows(bookable=True) == [show]


def test_what_is_asked_about_shows_has_to_be_true_of_each() -> None:
    theater = situations.a_theater("Asia/Tokyo")
    wanted = a_show_at(local(DAY, "20:00", "Asia/Tokyo"), theater, format="IMAX")
    a_show_at(local(DAY, "20:00", "Asia/Tokyo"), theater)
    a_show_at(local(DAY, "10:00", "Asia/Tokyo"), theater, format="IMAX")
    a_show_at(local(DAY, "20:00", "Asia/Tokyo"), situations.a_theater("Asia/Tokyo"), format="IMAX")

    evening = local(DAY, "18:00", "Asia/Tokyo")
    assert shows(theater_id=theater.pk, on=DAY, from_=evening, format="IMAX", bookable=True) == [wanted]


def test_shows_come_with_what_there_is_to_tell_about_them(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    a_show_of("Heat")
    (show,) = shows()

    with django_assert_num_queries(0):
        assert isinstance(show.movie, Movie)
        assert isinstance(show.screen.theater, Theater)

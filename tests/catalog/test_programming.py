from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from cinema.booking import blocks, bookings
from cinema.booking.errors import ShowHasBookings
from cinema.booking.models import BookingStatus, TicketStatus
from cinema.catalog import movies, programming
from cinema.catalog.errors import ScreenOccupied
from cinema.catalog.events import ShowCancelled, ShowMoving
from cinema.catalog.layouts import SeatCategory
from cinema.core import events
from cinema.core.errors import InvalidInput, NotFound
from cinema.handlers import HANDLERS
from cinema.models import Booking, Movie, Screen, Show, Ticket, User
from tests import situations
from tests.situations import PRICES
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

STANDARD = SeatCategory.STANDARD
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
# One for all, so that times that are told one after the other are whole hours apart.
NOW = situations.in_hours(0)


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def schedule(movie: Movie, screen: Screen, starts_at: datetime, **fields: Any) -> Show:
    return programming.schedule(
        movie_id=movie.pk, screen_id=screen.pk, starts_at=starts_at, **{"prices": PRICES, **fields}
    )


def reschedule(show: Show, **changes: Any) -> Show:
    return programming.reschedule(show_id=show.pk, **changes)


def stored(show: Show) -> Show:
    return Show.objects.get(pk=show.pk)


def prices_of(show: Show) -> dict[str, Decimal]:
    return dict(show.prices.values_list("category", "amount"))


def unreleased(show: Show) -> list[str]:
    return [ticket.seat.label for ticket in Ticket.objects.unreleased().filter(show=show)]


def problems(refusal: pytest.ExceptionInfo[InvalidInput]) -> list[tuple[str, str]]:
    return [(field.field, field.code) for field in refusal.value.fields]


@pytest.fixture
def movie() -> Movie:
    """Of 100 minutes."""
    return situations.a_movie(duration_minutes=100)


@pytest.fixture
def screen() -> Screen:
    """Of two standard seats."""
    return situations.a_screen(["SS"])


@pytest.fixture
def restored_handlers() -> Iterator[None]:
    yield
    events.install(HANDLERS)


# ---------------------------------------------------------------------- schedule


def test_a_show_is_kept_as_it_was_planned(movie: Movie, screen: Screen) -> None:
    starts_at, ends_at = at(24), at(27)

    show = schedule(
        movie,
        screen,
        starts_at,
        ends_at=ends_at,
        format="IMAX",
        language="pt-BR",
        prices={STANDARD: Decimal("12.50")},
    )

    found = stored(show)
    assert (found.movie, found.screen) == (movie, screen)
    assert (found.starts_at, found.ends_at) == (starts_at, ends_at)
    assert (found.format, found.language, found.cancelled_at) == ("IMAX", "pt-BR", None)
    assert prices_of(found) == {"STANDARD": Decimal("12.50")}


def test_a_show_ends_with_its_movie(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))

    assert stored(show).ends_at - show.starts_at == 100 * MINUTE


def test_a_show_is_flat_and_in_the_language_of_its_movie_unless_told(movie: Movie, screen: Screen) -> None:
    show = stored(schedule(movie, screen, at(24)))

    assert (show.format, show.language) == ("TWO_D", "")


def test_a_movie_whose_running_time_is_an_estimate_needs_an_explicit_end(screen: Screen) -> None:
    movie = situations.a_movie(duration_is_estimate=True)

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        schedule(movie, screen, at(24))

    assert problems(refusal) == [("ends_at", "required")]


def test_with_an_explicit_end_an_estimate_does_no_harm(screen: Screen) -> None:
    movie = situations.a_movie(duration_is_estimate=True)

    show = schedule(movie, screen, at(24), ends_at=at(26))

    assert stored(show).ends_at - show.starts_at == timedelta(hours=2)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"starts_at": -timedelta(seconds=10)}, ("starts_at", "in_the_past")),
        ({"starts_at": timedelta(days=731)}, ("starts_at", "too_far")),
        ({"ends_at": timedelta(hours=23)}, ("ends_at", "before_start")),
        ({"ends_at": timedelta(hours=24)}, ("ends_at", "before_start")),
        ({"ends_at": timedelta(hours=48, seconds=1)}, ("ends_at", "too_long")),
    ],
    ids=str,
)
def test_a_time_at_which_no_show_can_be_is_refused(
    movie: Movie, screen: Screen, fields: dict[str, timedelta], problem: tuple[str, str]
) -> None:
    times = {"starts_at": at(24)} | {name: NOW + delta for name, delta in fields.items()}

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        schedule(movie, screen, **times)

    assert problems(refusal) == [problem]


def test_a_show_may_take_a_whole_day(movie: Movie, screen: Screen) -> None:
    assert schedule(movie, screen, at(24), ends_at=at(48)).pk


def test_a_show_may_be_planned_two_years_ahead(movie: Movie, screen: Screen) -> None:
    assert schedule(movie, screen, at(24 * 730 - 1)).pk


@pytest.mark.parametrize(
    ("fields", "problem"),
    [({"language": "Portuguese"}, ("language", "invalid")), ({"format": "SMELL"}, ("format", "invalid_choice"))],
    ids=str,
)
def test_a_show_that_cannot_be_is_refused(
    movie: Movie, screen: Screen, fields: dict[str, str], problem: tuple[str, str]
) -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        schedule(movie, screen, at(24), **fields)

    assert problems(refusal) == [problem]


def test_a_movie_that_is_not_there_is_not_shown(screen: Screen) -> None:
    with nothing_changes(), pytest.raises(NotFound, match=r"^There is no such movie\.$"):
        schedule(Movie(pk=0), screen, at(24))


def test_nothing_is_shown_on_a_screen_that_is_not_there(movie: Movie) -> None:
    with nothing_changes(), pytest.raises(NotFound, match=r"^There is no such screen\.$"):
        schedule(movie, Screen(pk=0), at(24))


# ---------------------------------------------------------------------- prices


def test_every_category_of_the_screen_needs_a_price(movie: Movie) -> None:
    screen = situations.a_screen(["SP", "WC"])

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        schedule(movie, screen, at(24), prices={STANDARD: Decimal(10), SeatCategory.WHEELCHAIR: Decimal(8)})

    assert problems(refusal) == [("prices", "unpriced_category")]
    assert str(refusal.value) == "The screen has COMPANION, PREMIUM seats; say what they cost."


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (Decimal("-0.01"), "min_value"),
        (Decimal("10.005"), "max_decimal_places"),
        (Decimal("1000000.00"), "max_digits"),
        (Decimal("NaN"), "invalid"),
        (Decimal("Infinity"), "invalid"),
    ],
    ids=str,
)
def test_an_amount_that_nobody_can_pay_is_refused(movie: Movie, screen: Screen, amount: Decimal, code: str) -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        schedule(movie, screen, at(24), prices={STANDARD: amount})

    assert problems(refusal)[0] == ("prices", code)


@pytest.mark.parametrize("amount", [Decimal(0), Decimal("0.01"), Decimal("999999.99")], ids=str)
def test_a_seat_may_cost_nothing_or_much(movie: Movie, screen: Screen, amount: Decimal) -> None:
    assert prices_of(schedule(movie, screen, at(24), prices={STANDARD: amount})) == {"STANDARD": amount}


# ---------------------------------------------------------------------- no two shows overlap on a screen


def test_a_show_may_start_when_the_one_before_has_ended_and_the_screen_is_clean(movie: Movie, screen: Screen) -> None:
    first = schedule(movie, screen, at(24))

    assert schedule(movie, screen, first.ends_at + 15 * MINUTE).pk


def test_a_show_may_end_when_there_is_time_to_clean_before_the_next(movie: Movie, screen: Screen) -> None:
    second = schedule(movie, screen, at(24))

    assert schedule(movie, screen, second.starts_at - 115 * MINUTE).pk


def test_a_second_too_little_for_cleaning_after_a_show_is_refused(movie: Movie, screen: Screen) -> None:
    first = schedule(movie, screen, at(24))

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        schedule(movie, screen, first.ends_at + 15 * MINUTE - SECOND)

    assert refusal.value.show == first


def test_a_second_too_little_for_cleaning_before_a_show_is_refused(movie: Movie, screen: Screen) -> None:
    second = schedule(movie, screen, at(24))

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        schedule(movie, screen, second.starts_at - 115 * MINUTE + SECOND)

    assert refusal.value.show == second


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 100), (20, 80), (-60, 200), (-50, 10), (90, 150)],
    ids=["at the same time", "within", "around", "into its start", "into its end"],
)
def test_a_show_does_not_overlap_another(movie: Movie, screen: Screen, start: int, end: int) -> None:
    rival = schedule(movie, screen, at(24))

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        schedule(movie, screen, rival.starts_at + start * MINUTE, ends_at=rival.starts_at + end * MINUTE)

    assert refusal.value.show == rival


def test_the_first_of_several_rivals_is_named(movie: Movie, screen: Screen) -> None:
    schedule(movie, screen, at(30))
    first = schedule(movie, screen, at(26))

    with pytest.raises(ScreenOccupied) as refusal:
        schedule(movie, screen, at(25), ends_at=at(40))

    assert refusal.value.show == first
    assert str(refusal.value) == f"The screen is taken at that time, or is being cleaned: {first}."


def test_the_rival_comes_with_what_there_is_to_tell_about_it(
    movie: Movie, screen: Screen, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    schedule(movie, screen, at(24))

    with pytest.raises(ScreenOccupied) as refusal:
        schedule(movie, screen, at(24))

    with django_assert_num_queries(0):
        assert refusal.value.show.movie == movie
        assert refusal.value.show.screen.theater == screen.theater


def test_another_screen_is_free(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))

    assert schedule(movie, situations.a_screen(["S"], theater=screen.theater), show.starts_at).pk


def test_a_cancelled_show_leaves_its_screen_free(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    programming.cancel(show_id=show.pk)

    assert schedule(movie, screen, show.starts_at).pk


def test_a_show_that_is_running_occupies_its_screen(movie: Movie, screen: Screen) -> None:
    running = situations.a_show_that_started(movie=movie, screen=screen)

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        schedule(movie, screen, at(0.5))

    assert refusal.value.show == running


@pytest.mark.parametrize("minutes", [0, 30])
def test_the_time_for_cleaning_is_a_setting(movie: Movie, screen: Screen, settings: Settings, minutes: int) -> None:
    settings.CLEANING_TIME = minutes * MINUTE
    first = schedule(movie, screen, at(24))

    with nothing_changes(), pytest.raises(ScreenOccupied):
        schedule(movie, screen, first.ends_at + minutes * MINUTE - SECOND)
    assert schedule(movie, screen, first.ends_at + minutes * MINUTE).pk


# ---------------------------------------------------------------------- reschedule


def test_what_is_not_told_about_a_show_stays(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24), ends_at=at(27), format="IMAX", language="fr")

    reschedule(show, language="pt")

    found = stored(show)
    assert (found.movie, found.screen, found.format, found.language) == (movie, screen, "IMAX", "pt")
    assert (found.starts_at, found.ends_at) == (show.starts_at, show.ends_at)
    assert prices_of(found) == PRICES


def test_moving_the_start_moves_the_end_along(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24), ends_at=at(27))

    reschedule(show, starts_at=at(30))

    found = stored(show)
    assert found.starts_at == show.starts_at + timedelta(hours=6)
    assert found.ends_at - found.starts_at == timedelta(hours=3)


def test_the_end_can_be_told_as_well(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))

    reschedule(show, starts_at=show.starts_at + MINUTE, ends_at=show.starts_at + 200 * MINUTE)

    found = stored(show)
    assert (found.starts_at, found.ends_at) == (show.starts_at + MINUTE, show.starts_at + 200 * MINUTE)


def test_the_end_can_be_that_of_the_movie_again(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24), ends_at=at(27))

    reschedule(show, ends_at=None)

    assert stored(show).ends_at == show.starts_at + 100 * MINUTE


def test_a_show_may_move_within_its_own_time(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))

    reschedule(show, starts_at=show.starts_at + 10 * MINUTE)

    assert stored(show).starts_at == show.starts_at + 10 * MINUTE


def test_a_show_does_not_move_into_another(movie: Movie, screen: Screen) -> None:
    rival = schedule(movie, screen, at(24))
    show = schedule(movie, screen, at(48))

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        reschedule(show, starts_at=rival.starts_at)

    assert refusal.value.show == rival


def test_a_show_does_not_become_so_long_that_it_runs_into_another(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    rival = schedule(movie, screen, at(27))

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        reschedule(show, ends_at=rival.starts_at - 15 * MINUTE + SECOND)

    assert refusal.value.show == rival


def test_a_show_does_not_move_to_a_screen_that_is_taken(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    rival = schedule(movie, situations.a_screen(["S"]), at(24))

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        reschedule(show, screen_id=rival.screen_id)

    assert refusal.value.show == rival


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"starts_at": -timedelta(seconds=10)}, ("starts_at", "in_the_past")),
        ({"starts_at": timedelta(days=731)}, ("starts_at", "too_far")),
        ({"ends_at": timedelta(hours=23)}, ("ends_at", "before_start")),
        ({"ends_at": timedelta(hours=48, seconds=1)}, ("ends_at", "too_long")),
    ],
    ids=str,
)
def test_a_show_does_not_move_to_a_time_at_which_no_show_can_be(
    movie: Movie, screen: Screen, changes: dict[str, timedelta], problem: tuple[str, str]
) -> None:
    show = schedule(movie, screen, at(24))

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        reschedule(show, **{name: NOW + delta for name, delta in changes.items()})

    assert problems(refusal) == [problem]


def test_another_movie_brings_its_own_end(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24), ends_at=at(27))
    short = situations.a_movie(duration_minutes=45)

    reschedule(show, movie_id=short.pk)

    found = stored(show)
    assert (found.movie, found.ends_at - found.starts_at) == (short, 45 * MINUTE)


def test_another_movie_may_come_with_an_explicit_end(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    short = situations.a_movie(duration_minutes=45)

    reschedule(show, movie_id=short.pk, ends_at=at(26))

    assert stored(show).ends_at - show.starts_at == timedelta(hours=2)


def test_the_same_movie_again_leaves_the_end_where_it_is(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24), ends_at=at(27))

    reschedule(show, movie_id=movie.pk)

    assert stored(show).ends_at == show.ends_at


def test_another_movie_whose_running_time_is_an_estimate_needs_an_explicit_end(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    estimate = situations.a_movie(duration_is_estimate=True)

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        reschedule(show, movie_id=estimate.pk)

    assert problems(refusal) == [("ends_at", "required")]


def test_a_longer_running_time_leaves_shows_as_they_were_planned(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))

    movies.change(movie_id=movie.pk, duration_minutes=200)

    assert stored(show).ends_at == show.ends_at


@pytest.mark.parametrize("changes", [{"movie_id": 0}, {"screen_id": 0}], ids=str)
def test_a_show_does_not_get_what_is_not_there(movie: Movie, screen: Screen, changes: dict[str, int]) -> None:
    show = schedule(movie, screen, at(24))

    with nothing_changes(), pytest.raises(NotFound):
        reschedule(show, **changes)


def test_a_show_that_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(NotFound, match=r"^There is no such show\.$"):
        programming.reschedule(show_id=0, language="en")


def test_prices_that_are_not_told_stay(movie: Movie) -> None:
    show = schedule(movie, situations.a_screen(), at(24))

    reschedule(show, prices={SeatCategory.PREMIUM: Decimal(20)})

    assert prices_of(show) == PRICES | {"PREMIUM": Decimal(20)}


def test_a_price_that_nobody_can_pay_is_refused(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        reschedule(show, prices={STANDARD: Decimal(-1)}, starts_at=at(30))

    assert problems(refusal) == [("prices", "min_value")]


def test_a_screen_with_a_category_that_has_no_price_is_refused(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24), prices={STANDARD: Decimal(10)})
    other = situations.a_screen(["SP"])

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        reschedule(show, screen_id=other.pk)

    assert problems(refusal) == [("prices", "unpriced_category")]


def test_a_screen_with_another_category_may_come_with_its_price(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24), prices={STANDARD: Decimal(10)})
    other = situations.a_screen(["SP"])

    reschedule(show, screen_id=other.pk, prices={SeatCategory.PREMIUM: Decimal(20)})

    assert stored(show).screen == other


# ---------------------------------------------------------------------- with bookings


def test_a_show_with_bookings_may_get_another_time(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_booking("A1", show=show)

    reschedule(show, starts_at=at(48))

    assert stored(show).starts_at == show.starts_at + timedelta(hours=24)
    assert unreleased(show) == ["A1"]


def test_tickets_that_are_sold_keep_their_price(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24), prices={STANDARD: Decimal(10)})
    booking = situations.a_booking("A1", show=show)

    reschedule(show, prices={STANDARD: Decimal(99)})

    booking.refresh_from_db()
    assert (booking.total, booking.tickets.get().price) == (Decimal(10), Decimal(10))
    assert situations.a_booking("A2", show=show).total == Decimal(99)


@pytest.mark.parametrize("what", ["movie_id", "screen_id"])
def test_a_show_with_bookings_keeps_its_movie_and_its_screen(movie: Movie, screen: Screen, what: str) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_booking("A1", show=show)
    situations.a_booking("A2", show=show)
    other = {"movie_id": situations.a_movie().pk, "screen_id": situations.a_screen(["SS"]).pk}

    with nothing_changes(), pytest.raises(ShowHasBookings) as refusal:
        reschedule(show, **{what: other[what]})

    assert refusal.value.booking_count == 2
    assert str(refusal.value) == "This show is booked (2), so it keeps its screen and its movie."


def test_a_booking_of_many_seats_counts_once(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_booking("A1", "A2", show=show)

    with pytest.raises(ShowHasBookings) as refusal:
        reschedule(show, movie_id=situations.a_movie().pk)

    assert refusal.value.booking_count == 1


def test_a_show_with_seats_that_are_held_keeps_its_screen(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_hold("A1", show=show)
    other = situations.a_screen(["SS"])

    with nothing_changes(), pytest.raises(ShowHasBookings):
        reschedule(show, screen_id=other.pk)


def test_a_show_whose_bookings_were_given_back_may_move(movie: Movie, screen: Screen, buyer: User) -> None:
    show = schedule(movie, screen, at(24))
    bookings.cancel(booking_id=situations.a_booking("A1", show=show, by=buyer).pk, by=buyer)
    other = situations.a_screen(["SS"])

    reschedule(show, screen_id=other.pk)

    assert stored(show).screen == other


def test_the_same_movie_and_screen_again_are_no_move(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_booking("A1", show=show)

    reschedule(show, movie_id=movie.pk, screen_id=screen.pk, language="pt")

    assert stored(show).language == "pt"


def test_blocks_do_not_move_along_to_another_screen(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    blocks.block(show_id=show.pk, labels=["A1"])

    reschedule(show, screen_id=situations.a_screen(["SS"]).pk)

    assert unreleased(show) == []


def test_blocks_stay_when_only_the_time_changes(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    blocks.block(show_id=show.pk, labels=["A1"])

    reschedule(show, starts_at=at(48))

    assert unreleased(show) == ["A1"]


# ---------------------------------------------------------------------- cancelled, running, over


def test_a_cancelled_show_is_not_changed(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    programming.cancel(show_id=show.pk)

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        reschedule(show, starts_at=at(48))

    assert problems(refusal) == [("show_id", "cancelled")]


def test_a_show_that_is_over_is_not_changed() -> None:
    show = situations.a_show_that_started(hours_ago=5)

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        reschedule(show, starts_at=at(48))

    assert problems(refusal) == [("show_id", "over")]


def test_a_show_that_is_running_may_end_later(movie: Movie) -> None:
    show = situations.a_show_that_started(movie=movie)

    reschedule(show, ends_at=show.ends_at + 20 * MINUTE)

    assert stored(show).ends_at == show.ends_at + 20 * MINUTE


def test_a_cancelled_show_is_kept_and_says_when(movie: Movie, screen: Screen) -> None:
    show = programming.cancel(show_id=schedule(movie, screen, at(24)).pk)

    cancelled_at = stored(show).cancelled_at
    assert cancelled_at is not None
    assert abs(timezone.now() - cancelled_at) < MINUTE


def test_the_bookings_of_a_cancelled_show_are_cancelled_with_it(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    sold, held = situations.a_booking("A1", show=show), situations.a_hold("A2", show=show)

    programming.cancel(show_id=show.pk)

    for booking in (sold, held):
        booking.refresh_from_db()
        assert (booking.status, booking.total) == ("CANCELLED", Decimal(0))
        assert booking.cancelled_at is not None
        assert [ticket.status for ticket in booking.tickets.all()] == [TicketStatus.CANCELLED]
    assert unreleased(show) == []


def test_the_bookings_of_a_cancelled_show_are_cancelled_whatever_the_deadline(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    booking = situations.a_booking("A1", show=show)
    situations.let_start(show, hours_ago=0.5)

    programming.cancel(show_id=show.pk)

    booking.refresh_from_db()
    assert booking.status == BookingStatus.CANCELLED


def test_the_blocks_of_a_cancelled_show_go(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    blocks.block(show_id=show.pk, labels=["A1"])

    programming.cancel(show_id=show.pk)

    assert unreleased(show) == []


def test_the_bookings_of_other_shows_stay(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    other = schedule(movie, screen, at(48))
    situations.a_booking("A1", show=other)

    programming.cancel(show_id=show.pk)

    assert unreleased(other) == ["A1"]
    assert Booking.objects.get().status == BookingStatus.CONFIRMED


def test_what_was_given_back_before_keeps_its_moment(movie: Movie, screen: Screen, buyer: User) -> None:
    show = schedule(movie, screen, at(24))
    booking = situations.a_booking("A1", show=show, by=buyer)
    given_back = bookings.cancel(booking_id=booking.pk, by=buyer).cancelled_at

    programming.cancel(show_id=show.pk)

    booking.refresh_from_db()
    assert booking.cancelled_at == given_back


def test_cancelling_twice_changes_nothing(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_booking("A1", show=show)
    first = programming.cancel(show_id=show.pk)

    with nothing_changes():
        again = programming.cancel(show_id=show.pk)

    assert again.cancelled_at == first.cancelled_at


def test_a_show_that_was_cancelled_in_time_may_be_cancelled_again_when_it_is_over(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    programming.cancel(show_id=show.pk)
    situations.let_start(show, hours_ago=5)

    with nothing_changes():
        programming.cancel(show_id=show.pk)


def test_a_show_that_is_over_is_not_cancelled() -> None:
    show = situations.a_show_that_started(hours_ago=5)

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        programming.cancel(show_id=show.pk)

    assert problems(refusal) == [("show_id", "over")]


def test_a_show_that_is_not_there_cannot_be_cancelled() -> None:
    with pytest.raises(NotFound, match=r"^There is no such show\.$"):
        programming.cancel(show_id=0)


# ---------------------------------------------------------------------- one transaction


def fail(event: object) -> None:
    raise RuntimeError(f"cannot follow {type(event).__name__}")


@pytest.mark.usefixtures("restored_handlers")
def test_a_show_stays_on_when_what_follows_its_cancelling_fails(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    situations.a_booking("A1", show=show)
    blocks.block(show_id=show.pk, labels=["A2"])
    events.install({ShowCancelled: [*HANDLERS[ShowCancelled], fail]})

    with nothing_changes(), pytest.raises(RuntimeError, match=r"^cannot follow ShowCancelled$"):
        programming.cancel(show_id=show.pk)


@pytest.mark.usefixtures("restored_handlers")
def test_a_show_stays_where_it_is_when_what_follows_its_moving_fails(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    blocks.block(show_id=show.pk, labels=["A2"])
    other = situations.a_screen(["SS"])
    events.install({ShowMoving: [*HANDLERS[ShowMoving], fail]})

    with nothing_changes(), pytest.raises(RuntimeError, match=r"^cannot follow ShowMoving$"):
        reschedule(show, screen_id=other.pk)

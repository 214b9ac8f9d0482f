from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.catalog import movies, scheduling
from cinema.catalog.layouts import SeatCategory
from cinema.core.errors import InvalidInput, NotFound
from cinema.models import Movie, Screen
from tests import situations
from tests.catalog.refusals import problems
from tests.catalog.shows import MINUTE, NOW, STANDARD, at, prices_of, reschedule, schedule, stored
from tests.situations import PRICES
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------------- times, movie and screen


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
        scheduling.reschedule(show_id=0, language="en")


# ---------------------------------------------------------------------- prices


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


# ---------------------------------------------------------------------- cancelled, running, over


def test_a_cancelled_show_is_not_changed(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    scheduling.cancel(show_id=show.pk)

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        reschedule(show, starts_at=at(48))

    assert problems(refusal) == [("show_id", "cancelled")]


def test_a_show_that_is_over_is_not_changed() -> None:
    show = situations.a_started_show(hours_ago=5)

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        reschedule(show, starts_at=at(48))

    assert problems(refusal) == [("show_id", "over")]


def test_a_show_that_is_running_may_end_later(movie: Movie) -> None:
    show = situations.a_started_show(movie=movie)

    reschedule(show, ends_at=show.ends_at + 20 * MINUTE)

    assert stored(show).ends_at == show.ends_at + 20 * MINUTE

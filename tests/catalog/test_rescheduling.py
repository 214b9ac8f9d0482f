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


def test_omitted_show_fields_stay_the_same(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24), ends_at=at(27), format="IMAX", language="fr")

    reschedule(show, language="pt")

    found = stored(show)
    assert (found.movie, found.screen, found.format, found.language) == (movie, screen, "IMAX", "pt")
    assert (found.starts_at, found.ends_at) == (show.starts_at, show.ends_at)
    assert prices_of(found) == PRICES


def test_changing_the_start_keeps_the_duration(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24), ends_at=at(27))

    reschedule(show, starts_at=at(30))

    found = stored(show)
    assert found.starts_at == show.starts_at + timedelta(hours=6)
    assert found.ends_at - found.starts_at == timedelta(hours=3)


def test_start_and_end_can_be_changed_together(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))

    reschedule(show, starts_at=show.starts_at + MINUTE, ends_at=show.starts_at + 200 * MINUTE)

    found = stored(show)
    assert (found.starts_at, found.ends_at) == (show.starts_at + MINUTE, show.starts_at + 200 * MINUTE)


def test_the_end_can_be_reset_to_the_end_of_the_movie(movie: Movie, screen: Screen) -> None:
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
def test_invalid_new_times_are_refused(
    movie: Movie, screen: Screen, changes: dict[str, timedelta], problem: tuple[str, str]
) -> None:
    show = schedule(movie, screen, at(24))

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        reschedule(show, **{name: NOW + delta for name, delta in changes.items()})

    assert problems(refusal) == [problem]


def test_changing_the_movie_changes_the_end(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24), ends_at=at(27))
    short = situations.a_movie(duration_minutes=45)

    reschedule(show, movie_id=short.pk)

    found = stored(show)
    assert (found.movie, found.ends_at - found.starts_at) == (short, 45 * MINUTE)


def test_movie_and_end_can_be_changed_together(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    short = situations.a_movie(duration_minutes=45)

    reschedule(show, movie_id=short.pk, ends_at=at(26))

    assert stored(show).ends_at - show.starts_at == timedelta(hours=2)


def test_sending_the_current_movie_keeps_the_end(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24), ends_at=at(27))

    reschedule(show, movie_id=movie.pk)

    assert stored(show).ends_at == show.ends_at


def test_changing_to_a_movie_with_an_estimate_requires_an_end(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    estimate = situations.a_movie(duration_is_estimate=True)

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        reschedule(show, movie_id=estimate.pk)

    assert problems(refusal) == [("ends_at", "required")]


def test_changing_the_running_time_keeps_the_times_of_shows(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))

    movies.change(movie_id=movie.pk, duration_minutes=200)

    assert stored(show).ends_at == show.ends_at


@pytest.mark.parametrize("changes", [{"movie_id": 0}, {"screen_id": 0}], ids=str)
def test_an_unknown_movie_or_screen_is_refused(movie: Movie, screen: Screen, changes: dict[str, int]) -> None:
    show = schedule(movie, screen, at(24))

    with nothing_changes(), pytest.raises(NotFound):
        reschedule(show, **changes)


def test_an_unknown_show_cannot_be_changed() -> None:
    with nothing_changes(), pytest.raises(NotFound, match=r"^There is no such show\.$"):
        scheduling.reschedule(show_id=0, language="en")


# ---------------------------------------------------------------------- prices


def test_omitted_prices_stay_the_same(movie: Movie) -> None:
    show = schedule(movie, situations.a_screen(), at(24))

    reschedule(show, prices={SeatCategory.PREMIUM: Decimal(20)})

    assert prices_of(show) == PRICES | {"PREMIUM": Decimal(20)}


def test_a_negative_price_is_refused(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        reschedule(show, prices={STANDARD: Decimal(-1)}, starts_at=at(30))

    assert problems(refusal) == [("prices", "min_value")]


def test_a_new_screen_with_an_unpriced_category_is_refused(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24), prices={STANDARD: Decimal(10)})
    other = situations.a_screen(["SP"])

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        reschedule(show, screen_id=other.pk)

    assert problems(refusal) == [("prices", "unpriced_category")]


def test_screen_and_prices_can_be_changed_together(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24), prices={STANDARD: Decimal(10)})
    other = situations.a_screen(["SP"])

    reschedule(show, screen_id=other.pk, prices={SeatCategory.PREMIUM: Decimal(20)})

    assert stored(show).screen == other


# ---------------------------------------------------------------------- cancelled, running and ended shows


def test_a_cancelled_show_cannot_be_changed(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    scheduling.cancel(show_id=show.pk)

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        reschedule(show, starts_at=at(48))

    assert problems(refusal) == [("show_id", "cancelled")]


def test_an_ended_show_cannot_be_changed() -> None:
    show = situations.a_started_show(hours_ago=5)

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        reschedule(show, starts_at=at(48))

    assert problems(refusal) == [("show_id", "over")]


def test_a_running_show_can_be_extended(movie: Movie) -> None:
    show = situations.a_started_show(movie=movie)

    reschedule(show, ends_at=show.ends_at + 20 * MINUTE)

    assert stored(show).ends_at == show.ends_at + 20 * MINUTE

import pytest
from pytest_django import DjangoAssertNumQueries

from cinema.catalog import scheduling
from cinema.catalog.errors import ScreenOccupied
from cinema.models import Movie, Screen
from tests import situations
from tests.catalog.shows import MINUTE, SECOND, at, reschedule, schedule, stored
from tests.rules import ChangeRules
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------------- new shows


def test_a_show_can_start_when_cleaning_has_ended(movie: Movie, screen: Screen) -> None:
    first = schedule(movie, screen, at(24))

    assert schedule(movie, screen, first.ends_at + 15 * MINUTE).pk


def test_a_show_can_end_when_cleaning_before_the_next_begins(movie: Movie, screen: Screen) -> None:
    second = schedule(movie, screen, at(24))

    assert schedule(movie, screen, second.starts_at - 115 * MINUTE).pk


def test_a_start_one_second_before_cleaning_ends_is_refused(movie: Movie, screen: Screen) -> None:
    first = schedule(movie, screen, at(24))

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        schedule(movie, screen, first.ends_at + 15 * MINUTE - SECOND)

    assert refusal.value.show == first


def test_an_end_one_second_too_late_for_cleaning_is_refused(movie: Movie, screen: Screen) -> None:
    second = schedule(movie, screen, at(24))

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        schedule(movie, screen, second.starts_at - 115 * MINUTE + SECOND)

    assert refusal.value.show == second


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 100), (20, 80), (-60, 200), (-50, 10), (90, 150)],
    ids=["at the same time", "within", "around", "into its start", "into its end"],
)
def test_overlapping_shows_are_refused(movie: Movie, screen: Screen, start: int, end: int) -> None:
    other = schedule(movie, screen, at(24))

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        schedule(movie, screen, other.starts_at + start * MINUTE, ends_at=other.starts_at + end * MINUTE)

    assert refusal.value.show == other


def test_the_first_of_several_overlapping_shows_is_reported(movie: Movie, screen: Screen) -> None:
    schedule(movie, screen, at(30))
    first = schedule(movie, screen, at(26))

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        schedule(movie, screen, at(25), ends_at=at(40))

    assert refusal.value.show == first
    times = f"{first.starts_at:%H:%M}–{first.ends_at:%H:%M}"  # noqa: RUF001 - a range
    assert str(refusal.value) == f"This overlaps {first.movie} ({times}, plus 15 minutes for cleaning)."


def test_the_reported_show_needs_no_further_queries(
    movie: Movie, screen: Screen, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    schedule(movie, screen, at(24))

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        schedule(movie, screen, at(24))

    with django_assert_num_queries(0):
        assert refusal.value.show.movie == movie
        assert refusal.value.show.screen.theater == screen.theater


def test_shows_on_different_screens_can_overlap(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))

    assert schedule(movie, situations.a_screen(["S"], theater=screen.theater), show.starts_at).pk


def test_a_cancelled_show_does_not_occupy_its_screen(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    scheduling.cancel(show_id=show.pk)

    assert schedule(movie, screen, show.starts_at).pk


def test_a_running_show_occupies_its_screen(movie: Movie, screen: Screen) -> None:
    running = situations.a_started_show(movie=movie, screen=screen)

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        schedule(movie, screen, at(0.5))

    assert refusal.value.show == running


@pytest.mark.parametrize("minutes", [0, 30])
def test_the_cleaning_time_is_configurable(
    movie: Movie, screen: Screen, change_rules: ChangeRules, minutes: int
) -> None:
    change_rules(cleaning_time=minutes * MINUTE)
    first = schedule(movie, screen, at(24))

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        schedule(movie, screen, first.ends_at + minutes * MINUTE - SECOND)
    assert ("plus 30 minutes for cleaning" in str(refusal.value)) == (minutes == 30)
    assert ("cleaning" in str(refusal.value)) == (minutes > 0)
    assert schedule(movie, screen, first.ends_at + minutes * MINUTE).pk


# ---------------------------------------------------------------------- rescheduled shows


def test_a_show_can_move_within_its_own_time(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))

    reschedule(show, starts_at=show.starts_at + 10 * MINUTE)

    assert stored(show).starts_at == show.starts_at + 10 * MINUTE


def test_a_show_cannot_be_moved_into_another(movie: Movie, screen: Screen) -> None:
    other = schedule(movie, screen, at(24))
    show = schedule(movie, screen, at(48))

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        reschedule(show, starts_at=other.starts_at)

    assert refusal.value.show == other


def test_a_show_cannot_be_extended_into_another(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    other = schedule(movie, screen, at(27))

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        reschedule(show, ends_at=other.starts_at - 15 * MINUTE + SECOND)

    assert refusal.value.show == other


def test_a_show_cannot_move_to_an_occupied_screen(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))
    other = schedule(movie, situations.a_screen(["S"]), at(24))

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        reschedule(show, screen_id=other.screen_id)

    assert refusal.value.show == other

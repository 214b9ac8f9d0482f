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


# ---------------------------------------------------------------------- of a show that is new


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
    times = f"{first.starts_at:%H:%M}–{first.ends_at:%H:%M}"  # noqa: RUF001 - a range
    assert str(refusal.value) == f"This overlaps {first.movie} ({times}, plus cleaning)."


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
    scheduling.cancel(show_id=show.pk)

    assert schedule(movie, screen, show.starts_at).pk


def test_a_show_that_is_running_occupies_its_screen(movie: Movie, screen: Screen) -> None:
    running = situations.a_started_show(movie=movie, screen=screen)

    with nothing_changes(), pytest.raises(ScreenOccupied) as refusal:
        schedule(movie, screen, at(0.5))

    assert refusal.value.show == running


@pytest.mark.parametrize("minutes", [0, 30])
def test_the_time_for_cleaning_is_a_setting(
    movie: Movie, screen: Screen, change_rules: ChangeRules, minutes: int
) -> None:
    change_rules(cleaning_time=minutes * MINUTE)
    first = schedule(movie, screen, at(24))

    with nothing_changes(), pytest.raises(ScreenOccupied):
        schedule(movie, screen, first.ends_at + minutes * MINUTE - SECOND)
    assert schedule(movie, screen, first.ends_at + minutes * MINUTE).pk


# ---------------------------------------------------------------------- of a show that is changed


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

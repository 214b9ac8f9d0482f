"""The plain statements for the first pages of lists return what the ORM does."""

from datetime import time, timedelta
from itertools import chain, combinations, product
from typing import Any

import pytest
from django.db.models import Model
from pytest_django import DjangoAssertNumQueries

from cinema.catalog import first_pages, queries
from cinema.catalog.queries import MovieCriteria, ShowCriteria
from cinema.models import Show
from tests import situations
from tests.catalog.listings import DAY, ZONES, a_show_at, local

pytestmark = pytest.mark.django_db


def test_movies(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for title in ["Élan", "Elan 2", "Zulu", "(500) Days", "Zulu"]:
        situations.a_movie(title)
    expected = [values(movie) for movie in queries.movies(MovieCriteria())]

    with django_assert_num_queries(2):
        assert [values(movie) for movie in first_pages.movies(4)] == expected[:4]
        assert first_pages.count_of_movies() == 5
    assert [values(movie) for movie in first_pages.movies(100)] == expected


def test_shows() -> None:
    some, *_ = a_schedule()
    filters: dict[str, Any] = {
        "movie_id": some.movie_id,
        "theater_id": some.screen.theater_id,
        "on": DAY,
        "from_": some.starts_at,
        "until": some.starts_at + timedelta(hours=20),
    }
    subsets = chain.from_iterable(combinations(filters, size) for size in range(len(filters) + 1))
    for names in subsets:
        criteria = ShowCriteria(**{name: filters[name] for name in names})
        expected = list(queries.shows(criteria))

        found = first_pages.shows(criteria, 100)

        assert expected
        assert [values(show) for show in found] == [values(show) for show in expected], names
        assert [details(show) for show in found] == [details(show) for show in expected]
        assert first_pages.shows(criteria, 1) == expected[:1]


def test_rows_are_shared_and_not_read_again(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    screen = a_schedule()[0].screen
    criteria = ShowCriteria(theater_id=screen.theater_id)

    with django_assert_num_queries(1):
        first, second, *_ = first_pages.shows(criteria, 100)
        assert (first.screen, first.screen.theater) == (screen, screen.theater)
        assert second.screen.theater is first.screen.theater


def test_without_theaters_there_are_no_shows_on_a_day() -> None:
    assert first_pages.shows(ShowCriteria(on=DAY), 1) == []


@pytest.mark.parametrize(
    "others",
    [{"format": "IMAX"}, {"formats": []}, {"languages": ["en"]}, {"subtitles": ["en"]}],
    ids=lambda others: next(iter(others)),
)
def test_other_filters_are_not_ignored(others: dict[str, Any]) -> None:
    assert not first_pages.can_read(ShowCriteria(on=DAY, **others))


def a_schedule() -> list[Show]:
    """Shows around the ends of a day, in theaters with different days. The first two are on the same screen."""
    found = []
    for zone, day_ends_at in product(ZONES, (time(0), time(6))):
        theater = situations.a_theater(zone, day_ends_at=day_ends_at)
        for day, clock in product((DAY, DAY + timedelta(days=1)), ("05:59", "06:00", "23:59")):
            found.append(a_show_at(local(day, clock, zone), theater))
    first = found[0]
    later = first.starts_at + timedelta(hours=4)
    return [first, situations.a_show(movie=first.movie, screen=first.screen, starts_at=later), *found[1:]]


def details(show: Show) -> list[dict[str, Any]]:
    return [values(row) for row in (show.movie, show.screen, show.screen.theater)]


def values(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from strawberry.relay.utils import to_base64

from cinema.catalog import scheduling
from cinema.models import Movie, Show
from tests import situations
from tests.conftest import Api, global_id
from tests.situations import in_hours

pytestmark = pytest.mark.both

MOVIES = """
query ($filter: MovieFilter, $orderBy: MovieOrder, $shows: ShowFilter) {
  movies(filter: $filter, orderBy: $orderBy) {
    totalCount
    nodes {
      id title synopsis durationMinutes durationIsEstimate genres certificate language releaseDate posterUrl
      shows(filter: $shows) { totalCount nodes { id status screen { theater { name } } } }
    }
  }
}
"""
MOVIE = """
query ($id: ID!, $filter: ShowFilter) {
  movie(id: $id) { id title shows(filter: $filter) { totalCount nodes { id } } }
}
"""


def titles(api: Api, order_by: str | None = None, **filters: Any) -> list[str]:
    return [movie["title"] for movie in api(MOVIES, filter=filters, orderBy=order_by).data["movies"]["nodes"]]


def shows_of(api: Api, movie: Movie, **filters: Any) -> list[str]:
    return [show["id"] for show in api(MOVIE, id=global_id(movie), filter=filters).data["movie"]["shows"]["nodes"]]


def test_the_front_page(api: Api) -> None:
    amelie = situations.a_movie(
        "Amélie",
        synopsis="A shy waitress.",
        duration_minutes=122,
        genres=["Romance", "Comedy"],
        certificate="R",
        language="fr",
        release_date=date(2001, 4, 25),
        poster_url="https://example.com/amelie.jpg",
    )
    alien = situations.a_movie("alien", duration_is_estimate=True)
    later = situations.a_show(movie=amelie, starts_at=in_hours(48))
    sooner = situations.a_show(movie=amelie, starts_at=in_hours(24), rows=["S"])
    situations.a_booking("A1", show=sooner)

    assert api(MOVIES).data == {
        "movies": {
            "totalCount": 2,
            "nodes": [
                {
                    "id": global_id(alien),
                    "title": "alien",
                    "synopsis": "",
                    "durationMinutes": 100,
                    "durationIsEstimate": True,
                    "genres": [],
                    "certificate": None,
                    "language": None,
                    "releaseDate": None,
                    "posterUrl": None,
                    "shows": {"totalCount": 0, "nodes": []},
                },
                {
                    "id": global_id(amelie),
                    "title": "Amélie",
                    "synopsis": "A shy waitress.",
                    "durationMinutes": 122,
                    "durationIsEstimate": False,
                    "genres": ["Comedy", "Romance"],
                    "certificate": "R",
                    "language": "fr",
                    "releaseDate": "2001-04-25",
                    "posterUrl": "https://example.com/amelie.jpg",
                    "shows": {
                        "totalCount": 2,
                        "nodes": [
                            {
                                "id": global_id(sooner),
                                "status": "SOLD_OUT",
                                "screen": {"theater": {"name": sooner.screen.theater.name}},
                            },
                            {
                                "id": global_id(later),
                                "status": "ON_SALE",
                                "screen": {"theater": {"name": later.screen.theater.name}},
                            },
                        ],
                    },
                },
            ],
        }
    }


def test_movies_are_searched_by_words(api: Api) -> None:
    situations.a_movie("Amélie")
    situations.a_movie("The Two Towers")

    assert titles(api, search="AMELIE") == ["Amélie"]
    assert titles(api, search="towers two") == ["The Two Towers"]
    assert titles(api, search="three towers") == []


def test_pages_of_a_search_are_in_the_order_of_its_matches(api: Api) -> None:
    ordered = ["Man", "Mándala", "Mantis", "Spider-Man", "The Man", "The Man", "Superman"]
    for title in reversed(ordered):
        situations.a_movie(title)
    document = """query ($after: String, $before: String, $first: Int, $last: Int) {
      movies(filter: { search: "man" }, first: $first, after: $after, last: $last, before: $before) {
        nodes { title } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
      }
    }"""
    for size in range(1, len(ordered) + 1):
        forwards, backwards, after, before = list[str](), list[str](), None, None
        for remaining in range(len(ordered) - size, -size, -size):
            page = api(document, first=size, after=after).data["movies"]
            forwards += [node["title"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            assert page["pageInfo"]["hasNextPage"] == (remaining > 0)
            page = api(document, last=size, before=before).data["movies"]
            backwards = [node["title"] for node in page["nodes"]] + backwards
            before = page["pageInfo"]["startCursor"]
            assert (page["pageInfo"]["hasPreviousPage"], page["totalCount"]) == (remaining > 0, 7)

        assert (forwards, backwards) == (ordered, ordered)
    assert titles(api, search="man", order_by="TITLE_DESC")[0] == "The Man"


@pytest.mark.parametrize("search", ["", " "])
def test_a_search_without_words_finds_each_movie_once(api: Api, search: str) -> None:
    situations.a_movie("Man")

    assert titles(api, search=search) == ["Man"]


def test_movies_are_filtered_by_genre_and_language(api: Api) -> None:
    situations.a_movie("Amélie", genres=["Comedy"], language="fr")
    situations.a_movie("Airplane!", genres=["Comedy"], language="en")
    situations.a_movie("La haine", genres=["Drama"], language="fr")

    assert titles(api, genre="comedy", language="FR") == ["Amélie"]


def test_movies_are_filtered_by_sale(api: Api, show: Show) -> None:
    other = situations.a_movie("Unscheduled")

    assert titles(api, onSale=True) == [show.movie.title]
    assert titles(api, onSale=False) == [other.title]


def test_movies_are_filtered_by_day_and_theater(api: Api, show: Show) -> None:
    situations.a_show(starts_at=show.starts_at)
    situations.a_show(screen=show.screen, starts_at=show.starts_at + timedelta(hours=24))

    day, theater = situations.day_of(show), global_id(show.screen.theater)
    assert titles(api, showingOn=day, theaterId=theater, onSale=True) == [show.movie.title]


@pytest.mark.parametrize(
    ("order", "titles_in_order"),
    [
        (None, ["alien", "Brazil", "Cube"]),
        ("TITLE_ASC", ["alien", "Brazil", "Cube"]),
        ("TITLE_DESC", ["Cube", "Brazil", "alien"]),
        ("RELEASE_DATE_ASC", ["alien", "Cube", "Brazil"]),
        ("RELEASE_DATE_DESC", ["Cube", "alien", "Brazil"]),
    ],
)
def test_movies_are_returned_in_the_requested_order(api: Api, order: str | None, titles_in_order: list[str]) -> None:
    situations.a_movie("Cube", release_date=date(1997, 9, 9))
    situations.a_movie("Brazil")
    situations.a_movie("alien", release_date=date(1979, 5, 25))

    assert titles(api, order_by=order) == titles_in_order


def test_the_shows_of_a_movie_are_filtered(api: Api) -> None:
    movie = situations.a_movie()
    past = situations.a_started_show(movie=movie)
    imax = situations.a_show(movie=movie, format="IMAX")
    cancelled = scheduling.cancel(show_id=situations.a_show(movie=movie, starts_at=in_hours(30)).pk)
    situations.a_show()

    assert shows_of(api, movie) == [global_id(past), global_id(imax), global_id(cancelled)]
    assert shows_of(api, movie, bookable=True) == [global_id(imax)]
    assert shows_of(api, movie, bookable=False) == [global_id(past), global_id(cancelled)]
    assert shows_of(api, movie, format="IMAX") == [global_id(imax)]
    assert shows_of(api, movie, theaterId=global_id(past.screen.theater)) == [global_id(past)]
    assert shows_of(api, movie, **{"from": timezone.now(), "until": in_hours(29)}) == [global_id(imax)]
    assert shows_of(api, movie, movieId=global_id(situations.a_movie())) == []


def test_a_movie_that_does_not_exist_is_null(api: Api) -> None:
    assert api(MOVIE, id=to_base64("Movie", 999_999)).data == {"movie": None}


@pytest.mark.parametrize("id_", ["", "Movie:1", "1", to_base64("Show", 1), to_base64("Movie", "x")], ids=repr)
def test_an_invalid_id_of_a_movie_is_refused(api: Api, id_: str) -> None:
    assert api(MOVIE, id=id_).code == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "filters",
    [
        {"theaterId": "x"},
        {"theaterId": to_base64("Movie", 1)},
        {"showingOn": "today"},
        {"showingOn": "2026-02-30"},
        {"onSale": "yes"},
        {"search": 5},
        {"director": "Jeunet"},
    ],
    ids=str,
)
def test_an_invalid_filter_is_refused(api: Api, filters: dict[str, object]) -> None:
    assert api(MOVIES, filter=filters).code == "BAD_USER_INPUT"

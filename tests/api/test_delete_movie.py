from typing import Any

import pytest

from cinema.catalog import scheduling
from cinema.models import Movie
from tests import situations
from tests.conftest import Api, global_id
from tests.stored import nothing_changes

DELETE_MOVIE = """
mutation ($input: DeleteMovieInput!) {
  deleteMovie(input: $input) {
    __typename
    ... on Movie { id title genres shows { totalCount nodes { id } } }
    ... on Problem { message }
    ... on MovieHasShows { showCount }
    ... on Busy { retryAfterMs }
  }
}
"""


@pytest.fixture
def staff(api: Api) -> Api:
    return api.logged_in_as(situations.a_staff_member("delete_movie"))


def delete(staff: Api, movie: Movie) -> Any:
    return staff(DELETE_MOVIE, input={"movieId": global_id(movie)}).data["deleteMovie"]


def test_a_movie_is_deleted_and_returned_as_it_was(staff: Api) -> None:
    movie = situations.a_movie("Alien", genres=["Horror", "Drama"])
    other = situations.a_movie("Heat")

    assert delete(staff, movie) == {
        "__typename": "Movie",
        "id": global_id(movie),
        "title": "Alien",
        "genres": ["Drama", "Horror"],
        "shows": {"totalCount": 0, "nodes": []},
    }
    assert list(Movie.objects.all()) == [other]


def test_a_deleted_movie_cannot_be_deleted_again(staff: Api) -> None:
    movie = situations.a_movie()
    delete(staff, movie)

    with nothing_changes():
        assert staff(DELETE_MOVIE, input={"movieId": global_id(movie)}).code == "NOT_FOUND"


def test_a_movie_with_shows_is_not_deleted(staff: Api) -> None:
    movie = situations.a_movie()
    situations.a_show(movie=movie)
    scheduling.cancel(show_id=situations.a_show(movie=movie).pk)
    situations.a_started_show(movie=movie, hours_ago=72)

    with nothing_changes():
        result = delete(staff, movie)

    assert result == {
        "__typename": "MovieHasShows",
        "message": "This movie has 3 shows, so it can't be deleted.",
        "showCount": 3,
    }


def test_the_id_of_another_type_is_refused(staff: Api) -> None:
    show = situations.a_show()

    with nothing_changes():
        response = staff(DELETE_MOVIE, input={"movieId": global_id(show)})

    assert response.code == "BAD_USER_INPUT"

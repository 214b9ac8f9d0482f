from typing import Any

import pytest

from cinema.models import Genre, Movie
from tests import situations
from tests.conftest import Api, global_id
from tests.stored import nothing_changes

CREATE_MOVIE = """
mutation ($input: CreateMovieInput!) {
  createMovie(input: $input) {
    __typename
    ... on Movie {
      id title synopsis durationMinutes durationIsEstimate genres certificate language releaseDate posterUrl
      trailerUrl cast
      shows { totalCount }
    }
    ... on Problem { message }
    ... on InvalidInput { fields { field code message } }
    ... on Busy { retryAfterMs }
  }
}
"""


@pytest.fixture
def staff(api: Api) -> Api:
    return api.logged_in_as(situations.a_staff_member("add_movie"))


def create(staff: Api, **fields: Any) -> Any:
    return staff(CREATE_MOVIE, input={"title": "Amélie", "durationMinutes": 122, **fields}).data["createMovie"]


def test_a_movie_is_added(staff: Api) -> None:
    result = create(
        staff,
        synopsis="A shy waitress.",
        genres=["Romance", "comedy"],
        certificate="R",
        language="fr",
        releaseDate="2001-04-25",
        posterUrl="https://example.com/amelie.jpg",
        trailerUrl="https://example.com/amelie",
        cast=["Audrey Tautou", " ", " Mathieu  Kassovitz"],
    )

    assert result == {
        "__typename": "Movie",
        "id": global_id(Movie.objects.get()),
        "title": "Amélie",
        "synopsis": "A shy waitress.",
        "durationMinutes": 122,
        "durationIsEstimate": False,
        "genres": ["Romance", "comedy"],
        "certificate": "R",
        "language": "fr",
        "releaseDate": "2001-04-25",
        "posterUrl": "https://example.com/amelie.jpg",
        "trailerUrl": "https://example.com/amelie",
        "cast": ["Audrey Tautou", "Mathieu Kassovitz"],
        "shows": {"totalCount": 0},
    }


def test_only_a_title_and_a_running_time_are_required(staff: Api) -> None:
    assert create(staff) == {
        "__typename": "Movie",
        "id": global_id(Movie.objects.get()),
        "title": "Amélie",
        "synopsis": "",
        "durationMinutes": 122,
        "durationIsEstimate": False,
        "genres": [],
        "certificate": None,
        "language": None,
        "releaseDate": None,
        "posterUrl": None,
        "trailerUrl": None,
        "cast": [],
        "shows": {"totalCount": 0},
    }


def test_null_is_like_an_omitted_field(staff: Api) -> None:
    result = create(staff, certificate=None, language=None, releaseDate=None, posterUrl=None, trailerUrl=None)

    movie = Movie.objects.get()
    assert result["__typename"] == "Movie"
    assert (movie.certificate, movie.language, movie.release_date, movie.poster_url) == ("", "", None, "")


def test_existing_genres_are_not_created_again(staff: Api) -> None:
    situations.a_movie(genres=["Romance"])

    assert create(staff, genres=["ROMANCE", "Comedy"])["genres"] == ["Comedy", "Romance"]
    assert Genre.objects.count() == 2


def test_all_errors_are_returned_by_field(staff: Api) -> None:
    with nothing_changes():
        result = create(staff, title=" ", durationMinutes=0, posterUrl="amelie.jpg")

    assert result == {
        "__typename": "InvalidInput",
        "message": "This field cannot be blank. Ensure this value is greater than or equal to 1. Enter a valid URL.",
        "fields": [
            {"field": "title", "code": "blank", "message": "This field cannot be blank."},
            {
                "field": "durationMinutes",
                "code": "min_value",
                "message": "Ensure this value is greater than or equal to 1.",
            },
            {"field": "posterUrl", "code": "invalid", "message": "Enter a valid URL."},
        ],
    }


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", "x" * 201, "max_length"),
        ("synopsis", "x" * 5001, "max_length"),
        ("durationMinutes", 1441, "max_value"),
        ("language", "French", "invalid"),
        ("genres", ["x" * 51], "max_length"),
    ],
    ids=["title", "synopsis", "durationMinutes", "language", "genres"],
)
def test_an_error_names_its_field(staff: Api, field: str, value: object, code: str) -> None:
    with nothing_changes():
        result = create(staff, **{field: value})

    assert [(problem["field"], problem["code"]) for problem in result["fields"]] == [(field, code)]


@pytest.mark.parametrize(
    "field",
    [{"title": None}, {"durationMinutes": None}, {"synopsis": None}, {"genres": None}, {"genres": [None]}],
    ids=str,
)
def test_null_is_refused_for_required_fields(staff: Api, field: dict[str, object]) -> None:
    with nothing_changes():
        response = staff(CREATE_MOVIE, input={"title": "Amélie", "durationMinutes": 122, **field})

    assert response.code == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "field",
    [{"durationMinutes": 2**31}, {"durationMinutes": 99.5}, {"releaseDate": "2001-02-29"}, {"year": 2001}],
    ids=str,
)
def test_a_value_of_another_type_is_refused(staff: Api, field: dict[str, object]) -> None:
    with nothing_changes():
        response = staff(CREATE_MOVIE, input={"title": "Amélie", "durationMinutes": 122, **field})

    assert response.code == "BAD_USER_INPUT"

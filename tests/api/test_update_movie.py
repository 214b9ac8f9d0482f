from typing import Any

import pytest
from strawberry.relay.utils import to_base64

from cinema.models import Movie, Theater
from tests import situations
from tests.conftest import Api, global_id
from tests.stored import nothing_changes

UPDATE_MOVIE = """
mutation ($input: UpdateMovieInput!) {
  updateMovie(input: $input) {
    __typename
    ... on Movie {
      id title synopsis durationMinutes durationIsEstimate genres certificate language releaseDate posterUrl
      trailerUrl cast
    }
    ... on Problem { message }
    ... on InvalidInput { fields { field code message } }
    ... on Busy { retryAfterMs }
  }
}
"""
AMELIE = {
    "title": "Amélie",
    "synopsis": "A shy waitress.",
    "durationMinutes": 122,
    "durationIsEstimate": False,
    "genres": ["Comedy", "Romance"],
    "certificate": "R",
    "language": "fr",
    "releaseDate": "2001-04-25",
    "posterUrl": "https://example.com/amelie.jpg",
    "trailerUrl": "https://example.com/amelie",
    "cast": ["Audrey Tautou", "Mathieu Kassovitz"],
}


@pytest.fixture
def staff(api: Api) -> Api:
    return api.logged_in_as(situations.a_staff_member("change_movie"))


@pytest.fixture
def movie(db: None) -> Movie:
    return situations.a_movie(
        "Amélie",
        synopsis="A shy waitress.",
        duration_minutes=122,
        genres=["Romance", "Comedy"],
        certificate="R",
        language="fr",
        release_date="2001-04-25",
        poster_url="https://example.com/amelie.jpg",
        trailer_url="https://example.com/amelie",
        cast=["Audrey Tautou", "Mathieu Kassovitz"],
    )


def update(staff: Api, movie: Movie, **fields: Any) -> Any:
    return staff(UPDATE_MOVIE, input={"movieId": global_id(movie), **fields}).data["updateMovie"]


def test_omitted_fields_do_not_change(staff: Api, movie: Movie) -> None:
    result = update(staff, movie, title="Le fabuleux destin d'Amélie Poulain")

    assert result == {
        "__typename": "Movie",
        "id": global_id(movie),
        **AMELIE,
        "title": "Le fabuleux destin d'Amélie Poulain",
    }


def test_all_fields_can_be_changed(staff: Api, movie: Movie) -> None:
    alien = {
        "title": "Alien",
        "synopsis": "In space.",
        "durationMinutes": 117,
        "genres": ["Horror"],
        "certificate": "X",
        "language": "en",
        "releaseDate": "1979-05-25",
        "posterUrl": "https://example.com/alien.jpg",
        "trailerUrl": "https://example.com/alien",
        "cast": ["Sigourney Weaver"],
    }

    assert update(staff, movie, **alien) == {
        "__typename": "Movie",
        "id": global_id(movie),
        **alien,
        "durationIsEstimate": False,
    }


def test_an_update_without_fields_changes_nothing(staff: Api, movie: Movie) -> None:
    with nothing_changes():
        result = update(staff, movie)

    assert result == {"__typename": "Movie", "id": global_id(movie), **AMELIE}


@pytest.mark.parametrize("field", ["certificate", "language", "releaseDate", "posterUrl", "trailerUrl"])
def test_null_clears_optional_fields(staff: Api, movie: Movie, field: str) -> None:
    result = update(staff, movie, **{field: None})

    assert result == {"__typename": "Movie", "id": global_id(movie), **AMELIE, field: None}


@pytest.mark.parametrize("field", ["title", "synopsis", "durationMinutes", "genres", "cast"])
def test_null_is_refused_for_required_fields(staff: Api, movie: Movie, field: str) -> None:
    with nothing_changes():
        response = staff(UPDATE_MOVIE, input={"movieId": global_id(movie), field: None})

    assert response.code == "BAD_USER_INPUT"


@pytest.mark.parametrize("field", ["title", "synopsis", "durationMinutes", "genres", "cast"])
def test_null_in_the_document_is_refused(staff: Api, movie: Movie, field: str) -> None:
    with nothing_changes():
        response = staff(
            f'mutation {{ updateMovie(input: {{ movieId: "{global_id(movie)}", {field}: null }}) {{ __typename }} }}'
        )

    assert response.code == "GRAPHQL_VALIDATION_FAILED"


def test_an_empty_synopsis_and_no_genres_are_accepted(staff: Api, movie: Movie) -> None:
    result = update(staff, movie, synopsis="", genres=[])

    assert result == {"__typename": "Movie", "id": global_id(movie), **AMELIE, "synopsis": "", "genres": []}


def test_setting_the_running_time_makes_it_exact(staff: Api) -> None:
    movie = situations.a_movie(duration_is_estimate=True)

    result = update(staff, movie, durationMinutes=95)

    assert (result["durationMinutes"], result["durationIsEstimate"]) == (95, False)


def test_all_errors_are_returned_by_field(staff: Api, movie: Movie) -> None:
    with nothing_changes():
        result = update(staff, movie, title="", language="French", certificate="PG")

    assert result == {
        "__typename": "InvalidInput",
        "message": "This field cannot be blank. Enter a BCP 47 language tag, such as en or pt-BR.",
        "fields": [
            {"field": "title", "code": "blank", "message": "This field cannot be blank."},
            {
                "field": "language",
                "code": "invalid",
                "message": "Enter a BCP 47 language tag, such as en or pt-BR.",
            },
        ],
    }


def test_a_movie_that_does_not_exist_is_not_found(staff: Api, movie: Movie) -> None:
    with nothing_changes():
        response = staff(UPDATE_MOVIE, input={"movieId": to_base64("Movie", 999_999), "title": "Alien"})

    assert response.code == "NOT_FOUND"


def test_the_id_of_another_type_is_refused(staff: Api) -> None:
    theater = situations.a_theater()

    with nothing_changes():
        response = staff(UPDATE_MOVIE, input={"movieId": global_id(theater), "title": "Alien"})

    assert response.code == "BAD_USER_INPUT"
    assert Theater.objects.get() == theater

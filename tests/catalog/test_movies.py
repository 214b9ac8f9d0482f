from datetime import date
from typing import Any

import pytest

from cinema.catalog import movies, scheduling
from cinema.catalog.errors import MovieHasShows
from cinema.core.errors import InvalidInput, NotFound
from cinema.models import Genre, Movie
from tests import situations
from tests.catalog.refusals import problems
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


def genres_of(movie: Movie) -> list[str]:
    return [genre.name for genre in movie.genres.all()]


def stored(movie: Movie) -> Movie:
    return Movie.objects.get(pk=movie.pk)


def test_a_movie_is_stored_with_all_fields() -> None:
    movie = movies.add(
        title="Amélie",
        synopsis="A shy waitress.",
        duration_minutes=122,
        genres=["Romance", "Comedy"],
        certificate="R",
        language="fr",
        release_date=date(2001, 4, 25),
        poster_url="https://example.com/amelie.jpg",
    )

    found = stored(movie)
    assert (found.title, found.synopsis, found.duration_minutes) == ("Amélie", "A shy waitress.", 122)
    assert (found.certificate, found.language, found.release_date) == ("R", "fr", date(2001, 4, 25))
    assert found.poster_url == "https://example.com/amelie.jpg"
    assert found.duration_is_estimate is False
    assert genres_of(found) == ["Comedy", "Romance"]


def test_a_movie_needs_only_a_title_and_a_running_time() -> None:
    movie = stored(movies.add(title="Alien", duration_minutes=117))

    assert (movie.synopsis, movie.certificate, movie.language, movie.release_date, movie.poster_url) == (
        "",
        "",
        "",
        None,
        "",
    )
    assert genres_of(movie) == []


def test_surrounding_whitespace_is_removed() -> None:
    movie = stored(movies.add(title="  Alien\n", duration_minutes=117, language=" en "))

    assert (movie.title, movie.language) == ("Alien", "en")


def test_two_movies_can_have_the_same_title() -> None:
    first = movies.add(title="Dune", duration_minutes=137, release_date=date(1984, 12, 14))
    second = movies.add(title="Dune", duration_minutes=155, release_date=date(2021, 9, 3))

    assert first.pk != second.pk


def test_a_title_that_decomposes_into_more_characters_can_be_stored() -> None:
    # This letter decomposes into 18.
    movie = movies.add(title="\ufdfa" * 200, duration_minutes=100)

    assert stored(movie).title == "\ufdfa" * 200


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"title": " "}, ("title", "blank")),
        ({"title": "x" * 201}, ("title", "max_length")),
        ({"duration_minutes": 0}, ("duration_minutes", "min_value")),
        ({"duration_minutes": -5}, ("duration_minutes", "min_value")),
        ({"duration_minutes": 1441}, ("duration_minutes", "max_value")),
        ({"certificate": "x" * 21}, ("certificate", "max_length")),
        ({"language": "English"}, ("language", "invalid")),
        ({"language": "en_US"}, ("language", "invalid")),
        ({"poster_url": "amelie.jpg"}, ("poster_url", "invalid")),
        ({"poster_url": "javascript:alert(1)"}, ("poster_url", "invalid")),
        ({"trailer_url": "javascript:alert(1)"}, ("trailer_url", "invalid")),
        ({"cast": ["x" * 1000, "y" * 1000]}, ("cast", "max_length")),
        ({"genres": ["Drama", "x" * 51]}, ("genres", "max_length")),
        ({"genres": [f"Genre {number}" for number in range(51)]}, ("genres", "max_length")),
    ],
    ids=lambda value: "-".join(map(str, value)),
)
def test_invalid_movie_fields_are_refused(fields: dict[str, Any], problem: tuple[str, str]) -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        situations.a_movie(**fields)

    assert problems(refusal) == [problem]


def test_all_problems_are_reported_at_once() -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        movies.add(title="", duration_minutes=0, language="?")

    assert sorted(problems(refusal)) == [("duration_minutes", "min_value"), ("language", "invalid"), ("title", "blank")]


@pytest.mark.parametrize("language", ["en", "pt-BR", "zh-Hans-CN", "fil"])
def test_a_language_is_a_bcp_47_tag(language: str) -> None:
    assert stored(situations.a_movie(language=language)).language == language


def test_a_genre_is_created_once() -> None:
    first = situations.a_movie(genres=["Science  fiction", " Drama"])
    second = situations.a_movie(genres=["SCIENCE FICTION", "drama "])

    assert genres_of(first) == genres_of(second) == ["Drama", "Science fiction"]
    assert Genre.objects.count() == 2


def test_an_existing_genre_is_reused_ignoring_case_of_accented_letters() -> None:
    situations.a_movie(genres=["Épopée"])
    movie = situations.a_movie(genres=["ÉPOPÉE"])

    assert genres_of(movie) == ["Épopée"]


def test_a_repeated_genre_counts_once() -> None:
    movie = situations.a_movie(genres=["Drama", "DRAMA", "drama"])

    assert len(genres_of(movie)) == 1


def test_blank_genres_are_ignored() -> None:
    assert genres_of(situations.a_movie(genres=["", "  ", "Drama"])) == ["Drama"]


def test_omitted_movie_fields_stay_the_same() -> None:
    movie = situations.a_movie("Alien", synopsis="In space.", genres=["Horror"], certificate="R", language="en")

    movies.change(movie_id=movie.pk, title="Aliens")

    found = stored(movie)
    assert (found.title, found.synopsis, found.certificate, found.language) == ("Aliens", "In space.", "R", "en")
    assert genres_of(found) == ["Horror"]


def test_changing_genres_replaces_all_of_them() -> None:
    movie = situations.a_movie(genres=["Horror", "Drama"])

    movies.change(movie_id=movie.pk, genres=["Drama", "Comedy"])

    assert genres_of(movie) == ["Comedy", "Drama"]


def test_genres_can_be_removed_from_a_movie() -> None:
    movie = situations.a_movie(genres=["Horror"])

    movies.change(movie_id=movie.pk, genres=[])

    assert genres_of(movie) == []


def test_changing_the_title_updates_the_search_text() -> None:
    movie = situations.a_movie("Working title")

    movies.change(movie_id=movie.pk, title="Der Himmel über Berlin")

    assert stored(movie).search_text == "der himmel uber berlin"


def test_changing_the_running_time_marks_it_as_exact() -> None:
    movie = situations.a_movie(duration_is_estimate=True)

    movies.change(movie_id=movie.pk, duration_minutes=95)

    assert stored(movie).duration_is_estimate is False


def test_a_changed_running_time_can_be_an_estimate() -> None:
    movie = situations.a_movie(duration_is_estimate=True)

    movies.change(movie_id=movie.pk, duration_minutes=95, duration_is_estimate=True)

    assert stored(movie).duration_is_estimate is True


def test_changing_the_title_keeps_an_estimate() -> None:
    movie = situations.a_movie(duration_is_estimate=True)

    movies.change(movie_id=movie.pk, title="Alien")

    assert stored(movie).duration_is_estimate is True


def test_a_refused_change_changes_nothing() -> None:
    movie = situations.a_movie("Alien", genres=["Horror"])

    with nothing_changes(), pytest.raises(InvalidInput):
        movies.change(movie_id=movie.pk, title="Aliens", genres=["x" * 51, "Comedy"])


def test_an_unknown_movie_cannot_be_changed() -> None:
    with nothing_changes(), pytest.raises(NotFound, match=r"^There is no such movie\.$"):
        movies.change(movie_id=0, title="Alien")


def test_a_movie_without_shows_can_be_deleted() -> None:
    movie = situations.a_movie("Alien", genres=["Horror"])

    removed = movies.remove(movie_id=movie.pk)

    assert (removed.pk, removed.title) == (movie.pk, "Alien")
    assert not Movie.objects.exists()


def test_deleting_a_movie_keeps_its_genres() -> None:
    movies.remove(movie_id=situations.a_movie(genres=["Horror"]).pk)

    assert [genre.name for genre in Genre.objects.all()] == ["Horror"]


def test_a_movie_with_shows_cannot_be_deleted() -> None:
    movie = situations.a_movie(genres=["Horror"])
    situations.a_show(movie=movie)
    situations.a_show(movie=movie)

    with nothing_changes(), pytest.raises(MovieHasShows) as refusal:
        movies.remove(movie_id=movie.pk)

    assert refusal.value.show_count == 2
    assert str(refusal.value) == "This movie has 2 shows, so it can't be deleted."


def test_a_movie_with_ended_or_cancelled_shows_cannot_be_deleted() -> None:
    movie = situations.a_movie()
    situations.a_started_show(hours_ago=48, movie=movie)
    scheduling.cancel(show_id=situations.a_show(movie=movie).pk)

    with nothing_changes(), pytest.raises(MovieHasShows) as refusal:
        movies.remove(movie_id=movie.pk)

    assert refusal.value.show_count == 2


def test_an_unknown_movie_cannot_be_deleted() -> None:
    with nothing_changes(), pytest.raises(NotFound):
        movies.remove(movie_id=0)

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cinema.catalog.models import Genre, Movie, Theater
from tests import situations
from tests.admin.conftest import desk_of, errors

pytestmark = pytest.mark.django_db

MOVIES = reverse("admin:cinema_movie_changelist")


def fields(**changes: Any) -> dict[str, Any]:
    blank = dict.fromkeys(("synopsis", "poster_url", "release_date", "certificate", "language"), "")
    return {"title": "Amélie", "duration_minutes": "122", **blank, **changes}


def test_a_movie_is_added_and_found_by_its_title_accents_aside(desk: Client) -> None:
    genre = Genre.objects.create(name="Romance")
    response = desk.post(reverse("admin:cinema_movie_add"), fields(genres=[genre.pk], release_date="2001-04-25"))
    assert response.status_code == 302
    movie = Movie.objects.get()
    assert (str(movie), movie.search_text, list(movie.genres.all())) == ("Amélie (2001)", "amelie", [genre])
    situations.a_movie("Dune")
    assert list(desk.get(MOVIES, {"q": "AMELIE"}).context["cl"].result_list) == [movie]


def test_a_new_title_is_found_as_well(desk: Client) -> None:
    movie = situations.a_movie("Alien")
    desk.post(reverse("admin:cinema_movie_change", args=[movie.pk]), fields(title="Alién³"))
    movie.refresh_from_db()
    assert movie.search_text == "alien3"


def test_what_is_wrong_with_a_movie_is_said_at_its_field(desk: Client) -> None:
    response = desk.post(reverse("admin:cinema_movie_add"), fields(duration_minutes="0", language="English!"))
    assert errors(response) == {
        "duration_minutes": ["Ensure this value is greater than or equal to 1."],
        "language": ["A language is a BCP 47 tag such as en or pt-BR."],
    }
    assert not Movie.objects.exists()


def test_a_genre_is_there_once_whatever_the_case(desk: Client) -> None:
    drama = Genre.objects.create(name="Épic drama")
    add = reverse("admin:cinema_genre_add")
    assert errors(desk.post(add, {"name": "éPIC  Drama"})) == {"name": ["There is a genre of this name."]}
    change = reverse("admin:cinema_genre_change", args=[drama.pk])
    assert desk.post(change, {"name": "Épic Drama"}).status_code == 302
    assert Genre.objects.get().name == "Épic Drama"


def test_a_movie_with_shows_is_not_deleted(desk: Client) -> None:
    movie = situations.a_show().movie
    delete = reverse("admin:cinema_movie_delete", args=[movie.pk])
    page = desk.get(delete).content.decode()
    assert f"{movie}: 1 shows" in page
    assert 'value="yes"' not in page
    desk.post(delete, {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [movie.pk], "post": "yes"}
    assert f"{movie}: 1 shows" in desk.post(MOVIES, chosen).content.decode()
    assert Movie.objects.get() == movie


def test_a_movie_without_shows_is_deleted(desk: Client) -> None:
    movie = situations.a_movie(genres=["Drama"])
    response = desk.post(reverse("admin:cinema_movie_delete", args=[movie.pk]), {"post": "yes"})
    assert response.status_code == 302
    assert not Movie.objects.exists()


def test_who_may_only_look_changes_no_movie() -> None:
    movie = situations.a_movie("Alien")
    desk = desk_of("view_movie")
    change = reverse("admin:cinema_movie_change", args=[movie.pk])
    assert desk.get(change).status_code == 200
    assert desk.post(change, fields()).status_code == 403
    assert desk.get(reverse("admin:cinema_theater_changelist")).status_code == 403
    movie.refresh_from_db()
    assert movie.title == "Alien"


def test_a_theater_has_a_time_zone_that_exists(desk: Client) -> None:
    add = reverse("admin:cinema_theater_add")
    response = desk.post(add, {"name": "Odeon", "city": "Paris", "time_zone": "Paris"})
    assert errors(response) == {"time_zone": ["Select a valid choice. Paris is not one of the available choices."]}
    assert desk.post(add, {"name": "Odeon", "city": "Paris", "time_zone": "Europe/Paris"}).status_code == 302
    assert Theater.objects.get().time_zone == "Europe/Paris"


def test_a_theater_is_there_once(desk: Client) -> None:
    situations.a_theater(name="Odeon", city="Paris")
    response = desk.post(reverse("admin:cinema_theater_add"), {"name": "ODEON", "city": "paris", "time_zone": "UTC"})
    assert errors(response) == {"__all__": ["There is a theater of this name in this city."]}
    assert Theater.objects.count() == 1


def test_a_theater_with_screens_is_not_deleted(desk: Client) -> None:
    theater = situations.a_screen().theater
    desk.post(reverse("admin:cinema_theater_delete", args=[theater.pk]), {"post": "yes"})
    assert Theater.objects.get() == theater


@pytest.mark.parametrize(("name", "queries"), [("movie", 6), ("theater", 5), ("genre", 5)])
def test_the_number_of_queries_does_not_grow(
    desk: Client, name: str, queries: int, django_assert_num_queries: Any
) -> None:
    page = reverse(f"admin:cinema_{name}_changelist")
    situations.a_movie(genres=["Genre"])
    situations.a_screen()
    with django_assert_num_queries(queries):
        desk.get(page)
    for number in range(5):
        situations.a_movie(genres=[f"Genre {number}"])
        situations.a_screen()
    with django_assert_num_queries(queries):
        desk.get(page)

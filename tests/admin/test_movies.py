import re
from typing import Any

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.test import Client
from django.urls import reverse

from cinema.catalog.models import Genre, Movie
from tests import situations
from tests.admin.conftest import errors, messages, staff_client_with
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

MOVIES = reverse("admin:cinema_movie_changelist")


def fields(**changes: Any) -> dict[str, Any]:
    blank = dict.fromkeys(
        ("synopsis", "poster_url", "trailer_url", "cast", "release_date", "certificate", "language"), ""
    )
    return {"title": "Amélie", "duration_minutes": "122", **blank, **changes}


def test_a_movie_is_added_and_searched_by_title_ignoring_accents(staff_client: Client) -> None:
    genre = Genre.objects.create(name="Romance")
    response = staff_client.post(
        reverse("admin:cinema_movie_add"),
        fields(genres=[genre.pk], release_date="2001-04-25", cast="Audrey Tautou\r\nMathieu Kassovitz"),
    )
    assert response.status_code == 302
    movie = Movie.objects.get()
    assert (str(movie), movie.search_text, list(movie.genres.all())) == ("Amélie (2001)", "amelie", [genre])
    assert movie.cast_names == ["Audrey Tautou", "Mathieu Kassovitz"]
    situations.a_movie("Dune")
    assert list(staff_client.get(MOVIES, {"q": "AMELIE"}).context["cl"].result_list) == [movie]


def test_changing_the_title_updates_the_search_text(staff_client: Client) -> None:
    movie = situations.a_movie("Alien")
    staff_client.post(reverse("admin:cinema_movie_change", args=[movie.pk]), fields(title="Alién³"))
    movie.refresh_from_db()
    assert movie.search_text == "alien3"


def test_a_second_movie_with_the_same_title_and_year_has_a_warning(staff_client: Client) -> None:
    add = reverse("admin:cinema_movie_add")
    warnings = []
    for release_date in ("2001-04-25", "2002-04-25", "2002-12-01"):
        response = staff_client.post(add, fields(release_date=release_date), follow=True)
        warnings.append("another movie with this title and release year" in response.content.decode())
    assert warnings == [False, False, True]


def test_errors_of_a_movie_are_shown_at_its_fields(staff_client: Client) -> None:
    wrong = fields(title="", duration_minutes="-5", language="English!")
    response = staff_client.post(reverse("admin:cinema_movie_add"), wrong)
    assert errors(response) == {
        "title": ["This field is required."],
        "duration_minutes": ["Ensure this value is greater than or equal to 1."],
        "language": ["Enter a language, such as en or pt-BR."],
    }
    assert not Movie.objects.exists()


def test_a_form_that_was_filled_with_earlier_values_is_refused(staff_client: Client) -> None:
    movie = situations.a_movie("Amélie")
    page = reverse("admin:cinema_movie_change", args=[movie.pk])

    def filled_with() -> str:
        found = re.search('name="filled_with" value="([0-9a-f]+)"', staff_client.get(page).content.decode())
        assert found
        return found[1]

    before = filled_with()
    assert staff_client.post(page, fields(synopsis="Of the other tab", filled_with=before)).status_code == 302
    refused = staff_client.post(page, fields(title="New", filled_with=before))
    [message] = errors(refused)["__all__"]
    assert message.startswith("This was changed in the meantime.")
    # The form does not overwrite the changes when it is sent again.
    assert f'value="{before}"' in refused.content.decode()
    movie.refresh_from_db()
    assert (movie.title, movie.synopsis) == ("Amélie", "Of the other tab")
    assert staff_client.post(page, fields(title="New", filled_with=filled_with())).status_code == 302


def test_changing_the_running_time_marks_it_as_exact(staff_client: Client) -> None:
    movie = situations.a_movie("Amélie", duration_minutes=120, duration_is_estimate=True)
    change = reverse("admin:cinema_movie_change", args=[movie.pk])
    assert staff_client.post(change, fields(duration_minutes="122", duration_is_estimate="on")).status_code == 302
    movie.refresh_from_db()
    assert (movie.duration_minutes, movie.duration_is_estimate) == (122, False)


def test_changing_another_field_keeps_an_estimate(staff_client: Client) -> None:
    movie = situations.a_movie("Amélie", duration_minutes=122, duration_is_estimate=True)
    change = reverse("admin:cinema_movie_change", args=[movie.pk])
    staff_client.post(change, fields(duration_is_estimate="on", certificate="R"))
    movie.refresh_from_db()
    assert (movie.certificate, movie.duration_is_estimate) == ("R", True)


def test_a_movie_that_is_refused_stays_as_it_is(staff_client: Client) -> None:
    movie = situations.a_movie("Alien", genres=["Horror"])
    comedy = Genre.objects.create(name="Comedy")
    change = reverse("admin:cinema_movie_change", args=[movie.pk])
    with nothing_changes():
        response = staff_client.post(change, fields(duration_minutes="1441", genres=[comedy.pk]))
    assert errors(response) == {"duration_minutes": ["Ensure this value is less than or equal to 1440."]}


def test_a_movie_has_at_most_50_genres(staff_client: Client) -> None:
    movie = situations.a_movie("Amélie")
    keys = [Genre.objects.create(name=f"Genre {number}").pk for number in range(51)]
    with nothing_changes():
        response = staff_client.post(reverse("admin:cinema_movie_change", args=[movie.pk]), fields(genres=keys))
    assert errors(response) == {"genres": ["A movie can have at most 50 genres."]}


def test_a_genre_is_added_and_renamed(staff_client: Client) -> None:
    assert staff_client.post(reverse("admin:cinema_genre_add"), {"name": " Épic   drama "}).status_code == 302
    genre = Genre.objects.get()
    assert genre.name == "Épic drama"
    change = reverse("admin:cinema_genre_change", args=[genre.pk])
    assert staff_client.post(change, {"name": "Épic  Drama"}).status_code == 302
    assert Genre.objects.get().name == "Épic Drama"
    assert LogEntry.objects.count() == 2


def test_genre_names_are_unique_ignoring_case(staff_client: Client) -> None:
    Genre.objects.create(name="Épic drama")
    other = Genre.objects.create(name="Comedy")
    taken = {"name": ["There is already a genre with this name."]}
    with nothing_changes():
        assert errors(staff_client.post(reverse("admin:cinema_genre_add"), {"name": "éPIC  Drama"})) == taken
        change = reverse("admin:cinema_genre_change", args=[other.pk])
        assert errors(staff_client.post(change, {"name": "ÉPIC DRAMA"})) == taken


def test_deleting_a_genre_first_shows_how_many_movies_have_it(staff_client: Client) -> None:
    movie = situations.a_movie(genres=["Drama", "Comedy"])
    drama = Genre.objects.get(name="Drama")
    delete = reverse("admin:cinema_genre_delete", args=[drama.pk])
    assert "Drama (removed from 1 movie)" in staff_client.get(delete).content.decode()
    assert Genre.objects.count() == 2
    assert staff_client.post(delete, {"post": "yes"}).status_code == 302
    assert [genre.name for genre in movie.genres.all()] == ["Comedy"]
    assert LogEntry.objects.get().action_flag == DELETION


def test_a_movie_with_shows_cannot_be_deleted(staff_client: Client) -> None:
    movie = situations.a_show().movie
    delete = reverse("admin:cinema_movie_delete", args=[movie.pk])
    with nothing_changes():
        # Before the confirmation, and in case of a show since then.
        for response in (
            staff_client.get(delete, follow=True),
            staff_client.post(delete, {"post": "yes"}, follow=True),
        ):
            assert response.redirect_chain == [(reverse("admin:cinema_movie_change", args=[movie.pk]), 302)]
            assert messages(response) == ["This movie has 1 show, so it can't be deleted."]


def test_deleting_several_movies_keeps_those_with_shows(staff_client: Client) -> None:
    shown, other = situations.a_show().movie, situations.a_movie()
    selected = {"action": "delete_selected", "_selected_action": [shown.pk, other.pk]}
    with nothing_changes():
        confirmation = staff_client.post(MOVIES, selected)
    assert messages(confirmation) == [f"{shown}: This movie has 1 show, so it can't be deleted."]
    assert 'value="yes"' in confirmation.content.decode()
    assert list(confirmation.context["queryset"]) == [other]
    # A show has been added since the confirmation.
    response = staff_client.post(MOVIES, selected | {"post": "yes"}, follow=True)
    assert sorted(messages(response)) == sorted(
        [f"{shown}: This movie has 1 show, so it can't be deleted.", f"Deleted: {other}."]
    )
    assert Movie.objects.get() == shown
    assert [entry.object_repr for entry in LogEntry.objects.all()] == [str(other)]


def test_deleting_requires_the_permission_to_delete() -> None:
    movie = situations.a_movie()
    staff_client = staff_client_with("view_movie", "change_movie")
    with nothing_changes():
        assert (
            staff_client.post(reverse("admin:cinema_movie_delete", args=[movie.pk]), {"post": "yes"}).status_code == 403
        )
        staff_client.post(MOVIES, {"action": "delete_selected", "_selected_action": [movie.pk], "post": "yes"})


def test_a_movie_without_shows_is_deleted(staff_client: Client) -> None:
    movie = situations.a_movie(genres=["Drama"])
    response = staff_client.post(reverse("admin:cinema_movie_delete", args=[movie.pk]), {"post": "yes"})
    assert response.status_code == 302
    assert not Movie.objects.exists()


def test_a_staff_member_with_only_the_view_permission_cannot_change_a_movie() -> None:
    movie = situations.a_movie("Alien")
    staff_client = staff_client_with("view_movie")
    change = reverse("admin:cinema_movie_change", args=[movie.pk])
    assert staff_client.get(change).status_code == 200
    assert staff_client.post(change, fields()).status_code == 403
    assert staff_client.get(reverse("admin:cinema_theater_changelist")).status_code == 403
    movie.refresh_from_db()
    assert movie.title == "Alien"


def test_a_movie_that_cannot_be_changed_is_shown_as_it_is(staff_client: Client) -> None:
    uploaded = f"/media/posters/{'0' * 32}-640.webp"
    texts = {"synopsis": "One.\n\nTwo.", "cast": "Ann Lee\nBob Ray"}
    movie = situations.a_movie()
    Movie.objects.filter(pk=movie.pk).update(**texts, poster_url=uploaded)
    page, viewer = reverse("admin:cinema_movie_change", args=[movie.pk]), staff_client_with("view_movie")
    html = viewer.get(page).content.decode()
    assert "One.<br><br>Two." in html
    assert "Ann Lee<br>Bob Ray" in html
    assert f'<img src="{uploaded}"' in html
    for instruction in ("another server", "Upload a picture", "The exact running time is not known yet"):
        assert instruction in staff_client.get(page).content.decode()
        assert instruction not in html
    Movie.objects.filter(pk=movie.pk).update(poster_url="https://example.com/a.jpg", duration_is_estimate=True)
    html = viewer.get(page).content.decode()
    assert '<a href="https://example.com/a.jpg"' in html
    assert "min, estimated" in html


def test_a_new_running_time_says_that_scheduled_shows_keep_their_times(staff_client: Client) -> None:
    movie = situations.a_movie("Amélie")
    change = reverse("admin:cinema_movie_change", args=[movie.pk])
    assert len(messages(staff_client.post(change, fields(duration_minutes="121"), follow=True))) == 1
    show = situations.a_show(movie=movie)
    reported = messages(staff_client.post(change, fields(duration_minutes="150"), follow=True))
    assert reported[0] == (
        "The new running time applies to new shows, but not to copies of existing ones. "
        "The times of 1 scheduled show stay the same."
    )
    assert len(messages(staff_client.post(change, fields(duration_minutes="150", cast="Ann"), follow=True))) == 1
    ends_at = show.ends_at
    show.refresh_from_db()
    assert show.ends_at == ends_at


@pytest.mark.parametrize(("name", "queries"), [("movie", 6), ("theater", 5), ("genre", 5)])
def test_the_number_of_queries_is_constant(
    staff_client: Client, name: str, queries: int, django_assert_num_queries: Any
) -> None:
    page = reverse(f"admin:cinema_{name}_changelist")
    situations.a_movie(genres=["Genre"])
    situations.a_screen()
    with django_assert_num_queries(queries):
        staff_client.get(page)
    for number in range(5):
        situations.a_movie(genres=[f"Genre {number}"])
        situations.a_screen()
    with django_assert_num_queries(queries):
        staff_client.get(page)

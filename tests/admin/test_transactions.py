"""Every write of the admin without a surrounding test transaction, where nested use cases would fail."""

import pytest
from django.test import Client
from django.urls import reverse

from cinema.accounts.models import User
from cinema.catalog.models import Movie, Screen, Show, Theater
from tests import situations
from tests.admin.conftest import entered, errors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]


def test_a_screen_is_added_and_changed(staff_client: Client) -> None:
    fields = {"theater": situations.a_theater().pk, "name": "Big", "numbering": "LEFT_TO_RIGHT", "plan": "SS"}
    staff_client.post(reverse("admin:cinema_screen_add"), fields)
    screen = Screen.objects.get()
    change = reverse("admin:cinema_screen_change", args=[screen.pk])
    assert staff_client.post(change, {"name": "Big", "numbering": "LEFT_TO_RIGHT", "plan": "SSS"}).status_code == 302
    assert screen.seats.current().count() == 3


def test_a_show_is_scheduled_refused_changed_and_cancelled(staff_client: Client) -> None:
    show = situations.a_show()
    booking = situations.a_booking(show=show)
    assert list(errors(staff_client.post(reverse("admin:cinema_show_add"), entered(show)))) == ["starts_at"]
    another = entered(show) | {"screen": situations.a_screen().pk}
    assert staff_client.post(reverse("admin:cinema_show_add"), another).status_code == 302
    change = reverse("admin:cinema_show_change", args=[show.pk])
    assert staff_client.post(change, entered(show) | {"language": "pt"}).status_code == 302
    staff_client.post(reverse("admin:cinema_show_cancel_this_show", args=[show.pk]))
    show.refresh_from_db()
    booking.refresh_from_db()
    assert (show.language, booking.status) == ("pt", "CANCELLED")


def test_several_shows_are_cancelled(staff_client: Client) -> None:
    shows = [situations.a_show(), situations.a_show()]
    chosen = {
        "action": "cancel_selected",
        "_selected_action": [show.pk for show in shows],
        "confirmed": "yes",
    }
    staff_client.post(reverse("admin:cinema_show_changelist"), chosen)
    assert not Show.objects.not_cancelled().exists()


def test_a_movie_a_theater_and_a_user_are_added(staff_client: Client) -> None:
    movie = {"title": "Dune", "duration_minutes": "155"}
    theater = {"name": "Odeon", "city": "Paris", "time_zone": "Europe/Paris", "day_ends_at": "06:00"}
    password = "a-quiet-row-of-seats"
    user = {"username": "ana", "email": "ana@example.com", "password1": password, "password2": password}
    for name, fields in {"movie": movie, "theater": theater, "user": user}.items():
        assert staff_client.post(reverse(f"admin:cinema_{name}_add"), fields).status_code == 302
    assert Movie.objects.get().title == "Dune"
    assert Theater.objects.get().name == "Odeon"
    assert User.objects.filter(username="ana").exists()


def test_a_user_is_changed_given_a_password_and_deleted(staff_client: Client) -> None:
    user = situations.a_user()
    fields = {"username": "ana", "email": "ana@example.com", "is_active": "on"}
    assert staff_client.post(reverse("admin:cinema_user_change", args=[user.pk]), fields).status_code == 302
    password = {"password1": "a-quiet-row-of-seats", "password2": "a-quiet-row-of-seats"}
    assert staff_client.post(reverse("admin:auth_user_password_change", args=[user.pk]), password).status_code == 302
    user.refresh_from_db()
    assert user.username == "ana"
    assert user.check_password("a-quiet-row-of-seats")
    staff_client.post(reverse("admin:cinema_user_delete", args=[user.pk]), {"post": "yes"})
    assert not User.objects.filter(pk=user.pk).exists()

from datetime import time
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from cinema.catalog import genres, price_lists, scheduling, theaters
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Theater
from tests import situations
from tests.admin.conftest import errors, messages
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

MOVIES = reverse("admin:cinema_movie_changelist")


def test_a_theater_needs_an_existing_time_zone(staff_client: Client) -> None:
    add = reverse("admin:cinema_theater_add")
    response = staff_client.post(add, {"name": "Odeon", "city": "Paris", "time_zone": "Paris", "day_ends_at": "06:00"})
    assert errors(response) == {"time_zone": ["Select a valid choice. Paris is not one of the available choices."]}
    assert (
        staff_client.post(
            add, {"name": "Odeon", "city": "Paris", "time_zone": "Europe/Paris", "day_ends_at": "06:00"}
        ).status_code
        == 302
    )
    assert Theater.objects.get().time_zone == "Europe/Paris"


def test_theater_names_are_unique_in_a_city_ignoring_case(staff_client: Client) -> None:
    situations.a_theater(name="Odeon", city="Paris")
    response = staff_client.post(
        reverse("admin:cinema_theater_add"),
        {"name": "ODEON", "city": "paris", "time_zone": "UTC", "day_ends_at": "06:00"},
    )
    assert errors(response) == {"name": ["There is already a theater with this name in this city."]}
    assert Theater.objects.count() == 1


def test_a_theater_is_changed(staff_client: Client) -> None:
    theater = situations.a_theater("Europe/Paris", name="Odeon", city="Paris")
    change = reverse("admin:cinema_theater_change", args=[theater.pk])
    assert (
        staff_client.post(
            change, {"name": " Rex ", "city": "Paris", "time_zone": "Europe/Paris", "day_ends_at": "06:00"}
        ).status_code
        == 302
    )
    theater.refresh_from_db()
    assert (theater.name, theater.city, theater.time_zone) == ("Rex", "Paris", "Europe/Paris")


def test_a_new_time_zone_warns_that_the_local_times_of_scheduled_shows_have_changed(staff_client: Client) -> None:
    theater = situations.a_theater("Europe/Paris", name="Odeon", city="Paris")
    screen = situations.a_screen(theater=theater)
    *_, cancelled = [situations.a_show(screen=screen, starts_at=situations.in_hours(hours)) for hours in (24, 28, 32)]
    scheduling.cancel(show_id=cancelled.pk)
    change = reverse("admin:cinema_theater_change", args=[theater.pk])
    assert "scheduled shows start at the same moment" in staff_client.get(change).content.decode()
    form = {"name": "Odeon", "city": "Paris", "currency": theater.currency, "day_ends_at": "06:00"}
    for time_zone, warnings in (
        ("Europe/Berlin", []),
        (
            "Europe/London",
            ["The local time of 2 scheduled shows has changed, because the moment of the start stays the same."],
        ),
    ):
        saved = staff_client.post(change, {**form, "time_zone": time_zone}, follow=True)
        assert messages(saved)[:-1] == warnings


def test_a_theater_cannot_take_the_name_of_another(staff_client: Client) -> None:
    situations.a_theater(name="Odeon", city="Paris")
    other = situations.a_theater(name="Rex", city="Paris")
    with nothing_changes():
        form = {"name": "odeon", "city": "Paris", "time_zone": "UTC", "day_ends_at": "06:00"}
        response = staff_client.post(reverse("admin:cinema_theater_change", args=[other.pk]), form)
    assert errors(response) == {"name": ["There is already a theater with this name in this city."]}


def test_a_theater_with_screens_cannot_be_deleted(staff_client: Client) -> None:
    theater = situations.a_screen().theater
    delete, refusal = (
        reverse("admin:cinema_theater_delete", args=[theater.pk]),
        "This theater has screens, so it cannot be deleted.",
    )
    with nothing_changes():
        # Before the confirmation, and in case of a screen since then.
        assert messages(staff_client.get(delete, follow=True)) == [refusal]
        assert messages(staff_client.post(delete, {"post": "yes"}, follow=True)) == [refusal]
        selected = {"action": "delete_selected", "_selected_action": [theater.pk], "post": "yes"}
        response = staff_client.post(reverse("admin:cinema_theater_changelist"), selected, follow=True)
    assert messages(response) == [f"{theater}: {refusal}"]


def test_a_theater_without_screens_is_deleted(staff_client: Client) -> None:
    theater = situations.a_theater()
    assert (
        staff_client.post(reverse("admin:cinema_theater_delete", args=[theater.pk]), {"post": "yes"}).status_code == 302
    )
    assert not Theater.objects.exists()


def test_rules_of_a_theater_are_changed(staff_client: Client) -> None:
    theater = situations.a_theater("Asia/Tokyo")
    change = reverse("admin:cinema_theater_change", args=[theater.pk])
    fields = {"name": theater.name, "city": theater.city, "time_zone": theater.time_zone}
    rules = {"currency": "JPY", "booking_closes_minutes_before_start": "-15", "day_ends_at": "04:30"}
    assert staff_client.post(change, {**fields, **rules}).status_code == 302
    theater.refresh_from_db()
    assert (theater.currency, theater.booking_closes_minutes_before_start) == ("JPY", -15)
    assert (theater.cancelling_closes_minutes_before_start, theater.day_ends_at) == (None, time(4, 30))
    refused = staff_client.post(change, {**fields, **rules, "day_ends_at": "12:00"})
    assert errors(refused) == {"day_ends_at": ["The day must end before noon."]}


def test_searches_ignore_case_accents_and_punctuation(staff_client: Client) -> None:
    for name in ("Café-Olé Köln", "Caf"):
        theater = situations.a_theater(name=name, city="X")
        theaters.add_screen(theater_id=theater.pk, name="1", rows=["S"])
        genres.add(name=name)
        price_lists.add(name=name, prices={SeatCategory.STANDARD: Decimal(1)})

    for model in ("theater", "screen", "genre", "pricelist"):
        for typed in ("koln", "KÖLN", "CAFÉ olé", "cafeole"):
            page = staff_client.get(reverse(f"admin:cinema_{model}_changelist"), {"q": typed})
            found = [str(getattr(each, "theater", each)) for each in page.context["cl"].result_list]
            assert [name.startswith("Café-Olé Köln") for name in found] == [True], (model, typed)

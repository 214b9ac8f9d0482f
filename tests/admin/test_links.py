"""Pages link only to pages that the staff member may open. They name other objects without a link."""

from collections.abc import Sequence

import pytest
from django.urls import reverse

from cinema.catalog.models import Show
from tests import situations
from tests.admin.conftest import staff_client_with


@pytest.fixture
def show(db: None) -> Show:
    return situations.a_show()


def page_of(model: str, key: int) -> str:
    return reverse(f"admin:cinema_{model}_change", args=[key])


@pytest.mark.parametrize("others", [[], ["view_movie", "view_screen"]])
def test_a_show_links_to_its_movie_and_its_screen(show: Show, others: Sequence[str]) -> None:
    page = staff_client_with("view_show", *others).get(page_of("show", show.pk)).content.decode()
    assert str(show.movie) in page
    assert str(show.screen) in page
    links = [page_of("movie", show.movie_id), page_of("screen", show.screen_id)]
    assert [link in page for link in links] == [bool(others)] * 2


@pytest.mark.parametrize("permission", ["view_screen", "change_screen"])
@pytest.mark.parametrize("others", [[], ["view_theater"]])
def test_a_screen_links_to_its_theater(show: Show, permission: str, others: Sequence[str]) -> None:
    page = staff_client_with(permission, *others).get(page_of("screen", show.screen_id)).content.decode()
    assert str(show.screen.theater) in page
    assert (page_of("theater", show.screen.theater_id) in page) == bool(others)


@pytest.mark.parametrize("others", [[], ["view_show"]])
def test_a_booking_links_to_its_show_and_its_seats(show: Show, others: Sequence[str]) -> None:
    booking = situations.a_booking(show=show)
    client = staff_client_with("view_booking", *others)
    page = client.get(page_of("booking", booking.pk)).content.decode()
    assert str(show.movie) in page
    seats = reverse("admin:cinema_booking_seats_of_show", args=[booking.pk])
    assert [link in page for link in (page_of("show", show.pk), seats)] == [bool(others)] * 2
    assert client.get(seats).status_code == (302 if others else 403)


@pytest.mark.parametrize(
    ("permission", "model", "field", "status"),
    [
        ("add_show", "show", "movie", 200),
        ("change_show", "show", "movie", 200),
        ("view_show", "show", "movie", 403),
        ("change_movie", "movie", "genres", 200),
    ],
)
def test_staff_search_what_they_choose_in_a_form(
    show: Show, permission: str, model: str, field: str, status: int
) -> None:
    client = staff_client_with(permission)
    query = {"app_label": "cinema", "model_name": model, "field_name": field}
    assert client.get(reverse("admin:autocomplete"), query).status_code == status
    # They may not view the pages of what they search.
    related = "movie" if field == "movie" else "genre"
    assert client.get(reverse(f"admin:cinema_{related}_changelist")).status_code == 403

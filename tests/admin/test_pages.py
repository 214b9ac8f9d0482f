"""Tests of all pages of the admin."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests import situations
from tests.admin.conftest import staff_client_with

pytestmark = pytest.mark.django_db

MODELS = {"Group", "User", "Genre", "Movie", "PriceList", "Theater", "Screen", "Show", "Booking", "TicketEvent"}


class Sources(HTMLParser):
    """The URLs from which a page loads scripts, styles, fonts and images."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = "href" if tag == "link" else "src"
        self.found += [value for name, value in attrs if name == wanted and value]


def sidebar(staff_client: Client) -> dict[str, list[str]]:
    sections = staff_client.get(reverse("admin:index")).context["sidebar_navigation"]
    return {section["title"]: [item["title"] for item in section["items"]] for section in sections}


def test_exactly_the_expected_models_are_registered() -> None:
    assert {model.__name__ for model in admin.site._registry} == MODELS  # noqa: SLF001 - Django has no public API for it


def test_the_sidebar_links_to_all_pages(staff_client: Client) -> None:
    assert sidebar(staff_client) == {
        "Schedule": ["Today", "Day by day", "Shows", "Price lists", "Movies", "Genres", "Theaters", "Screens"],
        "Sales": ["Bookings", "Seat events"],
        "Accounts": ["Users", "Groups"],
    }


def test_the_sidebar_links_only_to_permitted_pages() -> None:
    assert sidebar(staff_client_with("view_booking", "change_movie")) == {
        "Schedule": ["Today", "Movies"],
        "Sales": ["Bookings", "Seat events"],
        "Accounts": [],
    }


def test_customers_cannot_open_admin_pages(client: Client) -> None:
    client.force_login(situations.a_user())
    for page in ("index", "cinema_show_changelist", "cinema_show_schedule"):
        assert client.get(reverse(f"admin:{page}")).status_code == 302


def test_login_redirects_to_the_admin(client: Client) -> None:
    user = situations.a_user(is_staff=True)
    form = {"username": user.username, "password": situations.PASSWORD}
    response = client.post(reverse("admin:login"), form, REMOTE_ADDR="127.0.0.1")
    assert response["Location"] == reverse("admin:index")


def test_pages_load_nothing_from_other_origins(staff_client: Client) -> None:
    show = situations.a_booking().show
    pages = [
        reverse("admin:index"),
        reverse("admin:cinema_show_schedule"),
        reverse("admin:cinema_show_change", args=[show.pk]),
        reverse("admin:cinema_show_cancel_this_show", args=[show.pk]),
        reverse("admin:cinema_screen_change", args=[show.screen_id]),
        *(reverse(f"admin:cinema_{model.lower()}_changelist") for model in MODELS - {"Group"}),
    ]
    for page in pages:
        sources = Sources(staff_client.get(page).content.decode()).found
        assert sources
        assert [source for source in sources if re.match(r"//|\w+:", source)] == []

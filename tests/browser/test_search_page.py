"""The search for movies."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.front_page import FrontPage
from tests.browser.test_account_pages import heading
from tests.browser.test_movie_pages import pages_of_two, query
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("browser")]


@pytest.fixture
def front_page(page: Page) -> FrontPage:
    return FrontPage(page)


def test_search_with_the_keyboard(front_page: FrontPage) -> None:
    page = front_page.page
    searches = front_page.intercept("Search")
    page.goto("/#/bookings")
    page.get_by_role("link", name="Search", exact=True).press("Enter")
    field = page.get_by_role("searchbox")
    expect(field).to_be_focused()
    expect(page.get_by_role("heading", name="On sale now")).to_be_visible()
    page.keyboard.type("SPIRITED")
    expect(page.get_by_role("heading", name="1 movie for")).to_be_visible()
    # Not one search for each letter.
    assert len(searches) < 1 + len("SPIRITED")
    assert query(page) == {"q": ["SPIRITED"]}
    page.keyboard.press("ArrowDown")
    expect(page.locator("a.result")).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    heading(page, "Spirited Away")
    page.go_back()
    expect(field).to_have_value("SPIRITED")
    field.fill("no movie has this title")
    expect(page.get_by_role("heading", level=2)).to_have_text("No movies match “no movie has this title”.")
    expect(page.locator("a.result")).to_have_count(0)
    expect(page.get_by_role("status")).to_have_text("No movies match “no movie has this title”.")


def test_a_late_response_does_not_replace_a_newer_one(front_page: FrontPage) -> None:
    page = front_page.page
    late: list[Route] = []
    front_page.intercept("Search", lambda route: route.fallback(), late.append)
    page.goto("/#/search")
    expect(page.get_by_role("heading", name="On sale now")).to_be_visible()
    field = page.get_by_role("searchbox")
    field.fill("matrix")
    field.press("Enter")
    field.fill("parasite")
    expect(page.locator("a.result")).to_have_count(1)
    late[0].fallback()
    front_page.run_pending_tasks()
    page.wait_for_load_state("networkidle")
    expect(page.locator("a.result")).to_have_text(re.compile("^Parasite"))


def test_more_results_and_a_lost_connection(front_page: FrontPage, visitor: Visitor) -> None:
    page = front_page.page
    visitor.expect_error("ERR_FAILED")
    pages_of_two(page)
    page.goto("/#/search?q=the")
    results = page.locator("a.result")
    expect(results).to_have_count(2)
    front_page.intercept("Search", lambda route: route.abort())
    front_page.button("Show more").press("Enter")
    expect(page.get_by_text("We can\u2019t reach the server right now.").first).to_be_visible()
    front_page.button("Try again").click()
    expect(front_page.button("Show more")).to_be_visible()
    front_page.button("Show more").press("Enter")
    expect(results).to_have_count(4)
    expect(results.nth(2)).to_be_focused()


def test_without_a_connection_a_search_lists_no_other_movies(front_page: FrontPage, visitor: Visitor) -> None:
    page = front_page.page
    visitor.expect_error("ERR_FAILED")
    page.goto("/#/search")
    results, found = page.locator("a.result"), page.locator("h2.day")
    expect(found).to_have_text("On sale now")
    front_page.intercept("Search", lambda route: route.abort())
    page.get_by_label("Search movies by title").fill("parasite")
    expect(page.locator("p.problem")).to_have_text("We can\u2019t reach the server right now.")
    expect(results).to_have_count(0)
    expect(found).to_be_hidden()
    front_page.button("Try again").click()
    expect(found).to_have_text("1 movie for \u201cparasite\u201d")
    expect(found).to_be_visible()
    expect(results).to_have_text(re.compile("^Parasite"))

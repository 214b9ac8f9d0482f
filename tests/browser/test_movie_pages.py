"""The page of a movie with its showtimes."""

import json
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Route, expect

from cinema.management.demo.accounts import DEMO_PASSWORD
from tests.browser import axe
from tests.browser.front_page import Buyer, FrontPage, Staff
from tests.browser.test_account_pages import CONTEXTS, heading
from tests.browser.visitor import Visitor
from tests.serving import Server

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("browser")]

MOVIE = """query ($title: String!) { movies(first: 1, filter: { search: $title }) { nodes { id title shows(
  first: 100, filter: { bookable: true }) { nodes {
    id startsAt format language subtitles screen { theater { id name city timeZone } } } } } } }"""
LOG_IN = "mutation ($input: LoginInput!) { login(input: $input) { ... on Session { accessToken } } }"
CREATE_MOVIE = "mutation ($input: CreateMovieInput!) { createMovie(input: $input) { ... on Movie { id } } }"


@pytest.fixture
def front_page(page: Page) -> FrontPage:
    return FrontPage(page)


@pytest.fixture(scope="module")
def toy_story(server: Server) -> dict[str, Any]:
    """A movie of the demo, dubbed in some of its shows, with its bookable shows."""
    movie: dict[str, Any] = server.post(MOVIE, title="Toy Story")["data"]["movies"]["nodes"][0]
    movie["shows"] = movie["shows"]["nodes"]
    return movie


def local_start(show: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(show["startsAt"]).astimezone(ZoneInfo(show["screen"]["theater"]["timeZone"]))


def shown(page: Page) -> set[str]:
    """The IDs of the shows on the page."""
    return set(page.locator(".showtimes .show-link").evaluate_all("(all) => all.map((link) => link.dataset.key)"))


def select(page: Page, label: str, option: str) -> None:
    """Select a filter by its value, and wait for the showtimes."""
    page.get_by_label(label).select_option(option)
    expect(page.locator(".showtimes[aria-busy]")).to_have_count(0)


def query(page: Page) -> dict[str, list[str]]:
    """The parameters in the fragment of the address."""
    return parse_qs(urlsplit(urlsplit(page.url).fragment).query)


def pages_of_two(page: Page) -> None:
    """Let every list of the page have two items per page."""

    def handle(route: Route) -> None:
        body = json.loads(route.request.post_data or "{}")
        body["query"] = re.sub(r"first: (20|40)\b", "first: 2", body["query"])
        route.continue_(post_data=json.dumps(body))

    page.route("**/graphql", handle)


def test_the_page_of_a_movie_lists_and_filters_its_showtimes(front_page: FrontPage, toy_story: dict[str, Any]) -> None:
    page, shows = front_page.page, toy_story["shows"]
    page.goto("/")
    page.get_by_role("link", name="Toy Story", exact=True).first.click()
    heading(page, "Toy Story")
    expect(page.get_by_text("Cast: Tom Hanks and Tim Allen")).to_be_visible()
    # The page begins with the theater of the schedule.
    chosen = page.get_by_label("Theater").input_value()
    assert query(page) == {"theater": [chosen]}
    listed = {show["id"] for show in shows if show["screen"]["theater"]["id"] == chosen}
    assert {show["id"] for show in shows} & shown(page) == listed
    select(page, "Theater", "")
    assert {show["id"] for show in shows} <= shown(page)

    # Not after midnight, when a show belongs to the previous day.
    start, some = next((local_start(show), show) for show in reversed(shows) if local_start(show).hour >= 6)
    theater = some["screen"]["theater"]
    select(page, "Theater", theater["id"])
    in_theater = {show["id"] for show in shows if show["screen"]["theater"] == theater}
    assert {show["id"] for show in shows} & shown(page) == in_theater
    assert set(page.get_by_role("heading", level=4).locator("span").all_inner_texts()) == {theater["city"]}
    select(page, "Day", f"{start:%Y-%m-%d}")
    assert page.get_by_role("heading", level=3).all_inner_texts() == [f"{start:%A, %B} {start.day}"]
    time = f"{start.hour % 12 or 12}:{start:%M}\u202f{start:%p}"
    expect(page.locator(f".show-link[data-key='{some['id']}'] b")).to_have_text(time)

    # The address has the filters, so it can be shared.
    assert query(page) == {"theater": [theater["id"]], "day": [f"{start:%Y-%m-%d}"]}
    before = shown(page)
    page.reload()
    expect(page.get_by_label("Theater")).to_have_value(theater["id"])
    assert shown(page) == before
    select(page, "Day", "")
    assert {show["id"] for show in shows} & shown(page) == in_theater


def test_filters_offer_only_values_with_showtimes(front_page: FrontPage, toy_story: dict[str, Any]) -> None:
    page, shows = front_page.page, toy_story["shows"]
    theaters = {show["screen"]["theater"]["id"] for show in shows}
    language = next(show["language"] for show in shows if show["language"])
    dubbed = {show["screen"]["theater"]["id"] for show in shows if show["language"] == language}
    assert 0 < len(dubbed) < len(theaters)
    page.goto(f"/#/movie/{toy_story['id']}")

    def offered(label: str) -> set[str]:
        options = page.get_by_label(label).locator("option")
        return set(options.evaluate_all("(all) => all.map(({ value }) => value)")) - {""}

    expect(page.get_by_label("Theater").locator("option")).to_have_count(len(theaters) + 1)
    page.get_by_label("Language").focus()
    select(page, "Language", language)
    assert offered("Theater") == dubbed
    # The filter itself still offers the other languages, and keeps the focus.
    assert {language} < offered("Language")
    expect(page.get_by_label("Language")).to_be_focused()
    select(page, "Language", "")
    assert offered("Theater") == theaters


def test_the_theater_of_the_schedule_comes_first(front_page: FrontPage, toy_story: dict[str, Any]) -> None:
    page = front_page.page
    for theater in {show["screen"]["theater"]["id"]: show["screen"]["theater"] for show in toy_story["shows"]}.values():
        page.goto(f"/#/?theater={theater['id']}")
        expect(page.locator(".theaters [aria-current] span")).to_have_text(theater["city"])
        page.goto(f"/#/movie/{toy_story['id']}")
        heading(page, "Toy Story")
        days = page.locator(".showtimes-day").filter(has_text=theater["city"])
        expect(days.first.locator("h4 span").first).to_have_text(theater["city"])
        # The name and the city are separate words for a screen reader too.
        expect(days.first.locator("h4").first).to_have_accessible_name(f"{theater['name']} {theater['city']}")


@pytest.mark.parametrize("field", ["language", "subtitles", "format"])
def test_showtimes_are_filtered_by(
    front_page: FrontPage, server: Server, toy_story: dict[str, Any], field: str
) -> None:
    titles = {"language": "Toy Story", "subtitles": "Parasite", "format": "Dune: Part Two"}
    movie = toy_story
    if field != "language":
        movie = server.post(MOVIE, title=titles[field])["data"]["movies"]["nodes"][0]
        movie["shows"] = movie["shows"]["nodes"]
    page, value = front_page.page, next(show[field] for show in movie["shows"] if show[field])
    matching = {show["id"] for show in movie["shows"] if show[field] == value}
    assert 0 < len(matching) < len(movie["shows"])
    page.goto(f"/#/movie/{movie['id']}")
    heading(page, titles[field])
    select(page, field.capitalize(), value)
    assert {show["id"] for show in movie["shows"]} & shown(page) == matching


def test_back_returns_to_where_the_user_left_the_page(front_page: FrontPage, toy_story: dict[str, Any]) -> None:
    page = front_page.page
    page.goto(f"/#/movie/{toy_story['id']}")
    heading(page, "Toy Story")
    last = page.locator(".show-link").last
    last.scroll_into_view_if_needed()
    page.wait_for_function("() => scrollY > 200 && history.state?.scrollY === Math.round(scrollY)")
    top = page.evaluate("history.state.scrollY")
    last.click()
    expect(page.locator(".seat-map")).to_be_visible()
    assert page.evaluate("scrollY") == 0
    page.go_back()
    expect(last).to_be_in_viewport()
    assert page.evaluate("Math.round(scrollY)") == top


def test_more_showtimes_are_shown_with_the_keyboard(front_page: FrontPage, toy_story: dict[str, Any]) -> None:
    page = front_page.page
    pages_of_two(page)
    page.goto(f"/#/movie/{toy_story['id']}")
    links = page.locator(".showtimes .show-link")
    expect(links).to_have_count(2)
    front_page.button("Show more showtimes").press("Enter")
    expect(links).to_have_count(4)
    assert page.evaluate("document.activeElement.dataset.key") in shown(page)


def test_filters_without_showtimes_can_be_cleared(front_page: FrontPage, toy_story: dict[str, Any]) -> None:
    page = front_page.page
    page.goto(f"/#/movie/{toy_story['id']}?day=2031-01-01&format=nothing&theater=nowhere&language=!")
    expect(page.get_by_text("No showtimes match these filters.")).to_be_visible()
    front_page.button("Clear filters").press("Enter")
    expect(page.locator(".showtimes .show-link")).not_to_have_count(0)
    expect(page.get_by_label("Day")).to_be_focused()
    assert query(page) == {}


@pytest.mark.parametrize("movie_id", ["TW92aWU6OTk5OTk5", "TW92", "TW92%3"])
def test_an_unknown_movie_is_reported(front_page: FrontPage, movie_id: str) -> None:
    front_page.page.goto(f"/#/movie/{movie_id}")
    heading(front_page.page, "We can\u2019t find this movie")


def test_the_trailer_opens_in_a_new_tab(front_page: FrontPage, server: Server) -> None:
    staff = server.post(LOG_IN, input={"username": "staff", "password": DEMO_PASSWORD})["data"]["login"]["accessToken"]
    trailer = "https://trailers.example/new"
    given = {"title": f"New {uuid.uuid4().hex}", "durationMinutes": 90, "trailerUrl": trailer}
    movie = server.post(CREATE_MOVIE, staff, input=given)["data"]["createMovie"]
    page = front_page.page
    page.goto(f"/#/movie/{movie['id']}")
    link = page.get_by_role("link", name="Watch the trailer (opens in a new tab)")
    expect(link).to_have_attribute("href", trailer)
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(page.get_by_text("There are no showtimes at the moment.")).to_be_visible()


def test_an_open_page_of_a_movie_stays_current(front_page: FrontPage, server: Server) -> None:
    staff, page = Staff(server), front_page.page
    screen, movie = staff.create_screen("SSSS"), staff.create_movie(f"Current {uuid.uuid4().hex[:8]}")
    first, other = (staff.create_show(screen, movie, datetime.now(UTC) + timedelta(days=days)) for days in (30, 31))
    pages_of_two(page)
    page.goto(f"/#/movie/{movie}")
    expect(page.locator(f"[data-key='{first}']")).to_contain_text("4 seats available")
    Buyer(server).book({"id": first}, "A1")
    staff.cancel_show(other)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(f"[data-key='{first}']")).to_contain_text("3 seats available")
    assert shown(page) == {first}


def test_without_a_connection_a_filter_lists_no_other_showtimes(
    front_page: FrontPage, visitor: Visitor, toy_story: dict[str, Any]
) -> None:
    page, theater = front_page.page, toy_story["shows"][0]["screen"]["theater"]["id"]
    visitor.expect_error("ERR_FAILED")
    page.goto(f"/#/movie/{toy_story['id']}")
    expect(page.locator(".show-link").first).to_be_visible()
    front_page.intercept("Showtimes", lambda route: route.abort())
    page.get_by_label("Theater").select_option(theater)
    expect(page.locator("p.problem")).to_have_text("We can\u2019t reach the server right now.")
    assert shown(page) == set()
    front_page.button("Try again").click()
    expect(page.locator("p.problem")).to_have_count(0)
    in_theater = {show["id"] for show in toy_story["shows"] if show["screen"]["theater"]["id"] == theater}
    assert {show["id"] for show in toy_story["shows"]} & shown(page) == in_theater


def test_a_late_error_does_not_replace_newer_showtimes(
    front_page: FrontPage, visitor: Visitor, toy_story: dict[str, Any]
) -> None:
    page, theater = front_page.page, toy_story["shows"][0]["screen"]["theater"]["id"]
    visitor.expect_error("ERR_FAILED")
    late: list[Route] = []
    page.goto(f"/#/movie/{toy_story['id']}")
    expect(page.locator(".show-link").first).to_be_visible()
    front_page.intercept("Showtimes", late.append)
    page.get_by_label("Theater").select_option(theater)
    select(page, "Theater", "")
    late[0].abort()
    front_page.run_pending_tasks()
    page.wait_for_load_state("networkidle")
    expect(page.locator("p.problem")).to_have_count(0)
    assert {show["id"] for show in toy_story["shows"]} <= shown(page)


@pytest.mark.parametrize("context", CONTEXTS)
def test_axe_finds_no_serious_violation(
    visitors: Callable[..., Visitor], toy_story: dict[str, Any], context: dict[str, Any]
) -> None:
    page = visitors(reduced_motion="reduce", **context).page
    assert page.viewport_size
    width = page.viewport_size["width"]
    found: dict[str, Any] = {}

    def check(view: str) -> None:
        found[view] = (axe.violations(page), page.evaluate("document.documentElement.scrollWidth"))

    page.goto(f"/#/movie/{toy_story['id']}")
    heading(page, "Toy Story")
    check("movie")
    page.goto(f"/#/movie/{toy_story['id']}?day=2031-01-01")
    expect(page.get_by_text("No showtimes match these filters.")).to_be_visible()
    check("no showtimes")
    page.goto("/#/search?q=the")
    expect(page.locator("a.result")).not_to_have_count(0)
    check("search")
    page.goto("/#/search?q=nothing+has+this+title")
    expect(page.get_by_role("heading", level=2)).to_contain_text("No movies match")
    check("no results")
    assert found == {view: ([], width) for view in found}
    assert len(found) == 4

"""The schedule on the front page: days beyond the first week, cancelled shows, and movies with long names."""

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import axe
from tests.browser.front_page import FrontPage, Staff
from tests.browser.visitor import Visitor
from tests.serving import Server

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("browser")]

LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@dataclass
class Premiere:
    """A movie with three shows, the first of which is cancelled. All are later than those with a link to their day."""

    staff: Staff
    title: str
    cancelled: str
    next: str
    last: str
    last_day: str


@pytest.fixture(scope="module")
def premiere(server: Server) -> Premiere:
    staff, title = Staff(server), f"{LONG_WORD} {uuid.uuid4().hex[:8]}"
    screen, movie = staff.create_screen("SSSSS_PPPP", "WC_CW"), staff.create_movie(title)
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    cancelled, next_, last = (staff.create_show(screen, movie, noon + timedelta(days=days)) for days in (20, 21, 22))
    staff.cancel_show(cancelled)
    return Premiere(staff, title, cancelled, next_, last, f"{noon + timedelta(days=22):%Y-%m-%d}")


def show_links(page: Page, premiere: Premiere) -> list[str]:
    """Return the IDs of the shows that the page links for this movie."""
    links = page.get_by_role("article").filter(has_text=premiere.title).locator("a.show-link")
    urls: list[str] = links.evaluate_all("(links) => links.map((link) => decodeURIComponent(link.hash))")
    return [url.removeprefix("#/show/") for url in urls]


def open_after_midnight(page: Page, *, hours_to_next_show: int) -> datetime:
    """Open the schedule tomorrow at 1:00 in UTC, and return this time. The next show to book is hours away."""
    night = (datetime.now(UTC) + timedelta(days=1)).replace(hour=1)
    start = night + timedelta(hours=hours_to_next_show)
    shows = {name: {"nodes": [{"startsAt": start.isoformat()}]} for name in ("first", "last")}

    def respond_at_night(route: Route) -> None:
        is_first_show = "query FirstAndLastShow" in (route.request.post_data or "")
        body = json.dumps({"data": shows}) if is_first_show else route.fetch().text()
        headers = {"content-type": "application/json", "date": format_datetime(night, usegmt=True)}
        route.fulfill(headers=headers, body=body)

    page.route("**/graphql", respond_at_night)
    page.goto("/")
    return night


def test_after_midnight_the_shows_of_the_evening_are_not_of_today(page: Page) -> None:
    night = open_after_midnight(page, hours_to_next_show=1)
    days = page.get_by_role("navigation", name="Days").get_by_role("link")
    expect(days.nth(1)).to_have_text(f"Today{night:%b} {night.day}")
    evening = night - timedelta(days=1)
    expect(days.first).to_have_text(f"{evening:%a}{evening:%b} {evening.day}")
    expect(days.first).to_have_attribute("aria-current", "date")


@pytest.mark.parametrize("later", [0, 1])
def test_the_schedule_opens_on_the_first_day_with_a_show_that_can_be_booked(page: Page, later: int) -> None:
    night = open_after_midnight(page, hours_to_next_show=11 + 24 * later)
    days = page.get_by_role("navigation", name="Days").get_by_role("link")
    expect(days.first).to_have_text(f"Today{night:%b} {night.day}")
    expect(days.nth(later)).to_have_attribute("aria-current", "date")
    expect(page.get_by_text("No more shows can be booked today.")).to_have_count(later)


def test_a_day_without_shows_links_the_next_one_that_has_some(page: Page) -> None:
    page.goto("/#/?day=2099-12-24")
    expect(page.get_by_text("There are no shows on Thursday, December 24, 2099.")).to_be_visible()
    page.get_by_role("link", name=re.compile("^See ")).click()
    expect(page.locator(".show-link b").first).to_be_visible()
    expect(page.get_by_text("There are no shows on")).to_have_count(0)


def test_another_theater_shows_the_day_that_was_picked(page: Page) -> None:
    page.goto("/")
    day = page.get_by_role("navigation", name="Days").get_by_role("link").nth(2)
    day.click()
    expect(day).to_have_attribute("aria-current", "date")
    picked = page.url.split("day=")[1]
    # A screen reader reads the heading, which is the same for every day, with the day.
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_be_focused()
    expect(heading).to_have_accessible_description(
        f"{date.fromisoformat(picked):%A, %B} {date.fromisoformat(picked).day}"
    )
    theaters = page.get_by_role("navigation", name="Theaters").get_by_role("link")
    theaters.nth(1).click()
    expect(theaters.nth(1)).to_have_attribute("aria-current", "true")
    assert page.url.endswith(f"day={picked}")


def test_links_say_which_shows_are_dubbed_or_subtitled(page: Page, server: Server) -> None:
    staff = Staff(server)
    screen, movie = staff.create_screen("SSSS"), staff.create_movie(f"Dubbed {uuid.uuid4().hex[:8]}", language="en")
    start = datetime.now(UTC).replace(hour=9) + timedelta(days=40)
    dubbed, subtitled, subtitled_too, original = (
        staff.create_show(screen, movie, start + timedelta(hours=3 * number), **languages)
        for number, languages in enumerate(
            [{"language": "pt-PT"}, {"subtitles": "pt-PT"}, {"subtitles": "fr"}, {"language": "en"}]
        )
    )
    page.goto(f"/#/?day={start:%Y-%m-%d}")
    texts = {dubbed: "European Portuguese", subtitled: "English, European Portuguese subtitles"}
    texts |= {subtitled_too: "English, French subtitles", original: "English"}
    for show, text in texts.items():
        expect(page.locator(f"[data-key='{show}'] small").first).to_have_text(text)


def test_coming_up_links_the_next_show_that_can_be_booked(page: Page, premiere: Premiere) -> None:
    page.goto("/")
    expect(page.get_by_role("article").filter(has_text=premiere.title)).to_be_visible()
    assert show_links(page, premiere) == [premiere.next]


def test_any_day_can_be_picked_and_shared(page: Page, premiere: Premiere) -> None:
    page.goto("/")
    picker = page.get_by_label("Other date")
    picker.focus()
    year, month, day = premiere.last_day.split("-")
    page.keyboard.type(f"{month}{day}{year}")
    assert "day=" not in page.url
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"{int(day)}", level=2)).to_be_visible()
    assert f"day={premiere.last_day}" in page.url
    assert show_links(page, premiere) == [premiere.last]
    # Companion seats are cheaper, but nobody can buy one alone.
    expect(page.get_by_role("article").filter(has_text=premiere.title)).to_contain_text("from €10.00")
    page.reload()
    expect(page.get_by_label("Other date")).to_have_value(premiere.last_day)
    assert show_links(page, premiere) == [premiere.last]


@pytest.mark.parametrize(
    ("query", "notice"),
    [("day=2026-02-31", "This is not a date."), ("theater=VGhlYXRlcjo5OTk5", "We can\u2019t find this theater.")],
)
def test_an_unknown_day_or_theater_is_reported(page: Page, query: str, notice: str) -> None:
    page.goto(f"/#/?{query}")
    expect(page.locator(".notice")).to_contain_text(notice)


def test_a_show_that_is_cancelled_disappears_from_an_open_schedule(page: Page, premiere: Premiere) -> None:
    screen, movie = premiere.staff.create_screen("SSSS"), premiere.staff.create_movie(f"Gone {uuid.uuid4().hex[:8]}")
    start = datetime.now(UTC) + timedelta(days=30)
    show = premiere.staff.create_show(screen, movie, start)
    page.goto(f"/#/?day={start:%Y-%m-%d}")
    link = page.locator(f"[data-key='{show}']")
    expect(link).to_be_visible()
    premiere.staff.cancel_show(show)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(link).to_have_count(0)


def test_long_words_break(visitors: Callable[..., Visitor], premiere: Premiere) -> None:
    page = visitors(viewport={"width": 360, "height": 740}, color_scheme="dark").page
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    page.goto(f"/#/?day={premiere.last_day}")
    title = page.get_by_role("heading", name=premiere.title)
    expect(title).to_be_visible()
    assert page.evaluate(overflow) == 0
    assert title.evaluate("(title) => title.scrollWidth <= title.clientWidth")
    assert axe.violations(page) == []
    page.goto(f"/?show={premiere.last}")
    expect(FrontPage(page).connection).to_have_text("Live")
    assert page.evaluate(overflow) == 0
    assert title.evaluate("(title) => title.scrollWidth <= title.clientWidth")


def test_drawn_posters_show_their_last_line_completely(page: Page) -> None:
    page.goto("/")
    titles = page.locator(".poster-title > span")
    expect(titles).not_to_have_count(0)
    # The rectangle of a text includes its descenders. Longer titles have more lines than the poster shows.
    cut = titles.evaluate_all("""(titles) => titles.filter((title) => title.textContent.length < 60).filter((title) => {
      const text = document.createRange();
      text.selectNodeContents(title);
      return text.getBoundingClientRect().bottom > title.getBoundingClientRect().bottom + 0.5;
    }).map((title) => title.textContent)""")
    assert cut == []

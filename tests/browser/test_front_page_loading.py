"""The front page on a slow connection, and its dialogs."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.front_page import WHATS_ON, FrontPage

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("browser")]


@pytest.fixture
def front_page(page: Page) -> FrontPage:
    return FrontPage(page)


def test_a_slow_page_shows_that_it_loads(front_page: FrontPage) -> None:
    page, waiting = front_page.page, list[Route]()

    # Playwright cannot use a built-in method as a handler.
    def wait(route: Route) -> None:
        waiting.append(route)

    page.route("**/front/main.js", wait, times=1)
    page.goto("/", wait_until="commit")
    expect(page.get_by_text("Loading…")).to_be_visible()
    waiting.pop().continue_()
    expect(page.get_by_role("heading", name=WHATS_ON)).to_be_visible()
    expect(page.locator("#main[aria-busy]")).to_have_count(0)

    page.route("**/graphql", wait, times=1)
    page.locator("a.show-link").first.click()
    expect(page.locator("#main[aria-busy]")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Loading…")
    waiting.pop().continue_()
    expect(front_page.connection).to_have_text("Live")
    expect(page.locator("#main[aria-busy]")).to_have_count(0)


def test_a_dialog_focuses_its_first_field(front_page: FrontPage) -> None:
    front_page.page.goto("/")
    front_page.button("Log in").click()
    expect(front_page.page.get_by_label("Username or email address")).to_be_focused()


def test_a_dialog_closes_on_a_click_outside_but_not_at_the_end_of_a_selection(front_page: FrontPage) -> None:
    page = front_page.page
    page.goto("/")
    front_page.button("Log in").click()
    field = page.get_by_label("Username or email address")
    field.fill("a text to select")
    box = field.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(4, box["y"])
    page.mouse.up()
    assert page.evaluate("getSelection().toString()")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.mouse.click(4, box["y"])
    expect(page.get_by_role("dialog")).to_have_count(0)

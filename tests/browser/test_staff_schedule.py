"""Staff open today's page, and repeat a show: on a phone, in dark mode, and by keyboard."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.front_page import next_show
from tests.browser.staff_pages import key_of, log_in
from tests.browser.visitor import Visitor
from tests.serving import Server

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("browser")]

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "color_scheme": "dark"}


def assert_nothing_is_cut_off(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("options", [PHONE, {}], ids=["phone", "desktop"])
def test_the_admin_opens_on_today(visitors: Callable[..., Visitor], options: dict[str, Any]) -> None:
    page = visitors(**options).page
    log_in(page)

    expect(page.get_by_role("heading", name="Needs attention")).to_be_visible()
    theater = page.locator("details", has=page.get_by_role("heading", name="Cinema Miradouro, Lisbon"))
    expect(theater).to_have_attribute("open", "")
    assert_nothing_is_cut_off(page)
    assert axe.violations(page) == []

    theater.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(theater).not_to_have_attribute("open", "")


def test_forms_are_accessible_on_a_phone(visitors: Callable[..., Visitor]) -> None:
    page = visitors(**PHONE).page
    log_in(page)
    for path in ("show/schedule/", "show/add/", "show/copy/", "movie/add/", "pricelist/add/"):
        page.goto(f"/admin/cinema/{path}")
        # Select2 is ready.
        expect(page.locator("select.admin-autocomplete:not(.select2-hidden-accessible)")).to_have_count(0)
        assert_nothing_is_cut_off(page)
        assert axe.violations(page) == [], path


def test_a_show_is_repeated_by_keyboard(server: Server, visitors: Callable[..., Visitor]) -> None:
    show = next_show(server)
    page = visitors(**PHONE).page
    log_in(page)
    page.goto(f"/admin/cinema/show/{key_of(show['id'])}/repeat/")
    # Other tests do not use this day.
    day = datetime.now(UTC).date() + timedelta(days=500)
    for label in ("From", "Until"):
        page.get_by_label(label).fill(day.isoformat())

    page.get_by_label("Starts").fill("10:00, 20:15")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 shows can be added.")).to_be_visible()
    assert_nothing_is_cut_off(page)
    assert axe.violations(page) == []

    page.get_by_label("Starts").fill("10:00, 10:05, 20:15")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That show is new, too.")).to_be_visible()

    button = page.get_by_role("button", name="Add 2 shows, skip 1")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/schedule/**")
    expect(page.get_by_text("Added 2 shows.")).to_be_visible()
    expect(page.locator(".schedule-show")).to_have_count(2)


def test_a_double_click_adds_shows_once(server: Server, visitor: Visitor) -> None:
    show = next_show(server)
    page = visitor.page
    log_in(page)
    page.goto(f"/admin/cinema/show/{key_of(show['id'])}/repeat/")
    day = datetime.now(UTC).date() + timedelta(days=501)
    for label in ("From", "Until"):
        page.get_by_label(label).fill(day.isoformat())
    page.get_by_role("button", name="Preview").click()

    page.get_by_role("button", name="Add 1 show").dblclick()

    page.wait_for_url(lambda url: "/repeat/" not in url)
    expect(page.get_by_text("Added 1 show.").or_(page.get_by_text("This form was already sent."))).to_be_visible()

"""Wheelchair spaces on the front page: only for visitors who say that they need one."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.front_page import FrontPage, next_show
from tests.serving import Server

pytestmark = pytest.mark.xdist_group("browser")

AVAILABLE_SPACE = '[data-category="WHEELCHAIR"][data-state="available"]'


@pytest.fixture
def front_page(page: Page) -> FrontPage:
    return FrontPage(page)


def test_a_wheelchair_space_is_selected_only_after_the_box_is_checked(front_page: FrontPage, server: Server) -> None:
    front_page.log_in(server)
    front_page.open(next_show(server))
    need = front_page.panel.get_by_label("I need a wheelchair space")
    label = str(front_page.page.locator(AVAILABLE_SPACE).first.get_attribute("data-seat"))

    front_page.seat(label).click()
    expect(front_page.notice).to_contain_text(f"{label} is for guests who need a wheelchair space.")
    assert front_page.states(label) == ["available"]

    need.check()
    front_page.select(label)
    need.uncheck()
    expect(front_page.seat(label)).to_have_attribute("data-state", "available")
    need.check()
    front_page.hold(label)
    assert front_page.states(label) == ["held-by-you"]


def test_a_wheelchair_space_is_chosen_with_the_seat_beside_it(front_page: FrontPage, server: Server) -> None:
    front_page.log_in(server)
    front_page.open(next_show(server))

    front_page.panel.get_by_label("I need a wheelchair space").check()
    front_page.button("Choose a wheelchair space and 1 seat").click()

    expect(front_page.countdown).to_be_visible()
    expect(front_page.page.locator('[data-category="WHEELCHAIR"][data-state="held-by-you"]')).to_have_count(1)
    expect(front_page.page.locator('[data-category="COMPANION"][data-state="held-by-you"]')).to_have_count(1)

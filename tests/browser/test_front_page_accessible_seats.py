"""Wheelchair spaces on the front page: only for visitors who say that they need one."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.front_page import FrontPage, next_show
from tests.browser.visitor import Visitor
from tests.serving import Server

pytestmark = pytest.mark.xdist_group("browser")

AVAILABLE_SPACE = '[data-category="WHEELCHAIR"][data-state="available"]'


@pytest.fixture
def front_page(page: Page) -> FrontPage:
    return FrontPage(page)


@pytest.mark.deep
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


@pytest.mark.deep
def test_a_wheelchair_space_is_chosen_with_the_seat_beside_it(front_page: FrontPage, server: Server) -> None:
    front_page.log_in(server)
    front_page.open(next_show(server))

    front_page.panel.get_by_label("I need a wheelchair space").check()
    front_page.button("Hold a wheelchair space and 1 seat").click()

    expect(front_page.countdown).to_be_visible()
    expect(front_page.page.locator('[data-category="WHEELCHAIR"][data-state="held-by-you"]')).to_have_count(1)
    expect(front_page.page.locator('[data-category="COMPANION"][data-state="held-by-you"]')).to_have_count(1)


def test_a_small_phone_shows_the_prices_and_how_to_get_a_wheelchair_space(
    visitors: Callable[..., Visitor], server: Server
) -> None:
    small_phone = FrontPage(visitors(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True).page)
    show = next_show(server)
    small_phone.open(show)
    prices = small_phone.page.locator(".price-range")
    expect(prices).to_be_in_viewport()
    listed = small_phone.page.get_by_role("list", name="Prices")
    for price in prices.inner_text().split(" \u2013 "):
        expect(listed).to_contain_text(price)
    need = small_phone.panel.get_by_label("I need a wheelchair space")
    expect(need).to_be_hidden()
    small_phone.button("Wheelchair spaces").tap()
    need.check()
    expect(small_phone.button("Hold a wheelchair space and 1 seat")).to_be_visible()

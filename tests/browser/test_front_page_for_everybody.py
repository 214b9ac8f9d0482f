"""The front page by keyboard, on a phone, in the dark, without motion, and as axe sees it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.front import WHATS_ON, Buyer, Front, a_show
from tests.browser.visitor import Visitor
from tests.serving import Server

pytestmark = pytest.mark.xdist_group("browser")

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True},
}
SCREEN_OF_20 = """{ shows(last: 100, filter: { bookable: true }) { nodes { id screen { rows } } } }"""


@pytest.fixture
def front(page: Page) -> Front:
    return Front(page)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText"))


def tab_to(page: Page, name: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page) == name:
            return
    pytest.fail(f"The Tab key does not lead to {name}, but to {focused(page)}.")


@pytest.mark.parametrize("look", LOOKS)
def test_nothing_grave_is_wrong_with_any_view(visitors: Callable[..., Visitor], server: Server, look: str) -> None:
    front = Front(visitors(reduced_motion="reduce", **LOOKS[look]).page)
    page = front.page
    found: dict[str, list[str]] = {}

    def look_at(view: str) -> None:
        found[view] = axe.violations(page)

    page.goto("/")
    expect(page.get_by_role("heading", name=WHATS_ON)).to_be_visible()
    look_at("what is on")
    front.button("Log in").click()
    look_at("logging in")
    front.sign_in(server)
    show = a_show(server)
    front.open(show)
    seats = front.free_seats()
    Buyer(server).book(show, seats[-1])
    expect(front.seat(seats[-1])).to_have_attribute("data-state", "taken")
    front.pick(seats[0])
    look_at("a house with a pick")
    front.button("Hold 1 seat").click()
    expect(front.countdown).to_be_visible()
    look_at("a hold")
    front.confirm()
    look_at("a sale")
    page.goto("/#/bookings")
    front.button("Cancel …").click()
    look_at("cancelling")
    page.keyboard.press("Escape")
    look_at("bookings")
    assert found == {view: [] for view in found}
    assert len(found) == 7


def test_seats_are_booked_with_the_keyboard_alone(front: Front, server: Server) -> None:
    buyer = front.sign_in(server)
    front.open(a_show(server))
    page = front.page
    start = page.locator("[data-seat][tabindex='0']")
    expect(start).to_have_count(1)
    first = start.get_attribute("aria-label") or ""
    tab_to(page, first)
    page.keyboard.press("ArrowRight")
    second = focused(page)
    assert second != first
    page.keyboard.press("ArrowDown")
    below = focused(page)
    assert (second[:5], below[:5]) == ("Row A", "Row B")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    assert focused(page).endswith(", picked")
    tab_to(page, "Hold 2 seats")
    page.keyboard.press("Enter")
    expect(front.countdown).to_be_visible()
    expect(page.get_by_role("button", name="Confirm for")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Enjoy the movie")).to_be_focused()
    assert [len(each["tickets"]) for each in buyer.bookings()] == [2]


def test_where_the_keyboard_is_can_be_seen(front: Front, server: Server) -> None:
    front.open(a_show(server))
    label = front.page.locator("[data-seat][tabindex='0']").get_attribute("aria-label") or ""
    tab_to(front.page, label)
    width = front.page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert width == "3px"


def test_a_dialog_keeps_the_focus_and_gives_it_back(front: Front) -> None:
    page = front.page
    page.goto("/")
    front.button("Log in").press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        # The browser's own buttons, which come after the page, count as nothing.
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(front.button("Log in")).to_be_focused()


def test_a_seat_says_what_it_is_and_outcomes_are_said(front: Front, server: Server) -> None:
    front.sign_in(server)
    front.open(a_show(server))
    seat = front.seat(front.free_seats()[0])
    price = r"\$\d+\.\d\d"
    expect(seat).to_have_accessible_name(re.compile(rf"^Row [A-Z] seat \d+, standard, {price}, free$"))
    front.hold(front.free_seats()[0])
    expect(seat).to_have_accessible_name(re.compile(rf"^Row [A-Z] seat \d+, standard, {price}, held for you$"))
    expect(front.page.get_by_role("status")).to_contain_text("held for you.")


def test_what_somebody_else_does_is_not_read_out(front: Front, server: Server) -> None:
    show = a_show(server)
    front.open(show)
    seat = front.free_seats()[0]
    Buyer(server).book(show, seat)
    expect(front.seat(seat)).to_have_attribute("data-state", "taken")
    expect(front.page.get_by_role("status")).to_be_empty()


def test_on_a_phone_the_house_scrolls_and_not_the_page(visitors: Callable[..., Visitor], server: Server) -> None:
    front = Front(visitors(**LOOKS["phone"]).page)
    shows = server.post(SCREEN_OF_20)["data"]["shows"]["nodes"]
    front.open(next(show for show in shows if len(show["screen"]["rows"][0]) >= 20))
    page = front.page
    house = page.locator(".house")
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    assert house.evaluate("(house) => house.scrollWidth > house.clientWidth && house.scrollLeft > 0")
    sizes = page.locator("[data-seat]").evaluate_all("(all) => all.map((seat) => seat.offsetWidth)")
    assert min(sizes) >= 24


def test_nothing_moves_for_whoever_wants_that(visitors: Callable[..., Visitor], server: Server) -> None:
    for motion, moving in (("reduce", 0), ("no-preference", 1)):
        front = Front(visitors(reduced_motion=motion).page)
        show = a_show(server)
        front.open(show)
        seat = front.free_seats()[0]
        started = "window.started = 0; addEventListener('animationstart', () => { window.started += 1; })"
        front.page.evaluate(started)
        Buyer(server).book(show, seat)
        expect(front.seat(seat)).to_have_attribute("data-state", "taken")
        # An animation starts with the next frame.
        front.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert front.page.evaluate("window.started") == moving

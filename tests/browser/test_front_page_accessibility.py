"""The front page with a keyboard, on a phone, in dark mode, with reduced motion, and checked by axe."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.front_page import WHATS_ON, Buyer, FrontPage, next_show
from tests.browser.visitor import Visitor
from tests.serving import Server

pytestmark = pytest.mark.xdist_group("browser")

CONTEXTS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True},
}
SHOWS_WITH_ROWS = """{ shows(last: 100, filter: { bookable: true }) { nodes { id screen { rows } } } }"""


@pytest.fixture
def front_page(page: Page) -> FrontPage:
    return FrontPage(page)


def focused_name(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText"))


def tab_to(page: Page, name: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused_name(page) == name:
            return
    pytest.fail(f"The Tab key does not reach {name}; it reached {focused_name(page)}.")


@pytest.mark.deep
@pytest.mark.parametrize("context", CONTEXTS)
def test_axe_finds_no_serious_violation_in_any_view(
    visitors: Callable[..., Visitor], server: Server, context: str
) -> None:
    front_page = FrontPage(visitors(reduced_motion="reduce", **CONTEXTS[context]).page)
    page = front_page.page
    found: dict[str, list[str]] = {}

    def check(view: str) -> None:
        found[view] = axe.violations(page)

    page.goto("/")
    expect(page.get_by_role("heading", name=WHATS_ON)).to_be_visible()
    check("schedule")
    front_page.button("Log in").click()
    check("login dialog")
    front_page.log_in(server)
    show = next_show(server)
    front_page.open(show)
    seats = front_page.available_seats()
    Buyer(server).book(show, seats[-1])
    expect(front_page.seat(seats[-1])).to_have_attribute("data-state", "booked")
    front_page.select(seats[0])
    check("selected seat")
    front_page.button("Hold 1 seat").click()
    expect(front_page.countdown).to_be_visible()
    check("hold")
    front_page.confirm()
    check("confirmation")
    page.goto("/#/bookings")
    front_page.button("Cancel seats").click()
    check("cancel dialog")
    page.keyboard.press("Escape")
    check("bookings")
    assert found == {view: [] for view in found}
    assert len(found) == 7


def test_seats_can_be_booked_with_the_keyboard_alone(front_page: FrontPage, server: Server) -> None:
    buyer = front_page.log_in(server)
    front_page.open(next_show(server))
    page = front_page.page
    start = page.locator("[data-seat][tabindex='0']")
    expect(start).to_have_count(1)
    first = start.get_attribute("aria-label") or ""
    tab_to(page, first)
    page.keyboard.press("ArrowRight")
    second = focused_name(page)
    assert second != first
    page.keyboard.press("ArrowDown")
    below = focused_name(page)
    assert (second[:5], below[:5]) == ("Row A", "Row B")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    assert focused_name(page).endswith(", selected")
    tab_to(page, "Hold 2 seats")
    page.keyboard.press("Enter")
    expect(front_page.countdown).to_be_visible()
    expect(page.get_by_role("button", name="Confirm for")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Booking confirmed")).to_be_focused()
    assert [len(each["tickets"]) for each in buyer.bookings()] == [2]


@pytest.mark.deep
def test_the_skip_link_stays_on_the_page(front_page: FrontPage) -> None:
    page = front_page.page
    page.goto("/#/bookings")
    expect(page.get_by_role("heading", level=1)).to_have_text("My bookings")
    tab_to(page, "Skip to main content")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_have_text("My bookings")
    assert page.url.endswith("/#/bookings")


@pytest.mark.deep
def test_the_focused_seat_has_a_visible_outline(front_page: FrontPage, server: Server) -> None:
    front_page.open(next_show(server))
    label = front_page.page.locator("[data-seat][tabindex='0']").get_attribute("aria-label") or ""
    tab_to(front_page.page, label)
    width = front_page.page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert width == "3px"


@pytest.mark.deep
def test_a_dialog_traps_the_focus_and_restores_it(front_page: FrontPage) -> None:
    page = front_page.page
    page.goto("/")
    front_page.button("Log in").press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        # When the focus moves to the browser's own controls after the page, the active element is the body.
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(front_page.button("Log in")).to_be_focused()


def test_seats_have_accessible_names_and_results_are_announced(front_page: FrontPage, server: Server) -> None:
    front_page.log_in(server)
    front_page.open(next_show(server))
    label = front_page.available_seats()[0]
    seat = front_page.seat(label)
    price = r"[$€¥][\d.,]+"
    expect(seat).to_have_accessible_name(re.compile(rf"^Row [A-Z] seat \d+, standard, {price}, available$"))
    front_page.hold(label)
    expect(seat).to_have_accessible_name(re.compile(rf"^Row [A-Z] seat \d+, standard, {price}, held for you$"))
    expect(front_page.page.get_by_role("status")).to_have_text(f"{label} held for you.")


@pytest.mark.deep
def test_bookings_of_other_buyers_are_not_announced(front_page: FrontPage, server: Server) -> None:
    show = next_show(server)
    front_page.open(show)
    seat = front_page.available_seats()[0]
    Buyer(server).book(show, seat)
    expect(front_page.seat(seat)).to_have_attribute("data-state", "booked")
    expect(front_page.page.get_by_role("status")).to_be_empty()


def test_on_a_phone_the_seat_map_scrolls_and_the_page_does_not(
    visitors: Callable[..., Visitor], server: Server
) -> None:
    front_page = FrontPage(visitors(**CONTEXTS["phone"]).page)
    shows = server.post(SHOWS_WITH_ROWS)["data"]["shows"]["nodes"]
    front_page.open(next(show for show in shows if len(show["screen"]["rows"][0]) >= 20))
    page = front_page.page
    seat_map = page.locator(".seat-map")
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    assert seat_map.evaluate("(map) => map.scrollWidth > map.clientWidth && map.scrollLeft > 0")
    sizes = page.locator("[data-seat]").evaluate_all("(all) => all.map((seat) => seat.offsetWidth)")
    assert min(sizes) >= 24


# Whether each word of a heading is in one line.
BREAKS_NO_WORD = """(heading) => {
  const { firstChild: text } = heading;
  return [...text.data.matchAll(/\\S+/g)].every(({ index, 0: word }) => {
    const range = document.createRange();
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    return range.getClientRects().length === 1;
  });
}"""


@pytest.mark.deep
def test_text_of_twice_the_size_fits_a_phone(visitors: Callable[..., Visitor], server: Server) -> None:
    front_page = FrontPage(visitors(**CONTEXTS["phone"]).page)
    buyer = front_page.log_in(server)
    page, show = front_page.page, next_show(server)
    front_page.open(show)
    held, booked = front_page.available_seats()[:2]
    buyer.hold(show["id"], held)
    buyer.book(show, booked)
    double = "document.documentElement.style.fontSize = '200%'"
    page.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {double}; }})")
    for path in ("/", "/#/search?q=dune", f"/#/show/{show['id']}", "/#/bookings", "/#/account"):
        page.goto("about:blank")
        page.goto(path)
        expect(page.locator("main:not([aria-busy]) h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 375, path
        if "show" in path:
            expect(front_page.countdown).to_be_visible()
            assert front_page.panel.evaluate("(panel) => panel.scrollWidth <= panel.clientWidth")
        if "bookings" in path:
            # What does not fit a booking would be cut.
            parts = page.locator(".booking-details, .booking-summary")
            expect(parts).to_have_count(4)
            assert parts.evaluate_all("(all) => all.every((part) => part.scrollWidth <= part.clientWidth)")
            front_page.button("Cancel seats").click()
            assert page.get_by_role("heading", name="Cancel seats").evaluate(BREAKS_NO_WORD)


@pytest.mark.deep
def test_a_hold_fits_a_small_phone_with_large_text(visitors: Callable[..., Visitor], server: Server) -> None:
    # A browser whose text has twice the size measures a window of 360 by 740 pixels as one of half the size.
    front_page = FrontPage(visitors(viewport={"width": 180, "height": 370}).page)
    buyer = front_page.log_in(server)
    show = next_show(server)
    front_page.open(show)
    buyer.hold(show["id"], *front_page.available_seats()[:2])
    confirm = front_page.panel.get_by_role("button", name="Confirm for")
    for width in (180, 160):
        front_page.page.set_viewport_size({"width": width, "height": 370})
        expect(confirm).to_be_visible()
        # After an extension, the time has more digits.
        front_page.countdown.evaluate("(countdown) => { countdown.textContent = '19:59'; }")
        assert front_page.panel.evaluate("(panel) => panel.scrollWidth <= panel.clientWidth")
        assert confirm.evaluate("(button) => button.getBoundingClientRect().right") <= width


@pytest.mark.deep
def test_nothing_is_animated_with_reduced_motion(visitors: Callable[..., Visitor], server: Server) -> None:
    for motion, animations in (("reduce", 0), ("no-preference", 1)):
        front_page = FrontPage(visitors(reduced_motion=motion).page)
        show = next_show(server)
        front_page.open(show)
        seat = front_page.available_seats()[0]
        count_animations = "window.started = 0; addEventListener('animationstart', () => { window.started += 1; })"
        front_page.page.evaluate(count_animations)
        Buyer(server).book(show, seat)
        expect(front_page.seat(seat)).to_have_attribute("data-state", "booked")
        # An animation starts in the next frame.
        front_page.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        assert front_page.page.evaluate("window.started") == animations

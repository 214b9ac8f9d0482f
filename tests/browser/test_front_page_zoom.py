"""The seat map of a large auditorium on a phone: zoom, overview, row letters, and the panel below it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import axe
from tests.browser.front_page import FrontPage, Staff
from tests.browser.visitor import Visitor
from tests.serving import Server

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("browser")]

ROW = "SSSSSS_SSSSSSSSSSSSSSS_SSSSSS"


@pytest.fixture(scope="module")
def show(server: Server) -> dict[str, str]:
    """A show with 648 seats."""
    staff = Staff(server)
    screen, movie = staff.create_screen(*[ROW] * 24), staff.create_movie("A large auditorium")
    return {"id": staff.create_show(screen, movie, datetime.now(UTC) + timedelta(days=2))}


@pytest.fixture
def phone(visitors: Callable[..., Visitor]) -> FrontPage:
    viewport = {"width": 360, "height": 740}
    return FrontPage(visitors(viewport=viewport, has_touch=True, is_mobile=True, color_scheme="dark").page)


# How many pixels a row letter is above or below the nearest seat of its row.
OFFSET = """(letter) => {
  const middle = (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  };
  const { x, y } = middle(letter);
  const seats = [...letter.parentElement.querySelectorAll("[data-seat]")].map(middle);
  seats.sort((one, other) => Math.abs(one.x - x) - Math.abs(other.x - x));
  return Math.abs(seats[0].y - y);
}"""

# Whether nothing covers the middle of an element.
IS_ON_TOP = """(element) => {
  const { x, y, width, height } = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""


def is_cut(seat_map: Locator) -> bool:
    return bool(seat_map.evaluate("(map) => map.scrollWidth > map.clientWidth"))


def test_the_overview_shows_all_seats_and_a_tap_enlarges_them(phone: FrontPage, show: dict[str, str]) -> None:
    phone.open(show)
    page, seat_map, seat = phone.page, phone.page.locator(".seat-map"), phone.seat("T4")
    assert is_cut(seat_map)
    phone.button("Zoom out").click()
    expect(page.get_by_role("status")).to_have_text("All seats")
    assert not is_cut(seat_map)
    expect(phone.button("Zoom out")).to_have_attribute("aria-disabled", "true")
    assert axe.violations(page) == []
    seat.tap()
    # A tap on a small seat may have missed the one that was meant.
    assert phone.states("T4") == ["available"]
    expect(seat).to_be_in_viewport()
    assert seat.evaluate("(seat) => seat.offsetWidth") >= 24
    seat.tap()
    assert phone.states("T4") == ["selected"]
    phone.button("Zoom in").click()
    assert seat.evaluate("(seat) => seat.offsetWidth") >= 40
    assert phone.states("T4") == ["selected"]


def test_row_letters_stay_visible_beside_their_seats(phone: FrontPage, show: dict[str, str]) -> None:
    phone.open(show)
    row = phone.page.get_by_role("group", name="Row M", exact=True)
    for seat in ("M14", "M27", "M1"):
        phone.seat(seat).scroll_into_view_if_needed()
        phone.page.evaluate("() => new Promise(requestAnimationFrame)")
        for letter in row.locator(".row-label").all():
            expect(letter).to_have_text("M")
            expect(letter).to_be_in_viewport()
            assert letter.evaluate(OFFSET) < 6
            # A press on the letter does not select the seat behind it.
            assert letter.evaluate(IS_ON_TOP)


def test_the_selected_seats_are_visible_after_a_reload(phone: FrontPage, show: dict[str, str]) -> None:
    phone.open(show)
    phone.select("A1", "A2")
    phone.page.reload()
    expect(phone.seat("A1")).to_have_attribute("data-state", "selected")
    assert phone.seat("A1").evaluate(IS_ON_TOP)


def test_the_overview_can_be_used_with_the_keyboard(visitors: Callable[..., Visitor], show: dict[str, str]) -> None:
    front_page = FrontPage(visitors(viewport={"width": 360, "height": 740}).page)
    front_page.open(show)
    front_page.button("Zoom out").press("Enter")
    expect(front_page.button("Zoom out")).to_be_focused()
    front_page.seat("A1").press("ArrowRight")
    front_page.page.keyboard.press("Enter")
    assert front_page.states("A1", "A2") == ["available", "selected"]


def test_the_panel_does_not_cover_the_focused_seat(visitors: Callable[..., Visitor], show: dict[str, str]) -> None:
    front_page = FrontPage(visitors(viewport={"width": 360, "height": 640}).page)
    front_page.open(show)
    front_page.seat("A1").press("ArrowDown")
    for _ in range(14):
        front_page.page.keyboard.press("ArrowDown")
        assert front_page.page.locator(":focus").evaluate(IS_ON_TOP)
    expect(front_page.seat("P1")).to_be_focused()


def test_many_selected_seats_leave_room_for_the_button(phone: FrontPage, show: dict[str, str]) -> None:
    phone.open(show)
    phone.page.set_viewport_size({"width": 360, "height": 640})
    phone.select(*(f"B{number}" for number in range(1, 11)))
    expect(phone.button("Hold 10 seats")).to_be_in_viewport(ratio=1)


def test_a_hold_leaves_most_of_a_phone_to_the_seat_map(phone: FrontPage, server: Server, show: dict[str, str]) -> None:
    phone.log_in(server)
    phone.open(show)
    phone.page.set_viewport_size({"width": 360, "height": 640})
    phone.page.reload()
    first_seat, panel = phone.page.locator("[data-seat]").first.bounding_box(), phone.panel.bounding_box()
    assert first_seat
    assert panel
    # Some rows are visible before the page is scrolled.
    assert first_seat["y"] + 4 * first_seat["height"] < panel["y"]
    phone.button("Hold the best 2 seats").tap()
    expect(phone.countdown).to_be_visible()
    assert phone.panel.evaluate("(panel) => panel.offsetHeight") < 0.36 * 640
    for held in phone.page.locator("[data-seat][data-state='held-by-you']").all():
        assert held.evaluate(IS_ON_TOP)
    expect(phone.button("Release seats")).to_be_hidden()
    phone.button("More options").tap()
    expect(phone.button("Fewer options")).to_have_attribute("aria-expanded", "true")
    expect(phone.button("Release seats")).to_be_visible()
    phone.button("Fewer options").tap()
    phone.confirm()
    expect(phone.button("More options")).to_be_visible()
    phone.page.reload()
    expect(phone.button("Hold the best 2 seats")).to_be_visible()
    expect(phone.panel).to_contain_text(re.compile(r"Booked by you: \w+ and \w+\."))

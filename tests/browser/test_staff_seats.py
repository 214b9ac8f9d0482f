"""Staff block seats and move customers in the drawn auditorium: on a phone, in dark mode, and by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.front_page import Buyer, FrontPage, next_show
from tests.browser.staff_pages import key_of, log_in
from tests.browser.visitor import Visitor
from tests.serving import Server

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("browser")]


def select_by_keyboard(page: Page, label: str) -> None:
    """Move to a seat with the arrow keys, row by row from the current seat, and select it."""
    seat = page.locator(f'input[data-label="{label}"]')
    row, column = (int(seat.get_attribute(name) or 0) for name in ("data-row", "data-column"))
    for key, name, target in (("ArrowDown", "row", row), ("ArrowRight", "column", column)):
        for _ in range(60):
            at = int(page.evaluate(f"document.activeElement.dataset.{name}"))
            if at == target:
                break
            page.keyboard.press(key if at < target else {"ArrowDown": "ArrowUp", "ArrowRight": "ArrowLeft"}[key])
    expect(seat).to_be_focused()
    page.keyboard.press("Space")


def press_button(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled()
    button.focus()
    page.keyboard.press("Enter")


def test_staff_block_seats_and_move_a_customer(server: Server, visitors: Callable[..., Visitor]) -> None:
    show = next_show(server)
    front_page = FrontPage(visitors().page)
    front_page.open(show)
    booked, blocked, chosen = front_page.available_seats()[-3:]
    Buyer(server).book(show, booked)
    staff = visitors(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, color_scheme="dark").page
    log_in(staff)
    staff.goto(f"/admin/cinema/show/{key_of(show['id'])}/seats/")

    row = staff.locator(".auditorium-row", has=staff.locator(f'input[data-label="{blocked}"]'))
    row.locator(".auditorium-label").click()
    expect(row.locator("input:checked")).to_have_count(row.locator("input[data-state=available]").count())
    row.locator(".auditorium-label").click()
    expect(staff.locator("input:checked")).to_have_count(0)

    staff.locator("input[data-label]").first.focus()
    select_by_keyboard(staff, blocked)
    press_button(staff, "Block")

    expect(staff.get_by_text(f"Blocked: {blocked}.")).to_be_visible()
    expect(front_page.seat(blocked)).to_have_attribute("data-state", "blocked")
    assert axe.violations(staff) == []

    staff.locator(f'input[data-label="{booked}"]').check()
    expect(staff.get_by_role("button", name="Block", exact=True)).to_be_disabled()
    staff.locator(f'input[data-label="{blocked}"]').check()
    expect(staff.get_by_text("Select only available, only blocked, or only booked seats.")).to_be_visible()
    staff.locator(f'input[data-label="{blocked}"]').uncheck()
    with staff.expect_navigation():
        press_button(staff, "Move …")
    staff.locator("input[data-label]").first.focus()
    select_by_keyboard(staff, chosen)
    assert axe.violations(staff) == []
    assert staff.evaluate("document.documentElement.scrollWidth") == 360
    press_button(staff, "Move 1 seat")

    expect(staff.get_by_text(f"Moved to {chosen}. The prices stay the same.")).to_be_visible()
    expect(front_page.seat(booked)).to_have_attribute("data-state", "available")
    expect(front_page.seat(chosen)).to_have_attribute("data-state", "booked")


def test_chosen_seats_stay_chosen_when_another_one_has_been_booked(
    server: Server, visitors: Callable[..., Visitor]
) -> None:
    show = next_show(server)
    front_page = FrontPage(visitors().page)
    front_page.open(show)
    first, second, taken, free, other = front_page.available_seats()[-5:]
    Buyer(server).book(show, first)
    Buyer(server).book(show, second)
    staff = visitors().page
    log_in(staff)
    staff.goto(f"/admin/cinema/show/{key_of(show['id'])}/seats/")
    for label in (first, second):
        staff.locator(f'input[data-label="{label}"]').check()
    with staff.expect_navigation():
        press_button(staff, "Move …")
    for label in (taken, free):
        staff.locator(f'input[data-label="{label}"]').check()
    Buyer(server).book(show, taken)
    press_button(staff, "Move 2 seats")

    expect(staff.get_by_text(f"No longer available: {taken}.")).to_be_visible()
    expect(staff.get_by_text(f"1 of 2 chosen: {free}")).to_be_visible()
    staff.locator(f'input[data-label="{other}"]').check()
    press_button(staff, "Move 2 seats")
    expect(staff.get_by_text(f"Moved to {free} and {other}. The prices stay the same.")).to_be_visible()


def test_a_long_name_of_a_screen_does_not_widen_the_page(server: Server, visitors: Callable[..., Visitor]) -> None:
    staff = visitors(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True).page
    log_in(staff)
    staff.goto(f"/admin/cinema/show/{key_of(next_show(server)['id'])}/seats/")
    # All tests share the server, so the screen keeps its name.
    staff.locator(".auditorium-facts span").first.evaluate("span => { span.textContent = 'W'.repeat(50) }")
    assert staff.evaluate("document.documentElement.scrollWidth") == 360

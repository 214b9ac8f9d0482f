"""My bookings on the front page: they are updated as they change."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.front_page import FrontPage, Staff
from tests.browser.visitor import Visitor
from tests.serving import Server

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("browser")]


@pytest.fixture
def shows(server: Server) -> list[str]:
    """Two shows with seats for 10.00."""
    staff = Staff(server)
    screen, movie = staff.create_screen("SSSS"), staff.create_movie("A show to book")
    start = datetime.now(UTC) + timedelta(days=2)
    return [staff.create_show(screen, movie, start + timedelta(hours=hours)) for hours in (0, 4)]


def test_bookings_change_while_the_page_is_open(page: Page, server: Server, shows: list[str]) -> None:
    front_page = FrontPage(page)
    buyer = front_page.log_in(server)
    page.goto("/#/bookings")
    expect(page.get_by_text("You have no upcoming bookings.")).to_be_visible()
    first, second = shows

    buyer.hold(first, "A1")
    card = page.get_by_role("article")
    # A time of day would be in the time zone of the theater, which differs between bookings.
    expect(card.locator(".badge")).to_have_text(re.compile(r"^Held for you: 7:\d\d left$"))
    expect(page.get_by_text("You have no upcoming bookings.")).to_have_count(0)
    buyer.cancel_all()
    expect(card.locator(".badge")).to_have_text("Released")
    expect(card.locator(".amount")).to_have_text("€10.00")
    expect(front_page.button("Release seats")).to_have_count(0)
    # It was never a booking.
    page.reload()
    expect(page.get_by_text("You have no upcoming bookings.")).to_be_visible()
    page.goto("/#/bookings?cancelled")
    expect(page.get_by_text("You have no cancelled bookings.")).to_be_visible()
    page.goto("/#/bookings")
    expect(page.get_by_text("You have no upcoming bookings.")).to_be_visible()

    buyer.book({"id": second}, "A2")
    expect(card.first.locator(".badge")).to_have_text("Confirmed")
    Staff(server).cancel_show(second)
    expect(card.first.locator(".badge")).to_have_text("Show cancelled")
    expect(card.first.locator(".amount")).to_have_text("€10.00")
    expect(front_page.button("Cancel seats")).to_have_count(0)


def test_cancelled_bookings_have_their_own_tab_and_only_valid_references_are_prominent(
    page: Page, server: Server, shows: list[str]
) -> None:
    front_page = FrontPage(page)
    buyer = front_page.log_in(server)
    card, reference = page.locator(".booking"), page.locator(".booking .reference")
    buyer.hold(shows[1], "A1")
    page.goto("/#/bookings")
    expect(card).to_contain_text("Reference ")
    expect(reference).to_have_count(0)
    buyer.cancel_all()
    for show in shows:
        buyer.book({"id": show}, "A1")
    expect(reference).to_have_count(2)
    buyer.cancel_latest()
    Staff(server).cancel_show(shows[0])
    # They remain until the page is opened again.
    expect(card.locator(".badge")).to_have_text(["Cancelled", "Show cancelled", "Released"])
    expect(reference).to_have_count(0)

    page.reload()
    expect(card.locator(".badge")).to_have_text(["Show cancelled"])
    page.get_by_role("link", name="Cancelled", exact=True).click()
    expect(card.locator(".badge")).to_have_text(["Cancelled", "Show cancelled"])
    page.get_by_role("link", name="Past", exact=True).click()
    expect(page.get_by_text("You have no past bookings.")).to_be_visible()


def test_a_booking_says_until_when_it_can_be_cancelled(page: Page, server: Server) -> None:
    front_page, staff = FrontPage(page), Staff(server)
    screen, movie = staff.create_screen("SSSS"), staff.create_movie("Soon", language="en")
    buyer = front_page.log_in(server)
    later = staff.create_show(screen, movie, datetime.now(UTC) + timedelta(days=2), subtitles="fr")
    buyer.book({"id": later}, "A1")
    page.goto("/#/bookings")
    card = page.locator(".booking")
    expect(card).to_contain_text("Can be cancelled until ")
    expect(card).to_contain_text("2D, English, French subtitles")
    expect(front_page.button("Cancel seats")).to_be_visible()
    buyer.cancel_all()
    buyer.book({"id": staff.create_show(screen, movie, datetime.now(UTC) + timedelta(minutes=30))}, "A1")
    page.reload()
    expect(card.first).to_contain_text("Can no longer be cancelled.")
    expect(front_page.button("Cancel seats")).to_have_count(0)


def test_bookings_on_a_phone_in_dark_mode(visitors: Callable[..., Visitor], server: Server, shows: list[str]) -> None:
    front_page = FrontPage(visitors(viewport={"width": 360, "height": 740}, color_scheme="dark").page)
    page, buyer = front_page.page, front_page.log_in(server)
    buyer.hold(shows[0], "A1", "A2")
    page.goto("/#/bookings")
    expect(page.locator(".time-left")).to_have_text(re.compile(r"^7:\d\d$"))
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert axe.violations(page) == []
    front_page.button("Release seats").click()
    expect(page.get_by_role("checkbox", name="A1")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator(".seats .inactive")).to_have_text("A2 (cancelled)")
    assert [ticket["status"] for ticket in buyer.bookings()[0]["tickets"]] == ["HELD", "CANCELLED"]


def test_the_seats_of_a_love_seat_are_cancelled_together(page: Page, server: Server) -> None:
    front_page, staff = FrontPage(page), Staff(server)
    start = datetime.now(UTC) + timedelta(days=2)
    show = staff.create_show(staff.create_screen("(SS)S"), staff.create_movie("A love seat"), start)
    front_page.log_in(server).hold(show, "A1", "A2", "A3")
    page.goto("/#/bookings")

    front_page.button("Release seats").click()
    expect(page.get_by_text("A1 and A2 are sold only together.")).to_be_visible()
    page.get_by_role("checkbox", name="A1").uncheck()
    expect(page.get_by_role("checkbox", name="A2")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="A3")).to_be_checked()

    front_page.button("Release 1 seat").click()
    expect(page.locator(".seats .inactive")).to_have_text("A3 (cancelled)")


def test_seats_are_kept_if_the_cancellation_is_given_up_while_there_is_no_connection(
    page: Page, visitor: Visitor, server: Server, shows: list[str]
) -> None:
    visitor.expect_error("ERR_FAILED")
    front_page = FrontPage(page)
    buyer = front_page.log_in(server)
    buyer.book({"id": shows[0]}, "A1")
    page.clock.install()
    page.goto("/#/bookings")
    front_page.button("Cancel seats").click()
    inputs = front_page.intercept("Cancel", lambda route: route.abort())
    front_page.button("Cancel 1 seat").click()
    expect(page.get_by_role("alert")).to_have_text("No connection. Trying again\u2026")
    front_page.button("Keep seats").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.clock.run_for(10_000)
    assert front_page.run_pending_tasks()
    assert len(inputs) == 1
    assert [booking["status"] for booking in buyer.bookings()] == ["CONFIRMED"]

"""The booking panel follows the state of the user's seats: it shows what is new, and drops what is over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.front_page import Buyer, FrontPage, Staff, respond
from tests.browser.visitor import Visitor
from tests.serving import Server
from tests.waiting import wait_until

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("browser")]


@pytest.fixture
def phone(visitors: Callable[..., Visitor]) -> FrontPage:
    """A phone whose clock the test can move forward."""
    front_page = FrontPage(visitors(viewport={"width": 360, "height": 500}).page)
    front_page.page.clock.install()
    return front_page


@pytest.fixture
def show(server: Server) -> str:
    staff = Staff(server)
    start = datetime.now(UTC) + timedelta(days=2)
    return staff.create_show(staff.create_screen(*["SSSS"] * 20), staff.create_movie("Twenty rows"), start)


def test_view_seats_opens_the_show_at_the_seats_of_the_user(phone: FrontPage, server: Server, show: str) -> None:
    phone.log_in(server).book({"id": show}, "T2")
    phone.page.goto("/#/bookings")
    phone.page.get_by_role("link", name="View seats").click()
    expect(phone.seat("T2")).to_have_attribute("data-state", "booked-by-you")
    expect(phone.seat("T2")).to_be_in_viewport(ratio=1)
    # The user has seats, so the panel does not urge them to hold more.
    expect(phone.button("Hold the best 2 seats")).not_to_have_class("primary")
    # Back and forward return to where the user was.
    phone.page.evaluate("scrollTo(0, 0)")
    wait_until(lambda: phone.page.evaluate("history.state?.scrollY") == 0, what="the saved position")
    phone.page.go_back()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("My bookings")
    phone.page.go_forward()
    expect(phone.seat("T2")).to_have_attribute("data-state", "booked-by-you")
    expect(phone.seat("T2")).not_to_be_in_viewport()


def test_the_panel_scrolls_to_its_top_when_a_hold_expires(phone: FrontPage, server: Server, show: str) -> None:
    phone.log_in(server)
    phone.open({"id": show})
    phone.page.set_viewport_size({"width": 360, "height": 320})
    phone.hold("A1", "A2", "A3")
    phone.button("More options").click()
    # A button that keeps the focus would be scrolled to.
    phone.page.evaluate("document.activeElement.blur()")
    phone.panel.evaluate("(panel) => panel.scrollTo(0, panel.scrollHeight)")
    assert phone.panel.evaluate("(panel) => panel.scrollTop") > 20
    # A response would set the clock of the page back to that of the server.
    phone.page.route("**/graphql", lambda _: None)
    phone.page.clock.fast_forward("09:00")
    heading = phone.page.get_by_role("heading", name="Hold expired")
    expect(heading).to_be_in_viewport(ratio=1)
    assert phone.panel.evaluate("(panel) => panel.scrollTop") == 0


def test_the_end_of_a_hold_is_announced_even_if_the_panel_has_shown_it_before(
    phone: FrontPage, server: Server, show: str
) -> None:
    phone.log_in(server)
    phone.open({"id": show})
    phone.hold("A1")
    # A response would set the clock of the page back to that of the server.
    phone.page.route("**/graphql", lambda _: None)
    phone.page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    phone.page.clock.set_system_time(datetime.now(UTC) + timedelta(minutes=9))
    # No timer has run since, so only this draws the panel.
    phone.button("More options").click()
    expect(phone.page.get_by_role("heading", name="Hold expired")).to_be_visible()
    phone.page.clock.run_for(1_000)
    expect(phone.page.locator("#status")).to_have_text("Your hold has expired.")


def test_the_panel_says_for_a_minute_that_seats_were_taken(phone: FrontPage, server: Server, show: str) -> None:
    phone.open({"id": show})
    phone.select("A1", "A2")
    Buyer(server).book({"id": show}, "A2")
    expect(phone.notice).to_contain_text("A2 was just taken by someone else.")
    phone.page.clock.fast_forward("00:30")
    expect(phone.notice).to_contain_text("A2 was just taken by someone else.")
    phone.page.clock.fast_forward("00:35")
    expect(phone.notice).to_have_count(0)
    assert phone.states("A1") == ["selected"]


def test_the_panel_no_longer_says_that_seats_were_taken_when_the_holds_change(
    phone: FrontPage, server: Server, show: str
) -> None:
    buyer = phone.log_in(server)
    phone.open({"id": show})
    phone.select("A1", "A2")
    Buyer(server).book({"id": show}, "A2")
    expect(phone.notice).to_contain_text("A2 was just taken by someone else.")
    buyer.hold(show, "T1")
    expect(phone.countdown).to_be_visible()
    expect(phone.notice).to_have_count(0)


def test_the_panel_no_longer_says_that_a_hold_was_changed_when_the_holds_change(
    phone: FrontPage, server: Server, show: str
) -> None:
    buyer = phone.log_in(server)
    phone.open({"id": show})
    phone.hold("A1")
    phone.button("More options").click()
    phone.button("More time").click()
    expect(phone.notice).to_have_text("Your hold has been extended.")
    # On another device.
    buyer.cancel_latest()
    expect(phone.countdown).to_have_count(0)
    expect(phone.notice).to_have_count(0)

    phone.hold("A2")
    phone.button("More options").click()
    phone.button("Release seats").click()
    expect(phone.notice).to_have_text("Your seats have been released.")
    buyer.hold(show, "A3")
    expect(phone.countdown).to_be_visible()
    expect(phone.notice).to_have_count(0)


def test_a_hold_keeps_its_place_when_it_is_extended(phone: FrontPage, server: Server, show: str) -> None:
    phone.log_in(server).hold(show, "A1")
    phone.open({"id": show})
    expect(phone.countdown).to_be_visible()
    # The order must not depend on the next response.
    phone.intercept("MyHolds", *[respond()] * 20)
    phone.select("A2")
    phone.button("Hold 1 seat").click()
    holds = phone.panel.locator("[data-hold-card]")
    expect(holds.locator(".seat-list b")).to_have_text(["A2", "A1"])
    phone.button("More options").click()
    holds.last.get_by_role("button", name="More time").click()
    expect(holds.last.locator(".notice")).to_have_text("Your hold has been extended.")
    expect(holds.locator(".seat-list b")).to_have_text(["A2", "A1"])


def test_a_collapsed_panel_says_nothing_about_other_seats_below_a_hold(phone: FrontPage, server: Server) -> None:
    staff = Staff(server)
    start = datetime.now(UTC) + timedelta(days=2)
    show = staff.create_show(staff.create_screen("SSW"), staff.create_movie("One wheelchair space"), start)
    phone.log_in(server)
    phone.open({"id": show})
    phone.button("Wheelchair spaces").click()
    phone.panel.get_by_label("I need a wheelchair space").check()
    phone.hold("A3")
    none_left = phone.panel.get_by_text("No wheelchair space is available.")
    expect(none_left).to_be_hidden()
    phone.button("More options").click()
    expect(none_left).to_be_visible()


def test_a_refusal_of_the_best_seats_ends_when_another_number_is_chosen(phone: FrontPage, server: Server) -> None:
    staff = Staff(server)
    start = datetime.now(UTC) + timedelta(days=2)
    show = staff.create_show(staff.create_screen("SSWS", "SSSS"), staff.create_movie("Scattered seats"), start)
    buyer = Buyer(server)
    for seat in ("A2", "B2"):
        buyer.book({"id": show}, seat)
    phone.log_in(server)
    phone.open({"id": show})
    phone.button("More seats").click()
    phone.button("Hold the best 3 seats").click()
    expect(phone.notice).to_contain_text("No 3 seats next to each other are available.")
    phone.button("Fewer seats").click()
    expect(phone.notice).to_have_count(0)

    phone.button("Wheelchair spaces").click()
    phone.panel.get_by_label("I need a wheelchair space").check()
    phone.button("More seats").click()
    phone.button("Hold a wheelchair space and 2 seats").click()
    # More seats are left, but not beside the wheelchair space.
    expect(phone.notice).to_contain_text("No wheelchair space with 2 seats next to it is available.")
    phone.button("Fewer seats").click()
    expect(phone.notice).to_have_count(0)

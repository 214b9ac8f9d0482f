"""Dialogs and announcements of the front page belong to the page that is open."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.front_page import SAVE_SESSION, FrontPage, Staff, new_session, next_show
from tests.browser.visitor import Visitor
from tests.serving import Server

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("browser")]


@pytest.fixture
def front_page(page: Page) -> FrontPage:
    return FrontPage(page)


def test_another_page_closes_the_login_dialog_and_holds_no_seats(front_page: FrontPage, server: Server) -> None:
    page, show = front_page.page, next_show(server)
    holds = front_page.intercept("Hold")
    page.goto("/")
    front_page.open(show)
    front_page.select(front_page.available_seats()[0])
    front_page.button("Hold 1 seat").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Log in to hold your seats.")

    page.evaluate("location.hash = '#/search'")
    expect(page.get_by_role("heading", name="On sale now")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("searchbox")).to_be_focused()

    front_page.button("Sign up").click()
    front_page.sign_up(f"visitor-{uuid.uuid4().hex[:12]}")
    expect(front_page.button("Log out")).to_be_visible()
    assert front_page.run_pending_tasks()
    assert holds == []


def test_back_closes_the_dialogs_that_cancel_seats_and_delete_the_account(
    front_page: FrontPage, server: Server
) -> None:
    page, staff = front_page.page, Staff(server)
    show = staff.create_show(
        staff.create_screen("SS"), staff.create_movie("Left behind"), datetime.now(UTC) + timedelta(days=2)
    )
    buyer = front_page.log_in(server)
    buyer.book({"id": show}, "A1")
    for address, button in (("/#/bookings", "Cancel seats"), ("/#/account", "Delete my account")):
        page.goto("/#/search")
        page.goto(address)
        front_page.button(button).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("heading", name="On sale now")).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert [booking["status"] for booking in buyer.bookings()] == ["CONFIRMED"]


def test_a_login_or_logout_in_another_tab_closes_the_dialogs_of_the_user_before(
    front_page: FrontPage, visitor: Visitor, server: Server
) -> None:
    page, other, show = front_page.page, FrontPage(visitor.context.new_page()), next_show(server)
    dialog = page.get_by_role("dialog")
    buyer = front_page.log_in(server)
    other.page.goto("/")
    front_page.open(show)
    buyer.book(show, front_page.available_seats()[0])
    for address, button in (("/#/bookings", "Cancel seats"), ("/#/account", "Delete my account")):
        page.goto(address)
        front_page.button(button).click()
        expect(dialog).to_be_visible()
        other.button("Log out").click()
        expect(front_page.button("Log out")).to_have_count(0)
        expect(dialog).to_have_count(0)
        other.page.evaluate(SAVE_SESSION, new_session(server))
        other.page.reload()

    other.button("Log out").click()
    front_page.open(show)
    front_page.select(front_page.available_seats()[0])
    front_page.button("Hold 1 seat").click()
    expect(dialog).to_contain_text("Log in to hold your seats.")
    other.page.evaluate(SAVE_SESSION, new_session(server))
    expect(dialog).to_have_count(0)
    # The user has logged in to hold the seats.
    expect(front_page.countdown).to_be_visible()


def test_announcements_are_removed(front_page: FrontPage, server: Server) -> None:
    page, status = front_page.page, front_page.page.get_by_role("status")
    page.clock.install()
    front_page.log_in(server)
    front_page.button("Log out").click()
    expect(status).to_have_text("You are logged out.")
    # A page that is still loading would be announced as soon as the clock moves.
    expect(page.locator("main")).not_to_have_attribute("aria-busy", "true")
    page.clock.fast_forward(3_000)
    expect(status).to_have_text("You are logged out.")
    page.clock.fast_forward(8_000)
    expect(status).to_be_empty()

    front_page.log_in(server)
    front_page.button("Log out").click()
    expect(status).to_have_text("You are logged out.")
    page.evaluate("location.hash = '#/search'")
    expect(status).to_be_empty()

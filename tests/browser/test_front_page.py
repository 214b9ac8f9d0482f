"""The front page, from a first visit to a booking, and back out of it."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.front import PASSWORD, WHATS_ON, Front, a_session, a_show
from tests.browser.visitor import Visitor
from tests.serving import Server

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def front(page: Page) -> Front:
    return Front(page)


def test_somebody_signs_up_books_seats_and_gives_one_back(front: Front, server: Server) -> None:
    page, name = front.page, f"visitor-{uuid.uuid4().hex[:12]}"
    front.open(a_show(server))
    one, other = front.free_seats()[:2]
    front.pick(one, other)
    front.button("Hold 2 seats").click()

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Log in")
    dialog.get_by_role("button", name="Sign up").click()
    front.sign_up(name)

    expect(front.countdown).to_have_text(re.compile(r"^(8:00|7:5\d)$"))
    assert front.states(one, other) == ["kept", "kept"]
    front.confirm()
    assert front.states(one, other) == ["yours", "yours"]
    reference = front.order.locator(".reference").inner_text()

    page.get_by_role("navigation", name="Pages").get_by_role("link", name="My bookings").click()
    ticket = page.get_by_role("article")
    expect(ticket).to_contain_text(reference)
    expect(ticket).to_contain_text("Confirmed")
    front.button("Cancel …").click()
    dialog.get_by_label(one).uncheck()
    front.button("Give back 1 seat").click()
    expect(ticket.locator(".gone")).to_have_text(f"{other} (given back)")
    front.button("Cancel …").click()
    front.button("Give back 1 seat").click()
    expect(ticket).to_have_attribute("data-status", "CANCELLED")
    expect(front.button("Cancel …")).to_have_count(0)

    ticket.get_by_role("link", name="Show the house").click()
    expect(front.live).to_have_text("Live")
    assert front.states(one, other) == ["free", "free"]


def test_times_are_those_of_the_theater_wherever_the_visitor_is(
    visitors: Callable[..., Visitor], server: Server
) -> None:
    front = Front(visitors(timezone_id="Pacific/Honolulu").page)
    show = a_show(server)
    zone = ZoneInfo(show["screen"]["theater"]["timeZone"])
    start = datetime.fromisoformat(show["startsAt"]).astimezone(zone)
    front.open(show)
    expect(front.page.locator(".moment")).to_have_text(
        f"{start:%A, %B} {start.day} at {start.hour % 12 or 12}:{start:%M}\u202f{start:%p}"
    )


def test_what_is_on_is_of_one_theater_and_day(front: Front) -> None:
    page = front.page
    page.goto("/")
    page.get_by_role("navigation", name="Theaters").get_by_role("link", name="Hikari Theater").click()
    expect(page).to_have_title(f"{WHATS_ON} at Hikari Theater · Cinema")
    days = page.get_by_role("navigation", name="Days").get_by_role("link")
    expect(days).to_have_count(7)
    days.nth(2).click()
    expect(days.nth(2)).to_have_attribute("aria-current", "date")
    page.locator("a.time:not(.next)").first.click()
    expect(page.locator(".place")).to_contain_text("Hikari Theater")
    page.go_back()
    expect(days.nth(2)).to_have_attribute("aria-current", "date")
    page.goto("/")
    expect(page).to_have_title(f"{WHATS_ON} at Hikari Theater · Cinema")


def test_the_address_of_a_show_leads_there_and_the_back_button_out_of_it(front: Front, server: Server) -> None:
    page, show = front.page, a_show(server)
    page.goto("/")
    expect(page.get_by_role("heading", name=WHATS_ON)).to_be_visible()
    front.open(show)
    expect(page.get_by_role("heading", level=1)).to_have_text(show["movie"]["title"])
    front.live.wait_for()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="My bookings").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My bookings")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(show["movie"]["title"])
    expect(page).to_have_title(f"{show['movie']['title']} · Cinema")


def test_what_is_wrong_with_a_new_account_is_said_at_its_fields(front: Front, server: Server) -> None:
    page, taken = front.page, a_session(server)["user"]["username"]
    page.goto("/")
    front.button("Sign up").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Username").fill(taken)
    dialog.get_by_label("E-mail address").fill("nowhere")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign up").click()
    for label, described in (("Username", True), ("E-mail address", True), ("Password", False)):
        field = dialog.get_by_label(label)
        expect(field).to_have_attribute("aria-invalid", "true" if described else "false")
        problem = dialog.locator(f"#{field.get_attribute('aria-describedby')}")
        expect(problem).to_have_text(re.compile(r"\w+") if described else "")
    expect(dialog.get_by_label("Username")).to_be_focused()


def test_a_wrong_password_is_said_so_and_asked_for_again(front: Front, server: Server) -> None:
    page, name = front.page, a_session(server)["user"]["username"]
    page.goto("/")
    front.button("Log in").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Username").fill(name)
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Log in").click()
    expect(dialog.get_by_role("alert").filter(visible=True)).not_to_be_empty()
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Log in").click()
    expect(dialog).to_have_count(0)
    front.button("Log out").click()
    expect(front.button("Log in")).to_be_visible()
    assert page.evaluate("localStorage.getItem('front.session')") is None


def test_the_best_seats_are_held_at_a_press(front: Front, server: Server) -> None:
    buyer = front.sign_in(server)
    front.open(a_show(server))
    front.button("One seat more").click()
    front.button("3 best seats").click()
    expect(front.countdown).to_be_visible()
    (hold,) = buyer.bookings()
    assert front.states(*(ticket["seat"] for ticket in hold["tickets"])) == ["kept"] * 3


def test_a_hold_is_kept_for_longer_survives_a_reload_and_is_given_up(front: Front, server: Server) -> None:
    buyer = front.sign_in(server)
    front.open(a_show(server))
    seat = front.free_seats()[0]
    front.hold(seat)
    front.button("Keep longer").click()
    expect(front.countdown).to_have_text(re.compile(r"^(20:00|19:\d\d)$"))
    front.button("Keep longer").click()
    expect(front.notice).to_have_text("Seats cannot be held any longer than this.")
    front.page.reload()
    expect(front.countdown).to_have_text(re.compile(r"^(20:00|19:\d\d)$"))
    front.button("Give up").click()
    expect(front.countdown).to_have_count(0)
    expect(front.seat(seat)).to_have_attribute("data-state", "free")
    assert [booking["status"] for booking in buyer.bookings()] == ["CANCELLED"]


def test_what_one_may_not_have_is_said_in_the_servers_words(front: Front, server: Server) -> None:
    front.sign_in(server)
    front.open(a_show(server))
    front.button("One seat more").click()
    front.button("One seat more").click()
    for holds in (1, 2):
        front.button("4 best seats").click()
        expect(front.countdown).to_have_count(holds)
    front.button("4 best seats").click()
    expect(front.notice).to_contain_text("10")
    expect(front.countdown).to_have_count(2)

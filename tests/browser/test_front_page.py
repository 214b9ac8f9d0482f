"""The front page: sign up, book seats, and cancel them."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.front_page import PASSWORD, WHATS_ON, Buyer, FrontPage, Staff, new_session, next_show, respond
from tests.browser.visitor import Visitor
from tests.serving import Server

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def front_page(page: Page) -> FrontPage:
    return FrontPage(page)


def test_a_new_user_signs_up_books_seats_and_cancels_them(front_page: FrontPage, server: Server) -> None:
    page, name = front_page.page, f"visitor-{uuid.uuid4().hex[:12]}"
    front_page.open(next_show(server))
    one, other = front_page.available_seats()[:2]
    front_page.select(one, other)
    front_page.button("Hold 2 seats").click()

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Log in")
    expect(dialog).to_contain_text("Log in to hold your seats.")
    dialog.get_by_role("button", name="Sign up").click()
    front_page.sign_up(name)

    expect(front_page.countdown).to_have_text(re.compile(r"^(8:00|7:5\d)$"))
    assert front_page.states(one, other) == ["held-by-you", "held-by-you"]
    front_page.confirm()
    assert front_page.states(one, other) == ["booked-by-you", "booked-by-you"]
    reference = front_page.panel.locator(".reference").inner_text()

    page.get_by_role("navigation", name="Pages").get_by_role("link", name="My bookings").click()
    booking = page.get_by_role("article")
    expect(booking).to_contain_text(reference)
    expect(booking).to_contain_text("Confirmed")
    front_page.button("Cancel seats").click()
    front_page.button("Keep seats").click()
    front_page.button("Cancel seats").click()
    dialog.get_by_label(one).uncheck()
    front_page.button("Cancel 1 seat").click()
    expect(booking.locator(".inactive")).to_have_text(f"{other} (cancelled)")
    front_page.button("Cancel seats").click()
    front_page.button("Cancel 1 seat").click()
    expect(booking).to_have_attribute("data-status", "CANCELLED")
    expect(front_page.button("Cancel seats")).to_have_count(0)

    booking.get_by_role("link", name="View seats").click()
    expect(front_page.connection).to_have_text("Live")
    assert front_page.states(one, other) == ["available", "available"]


@pytest.mark.deep
def test_times_are_in_the_time_zone_of_the_theater(visitors: Callable[..., Visitor], server: Server) -> None:
    front_page = FrontPage(visitors(timezone_id="Pacific/Honolulu").page)
    show = next_show(server)
    zone = ZoneInfo(show["screen"]["theater"]["timeZone"])
    start = datetime.fromisoformat(show["startsAt"]).astimezone(zone)
    front_page.open(show)
    expect(front_page.page.locator(".show-time")).to_have_text(
        f"{start:%A, %B} {start.day} at {start.hour % 12 or 12}:{start:%M}\u202f{start:%p}"
    )


def test_the_schedule_shows_one_theater_and_one_day(front_page: FrontPage) -> None:
    page = front_page.page
    page.goto("/")
    page.get_by_role("navigation", name="Theaters").get_by_role("link", name="Hikari Theater").click()
    expect(page).to_have_title(f"{WHATS_ON} at Hikari Theater · Cinema")
    days = page.get_by_role("navigation", name="Days").get_by_role("link")
    expect(days).to_have_count(7)
    days.nth(2).click()
    expect(days.nth(2)).to_have_attribute("aria-current", "date")
    page.locator("a.show-link:not(.next)").first.click()
    expect(page.locator(".venue")).to_contain_text("Hikari Theater")
    page.go_back()
    expect(days.nth(2)).to_have_attribute("aria-current", "date")
    page.goto("/")
    expect(page).to_have_title(f"{WHATS_ON} at Hikari Theater · Cinema")


@pytest.mark.deep
def test_the_url_of_a_show_opens_it_and_the_back_button_returns_to_it(front_page: FrontPage, server: Server) -> None:
    page, show = front_page.page, next_show(server)
    page.goto("/")
    expect(page.get_by_role("heading", name=WHATS_ON)).to_be_visible()
    front_page.open(show)
    expect(page.get_by_role("heading", level=1)).to_have_text(show["movie"]["title"])
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="My bookings").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My bookings")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(show["movie"]["title"])
    expect(page).to_have_title(f"{show['movie']['title']} · Cinema")


@pytest.mark.deep
@pytest.mark.parametrize("show_id", ["U2hvdzo5OTk5OTk5", "U2hv"])
def test_an_unknown_show_is_reported(front_page: FrontPage, show_id: str) -> None:
    page = front_page.page
    page.goto(f"/?show={show_id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("We can\u2019t find this show")
    expect(page).to_have_title("Show not found · Cinema")


@pytest.mark.deep
def test_signup_problems_are_shown_beside_their_fields(front_page: FrontPage, server: Server) -> None:
    page, taken = front_page.page, new_session(server)["user"]["username"]
    page.goto("/")
    front_page.button("Sign up").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Username").fill(taken)
    dialog.get_by_label("Email address").fill("nowhere")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign up").click()
    for label, is_invalid in (("Username", True), ("Email address", True), ("Password", False)):
        field = dialog.get_by_label(label)
        expect(field).to_have_attribute("aria-invalid", "true" if is_invalid else "false")
        # The description is a hint, if there is one, and the problem.
        problem_id = (field.get_attribute("aria-describedby") or "").split()[-1]
        problem = dialog.locator(f"#{problem_id}")
        expect(problem).to_have_text(re.compile(r"\w+") if is_invalid else "")
    expect(dialog.get_by_label("Username")).to_be_focused()


@pytest.mark.deep
def test_a_wrong_password_is_reported_and_can_be_corrected(front_page: FrontPage, server: Server) -> None:
    page, name = front_page.page, new_session(server)["user"]["username"]
    page.goto("/")
    front_page.button("Log in").click()
    empty = page.get_by_role("dialog")
    empty.get_by_role("button", name="Log in").click()
    expect(empty.get_by_text("This field is required.")).to_have_count(2)
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Username").fill(name)
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Log in").click()
    expect(dialog.get_by_role("alert").filter(visible=True)).not_to_be_empty()
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Log in").click()
    expect(dialog).to_have_count(0)
    front_page.button("Log out").click()
    expect(front_page.button("Log in")).to_be_visible()
    assert page.evaluate("localStorage.getItem('front.session')") is None


@pytest.mark.deep
def test_the_best_seats_are_held_with_one_click(front_page: FrontPage, server: Server) -> None:
    buyer = front_page.log_in(server)
    front_page.open(next_show(server))
    front_page.button("More seats").click()
    front_page.button("Hold the best 3 seats").click()
    expect(front_page.countdown).to_be_visible()
    (hold,) = buyer.bookings()
    assert front_page.states(*(ticket["seat"] for ticket in hold["tickets"])) == ["held-by-you"] * 3


@pytest.mark.deep
def test_an_extended_hold_survives_a_reload_and_can_be_released(front_page: FrontPage, server: Server) -> None:
    buyer = front_page.log_in(server)
    front_page.open(next_show(server))
    seat = front_page.available_seats()[0]
    front_page.hold(seat)
    front_page.button("More time").click()
    expect(front_page.countdown).to_have_text(re.compile(r"^(20:00|19:\d\d)$"))
    front_page.button("More time").click()
    expect(front_page.notice).to_have_text("This hold can\u2019t be extended any further.")
    front_page.page.reload()
    expect(front_page.countdown).to_have_text(re.compile(r"^(20:00|19:\d\d)$"))
    front_page.button("Release seats").click()
    expect(front_page.countdown).to_have_count(0)
    expect(front_page.notice).to_have_text("Your seats have been released.")
    expect(front_page.seat(seat)).to_have_attribute("data-state", "available")
    assert [booking["status"] for booking in buyer.bookings()] == ["CANCELLED"]


def test_the_seat_limit_is_shown_where_it_is_reached(front_page: FrontPage, server: Server) -> None:
    buyer = front_page.log_in(server)
    front_page.open(next_show(server))
    seats = front_page.available_seats()
    front_page.select(*seats[:10])
    front_page.seat(seats[10]).click()
    expect(front_page.notice).to_have_text("You can book up to 10 seats per show.")
    expect(front_page.notice).to_be_in_viewport()
    assert front_page.states(seats[10]) == ["available"]
    front_page.button("Hold 10 seats").click()
    expect(front_page.countdown).to_be_visible()
    front_page.seat(seats[10]).click()
    expect(front_page.notice).to_have_text("You can book up to 10 seats per show; you already have 10.")
    expect(front_page.notice).to_be_in_viewport()
    expect(front_page.panel.get_by_role("button", name="Hold the best")).to_have_count(0)
    assert [len(booking["tickets"]) for booking in buyer.bookings()] == [10]


@pytest.mark.deep
def test_a_refusal_by_the_server_is_shown_at_the_button(front_page: FrontPage, server: Server) -> None:
    """Another tab or device has held seats that this page does not know of yet."""
    front_page.log_in(server)
    front_page.open(next_show(server))
    front_page.select(front_page.available_seats()[0])
    refusal = {"__typename": "TooManySeats", "message": "You can book up to 10 seats per show; you already have 10."}
    front_page.intercept("Hold", respond({"holdSeats": refusal}))
    front_page.button("Hold 1 seat").click()
    expect(front_page.notice).to_have_text(refusal["message"])
    expect(front_page.notice).to_be_in_viewport()
    expect(front_page.page.get_by_role("status")).to_have_text(refusal["message"])


def test_selected_seats_survive_a_reload(front_page: FrontPage, server: Server) -> None:
    show = next_show(server)
    front_page.open(show)
    one, two, lost = front_page.available_seats()[:3]
    front_page.select(one, two, lost)
    front_page.button("Hold 3 seats").click()
    front_page.page.keyboard.press("Escape")
    front_page.page.goto("/#/")
    Buyer(server).book(show, lost)
    front_page.open(show)
    front_page.page.reload()
    expect(front_page.button("Hold 2 seats")).to_be_visible()
    assert front_page.states(one, two, lost) == ["selected", "selected", "booked"]


@pytest.mark.deep
def test_a_button_that_is_pressed_while_seats_change_is_clicked(front_page: FrontPage, server: Server) -> None:
    staff = Staff(server)
    start = datetime.now(UTC) + timedelta(days=2)
    show = staff.create_show(staff.create_screen("SSS"), staff.create_movie("Three seats"), start)
    front_page.open({"id": show})
    front_page.button("Hold the best 2 seats").hover()
    front_page.page.mouse.down()
    buyer = Buyer(server)
    for seat in ("A1", "A2"):
        buyer.book({"id": show}, seat)
        expect(front_page.seat(seat)).to_have_attribute("data-state", "booked")
    front_page.page.mouse.up()
    expect(front_page.page.get_by_role("dialog")).to_contain_text("Log in to hold your seats.")
    front_page.page.keyboard.press("Escape")
    expect(front_page.button("Hold the best seat")).to_be_visible()

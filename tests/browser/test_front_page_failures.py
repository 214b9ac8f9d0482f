"""Failures of the network, the server or a session: no seat is booked twice, and the page shows the actual state."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.front_page import Buyer, FrontPage, Staff, lose_the_response, new_session, next_show, respond
from tests.browser.visitor import Visitor
from tests.databases import demo_database
from tests.proof import server as processes
from tests.serving import Server, new_environment, serving
from tests.waiting import wait_until

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("browser")]

LOG_OUT = "mutation { logout(input: { everywhere: true }) { __typename } }"
ME = "{ me { username } }"
# How long a hold lasts: long enough to assert on it, short enough to wait until it expires.
HOLD_SECONDS = 6
CLOCK_ONE_HOUR_FAST = "const now = Date.now; Date.now = () => now() + 3600000"


@pytest.fixture
def front_page(page: Page) -> FrontPage:
    return FrontPage(page)


@contextmanager
def visiting(browser: Browser, address: str, *expected_errors: str) -> Iterator[FrontPage]:
    """Open a browser window on another server than the one of the fixtures."""
    visitor = Visitor(browser, address)
    for error in expected_errors:
        visitor.expect_error(error)
    yield FrontPage(visitor.page)
    assert visitor.close() == []


@pytest.fixture(scope="module")
def demo_environment() -> Iterator[dict[str, str]]:
    """The environment of a server with demo data that no other module uses."""
    with demo_database() as url:
        yield new_environment(url)


@pytest.fixture(scope="module")
def short_holds(demo_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    minutes = {"HOLD_MINUTES": str(HOLD_SECONDS / 60), "HOLD_MINUTES_AT_MOST": str(HOLD_SECONDS / 60)}
    with serving(demo_environment | minutes, log=tmp_path_factory.mktemp("log") / "server.log") as server:
        yield server


def test_a_user_with_too_many_holds_finds_them(front_page: FrontPage, server: Server) -> None:
    buyer = front_page.log_in(server)
    front_page.open(next_show(server))
    refusal = {"__typename": "SeatLimitReached", "message": "You can have up to 5 open holds."}
    front_page.intercept("Hold", respond({"holdSeats": refusal}))
    front_page.button("Hold the best 2 seats").click()
    expect(front_page.notice).to_contain_text(refusal["message"])
    front_page.notice.get_by_role("link", name="My bookings").click()
    expect(front_page.page.get_by_role("heading", name="My bookings")).to_be_visible()
    assert buyer.bookings() == []


@pytest.mark.parametrize("operation", ["Hold", "Confirm"])
def test_a_mutation_whose_response_is_lost_is_retried_and_takes_effect_once(
    front_page: FrontPage, visitor: Visitor, server: Server, operation: str
) -> None:
    visitor.expect_error("ERR_FAILED")
    buyer = front_page.log_in(server)
    front_page.open(next_show(server))
    inputs = front_page.intercept(operation, lose_the_response, lambda route: route.abort())
    seat = front_page.available_seats()[0]
    front_page.hold(seat)
    front_page.confirm()
    assert len({each["idempotencyKey"] for each in inputs}) == 1
    assert len(inputs) == 3
    assert [(each["status"], len(each["tickets"])) for each in buyer.bookings()] == [("CONFIRMED", 1)]


def test_a_busy_server_gets_the_same_request_again(front_page: FrontPage, server: Server) -> None:
    buyer = front_page.log_in(server)
    front_page.open(next_show(server))
    busy = respond({"holdSeats": {"__typename": "Busy", "message": "Busy.", "retryAfterMs": 100}})
    inputs = front_page.intercept("Hold", busy, busy, respond(code="SERVICE_UNAVAILABLE"))
    front_page.hold(front_page.available_seats()[0])
    assert len(inputs) == 4
    assert all(each == inputs[0] for each in inputs)
    assert [each["status"] for each in buyer.bookings()] == ["HELD"]


def test_two_mutations_have_different_idempotency_keys(front_page: FrontPage, server: Server) -> None:
    front_page.log_in(server)
    front_page.open(next_show(server))
    inputs = front_page.intercept("Hold")
    for seat in front_page.available_seats()[:2]:
        front_page.select(seat)
        front_page.button("Hold 1 seat").click()
        expect(front_page.seat(seat)).to_have_attribute("data-state", "held-by-you")
    assert len({each["idempotencyKey"] for each in inputs}) == 2


def test_an_expired_token_is_replaced_once(front_page: FrontPage, server: Server) -> None:
    front_page.log_in(server)
    front_page.open(next_show(server))
    refreshes = front_page.intercept("Refresh")
    inputs = front_page.intercept("Hold", respond(code="TOKEN_EXPIRED"))
    front_page.hold(front_page.available_seats()[0])
    assert (len(inputs), len(refreshes)) == (2, 1)
    assert server.post(ME, front_page.access_token())["data"]["me"] is not None


def test_a_user_logged_out_elsewhere_logs_in_and_continues(front_page: FrontPage, server: Server) -> None:
    buyer = front_page.log_in(server)
    front_page.open(next_show(server))
    seat = front_page.available_seats()[0]
    front_page.select(seat)
    server.post(LOG_OUT, buyer.token)
    front_page.button("Hold 1 seat").click()
    front_page.page.get_by_role("dialog").get_by_role("button", name="Sign up").click()
    front_page.sign_up(f"again-{new_session(server)['user']['username']}")
    expect(front_page.countdown).to_be_visible()
    assert front_page.states(seat) == ["held-by-you"]


def test_two_tabs_share_a_session_and_refresh_it_once(front_page: FrontPage, visitor: Visitor, server: Server) -> None:
    front_page.log_in(server)
    other = FrontPage(visitor.context.new_page())
    show = next_show(server)
    refreshes: list[Route] = []
    holds = [tab.intercept("Hold", respond(code="TOKEN_EXPIRED")) for tab in (front_page, other)]
    for tab in (front_page, other):
        tab.open(show)
        tab.intercept("Refresh", refreshes.append)
    one, two = front_page.available_seats()[:2]
    front_page.select(one)
    other.select(two)
    front_page.button("Hold 1 seat").click()
    wait_until(
        lambda: front_page.run_pending_tasks() and len(refreshes) == 1, what="the refresh request of the first tab"
    )
    other.button("Hold 1 seat").click()
    wait_until(lambda: other.run_pending_tasks() and len(holds[1]) == 1, what="the hold request of the second tab")
    other.run_pending_tasks()
    refreshes[0].fallback()
    for tab in (front_page, other):
        expect(tab.seat(one)).to_have_attribute("data-state", "held-by-you")
        expect(tab.seat(two)).to_have_attribute("data-state", "held-by-you")
        expect(tab.countdown).to_have_count(2)
    assert len(refreshes) == 1


def test_the_countdown_uses_the_clock_of_the_server(front_page: FrontPage, visitor: Visitor, server: Server) -> None:
    visitor.context.add_init_script(CLOCK_ONE_HOUR_FAST)
    front_page.log_in(server)
    front_page.open(next_show(server))
    front_page.hold(front_page.available_seats()[0])
    expect(front_page.countdown).to_have_text(re.compile(r"^(8:0\d|7:5\d)$"))


@pytest.mark.deep
def test_seats_of_an_expired_hold_that_are_still_available_can_be_held_again(
    browser: Browser, short_holds: Server
) -> None:
    with visiting(browser, short_holds.address) as front_page:
        buyer = front_page.log_in(short_holds)
        show = next_show(short_holds)
        front_page.open(show)
        lost, remaining = front_page.available_seats()[:2]
        front_page.hold(lost, remaining)
        expect(front_page.page.get_by_role("heading", name="Hold expired")).to_be_visible()
        expect(front_page.seat(lost)).to_have_attribute("data-state", "available")
        Buyer(short_holds).book(show, lost)
        front_page.button("Book if still available").click()
        front_page.button(f"Hold {remaining} again").click()
        expect(front_page.panel.locator(".hold .seat-list b")).to_have_text([remaining])
        second, first = buyer.bookings()
        assert [ticket["seat"] for ticket in second["tickets"]] == [remaining]
        assert first["status"] == "EXPIRED"
        # It has never been a booking.
        front_page.confirm()
        front_page.page.get_by_role("region", name="Your seats").get_by_role("link", name="My bookings").click()
        expect(front_page.page.locator(".booking .badge")).to_have_text(["Confirmed"])


def test_an_expired_hold_can_be_confirmed_while_its_seats_are_available(browser: Browser, short_holds: Server) -> None:
    with visiting(browser, short_holds.address) as front_page:
        buyer = front_page.log_in(short_holds)
        front_page.open(next_show(short_holds))
        seat = front_page.available_seats()[0]
        front_page.hold(seat)
        front_page.button("Book if still available").click()
        expect(front_page.page.get_by_role("heading", name="Booking confirmed")).to_be_visible()
        assert [each["status"] for each in buyer.bookings()] == ["CONFIRMED"]


def test_an_expired_hold_of_a_cancelled_show_can_only_be_dismissed(browser: Browser, short_holds: Server) -> None:
    staff = Staff(short_holds)
    start = datetime.now(UTC) + timedelta(days=2)
    show = staff.create_show(staff.create_screen("SS"), staff.create_movie("Cancelled after a hold"), start)
    with visiting(browser, short_holds.address) as front_page:
        front_page.log_in(short_holds)
        front_page.open({"id": show})
        front_page.hold("A1")
        expect(front_page.button("Book if still available")).to_be_visible()
        staff.cancel_show(show)
        expect(front_page.panel).to_contain_text("This show is cancelled, and so are all bookings for it.")
        expect(front_page.page.get_by_role("heading", name="Hold expired")).to_be_visible()
        expect(front_page.panel).not_to_contain_text("You can still book them")
        expect(front_page.button("Book if still available")).to_have_count(0)
        front_page.button("Dismiss").click()
        expect(front_page.page.get_by_role("heading", name="Hold expired")).to_have_count(0)


def test_a_hold_survives_a_crash_and_restart_of_the_server(
    browser: Browser, demo_environment: dict[str, str], tmp_path: Path
) -> None:
    with processes.started(demo_environment, log=tmp_path / "server.log", workers=2) as server:
        address = f"http://{processes.HOST}:{server.port}"
        with visiting(browser, address, "net::ERR_CONNECTION_") as front_page:
            page = front_page.page
            page.goto("/")
            page.locator("a.show-link.next").first.click()
            expect(front_page.connection).to_have_text("Live")
            front_page.button("Hold the best 2 seats").click()
            page.get_by_role("dialog").get_by_role("button", name="Sign up").click()
            front_page.sign_up("restarted")
            expect(front_page.countdown).to_be_visible()
            server.kill()
            expect(front_page.connection).to_have_text("Reconnecting… Some seats may have changed.")
            expect(page.locator(".seat-map.stale")).to_be_visible()
            page.get_by_role("button", name="Confirm for").click()
            expect(front_page.panel).to_contain_text("No connection. Trying again…")
            server.start()
            expect(page.get_by_role("heading", name="Booking confirmed")).to_be_visible()
            expect(front_page.connection).to_have_text("Live")
            expect(page.locator("[data-seat][data-state=booked-by-you]")).to_have_count(2)
            page.reload()
            expect(page.locator("[data-seat][data-state=booked-by-you]")).to_have_count(2)


def test_a_session_that_ended_elsewhere_asks_to_log_in(front_page: FrontPage, server: Server) -> None:
    buyer = front_page.log_in(server)
    server.post(LOG_OUT, buyer.token)
    front_page.page.goto("/#/bookings")
    expect(front_page.page.get_by_text("Log in to see your bookings.")).to_be_visible()


def test_a_page_opens_when_the_server_responds_again(browser: Browser, server: Server) -> None:
    with visiting(browser, server.address, "net::ERR_FAILED") as front_page:
        page = front_page.page
        page.goto("/")
        page.route("**/graphql", lambda route: route.abort())
        page.goto("/#/search")
        expect(page.get_by_role("heading", name="No connection to the server")).to_be_visible()
        page.unroute("**/graphql")
        expect(page.get_by_role("heading", name="On sale now")).to_be_visible()


@pytest.mark.deep
def test_a_page_opens_when_its_module_can_be_loaded_again(browser: Browser, server: Server) -> None:
    with visiting(browser, server.address, "net::ERR_FAILED") as front_page:
        page = front_page.page
        page.route("**/search_page.js", lambda route: route.abort())
        page.goto("/#/search")
        expect(page.get_by_role("heading", name="No connection to the server")).to_be_visible()
        page.unroute("**/search_page.js")
        expect(page.get_by_role("heading", name="On sale now")).to_be_visible(timeout=10_000)

"""When something goes wrong on the way: nothing is bought twice, nothing is promised that the server has not."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.front import Buyer, Front, a_session, a_show, answer, lose_the_answer
from tests.browser.visitor import Visitor
from tests.proof import server as processes
from tests.serving import Server, new_database, new_environment, serving
from tests.waiting import wait_until

pytestmark = pytest.mark.xdist_group("browser")

LOG_OUT = "mutation { logout(input: { everywhere: true }) { __typename } }"
ME = "{ me { username } }"
# Of a hold: long enough to be seen, short enough to be waited for.
SECONDS = 6
AN_HOUR_AHEAD = "const now = Date.now; Date.now = () => now() + 3600000"


@pytest.fixture
def front(page: Page) -> Front:
    return Front(page)


@contextmanager
def visiting(browser: Browser, address: str, *expected: str) -> Iterator[Front]:
    visitor = Visitor(browser, address)
    for error in expected:
        visitor.expect_error(error)
    yield Front(visitor.page)
    assert visitor.leave() == []


@pytest.fixture
def demonstration(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a server that no other test uses."""
    with new_database(tmp_path) as url:
        environment = new_environment(url)
        processes.manage("migrate", "--verbosity", "0", environment=environment)
        processes.manage("load_demo", environment=environment)
        yield environment


@pytest.fixture
def short_holds(demonstration: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    minutes = {"HOLD_MINUTES": str(SECONDS / 60), "HOLD_MINUTES_AT_MOST": str(SECONDS / 60)}
    with serving(demonstration | minutes, log=tmp_path / "server.log") as server:
        yield server


@pytest.mark.parametrize("operation", ["Hold", "Confirm"])
def test_a_call_whose_answer_is_lost_is_sent_again_and_done_once(
    front: Front, visitor: Visitor, server: Server, operation: str
) -> None:
    visitor.expect_error("ERR_FAILED")
    buyer = front.sign_in(server)
    front.open(a_show(server))
    inputs = front.intercept(operation, lose_the_answer, lambda route: route.abort())
    seat = front.free_seats()[0]
    front.hold(seat)
    front.confirm()
    assert len({each["idempotencyKey"] for each in inputs}) == 1
    assert len(inputs) == 3
    assert [(each["status"], len(each["tickets"])) for each in buyer.bookings()] == [("CONFIRMED", 1)]


def test_a_busy_cinema_is_asked_again_in_the_same_words(front: Front, server: Server) -> None:
    buyer = front.sign_in(server)
    front.open(a_show(server))
    busy = answer({"holdSeats": {"__typename": "Busy", "message": "Busy.", "retryAfterMs": 100}})
    inputs = front.intercept("Hold", busy, busy, answer(code="SERVICE_UNAVAILABLE"))
    front.hold(front.free_seats()[0])
    assert len(inputs) == 4
    assert all(each == inputs[0] for each in inputs)
    assert [each["status"] for each in buyer.bookings()] == ["HELD"]


def test_two_calls_have_two_names(front: Front, server: Server) -> None:
    front.sign_in(server)
    front.open(a_show(server))
    inputs = front.intercept("Hold")
    for seat in front.free_seats()[:2]:
        front.pick(seat)
        front.button("Hold 1 seat").click()
        expect(front.seat(seat)).to_have_attribute("data-state", "kept")
    assert len({each["idempotencyKey"] for each in inputs}) == 2


def test_a_token_that_has_run_out_is_replaced_once(front: Front, server: Server) -> None:
    front.sign_in(server)
    front.open(a_show(server))
    refreshes = front.intercept("Refresh")
    inputs = front.intercept("Hold", answer(code="TOKEN_EXPIRED"))
    front.hold(front.free_seats()[0])
    assert (len(inputs), len(refreshes)) == (2, 1)
    token = front.page.evaluate("JSON.parse(localStorage.getItem('front.session')).accessToken")
    assert server.post(ME, token)["data"]["me"] is not None


def test_who_was_signed_out_elsewhere_is_asked_to_sign_in_and_goes_on(front: Front, server: Server) -> None:
    buyer = front.sign_in(server)
    front.open(a_show(server))
    seat = front.free_seats()[0]
    front.pick(seat)
    server.post(LOG_OUT, buyer.token)
    front.button("Hold 1 seat").click()
    front.page.get_by_role("dialog").get_by_role("button", name="Sign up").click()
    front.sign_up(f"again-{a_session(server)['user']['username']}")
    expect(front.countdown).to_be_visible()
    assert front.states(seat) == ["kept"]


def test_two_tabs_are_one_visitor_and_trade_a_token_once(front: Front, visitor: Visitor, server: Server) -> None:
    front.sign_in(server)
    other = Front(visitor.context.new_page())
    show = a_show(server)
    waiting: list[Route] = []
    calls = [each.intercept("Hold", answer(code="TOKEN_EXPIRED")) for each in (front, other)]
    for each in (front, other):
        each.open(show)
        each.intercept("Refresh", waiting.append)
    one, two = front.free_seats()[:2]
    front.pick(one)
    other.pick(two)
    front.button("Hold 1 seat").click()
    wait_until(lambda: front.has_run() and len(waiting) == 1, what="the first tab's question for a token")
    other.button("Hold 1 seat").click()
    wait_until(lambda: other.has_run() and len(calls[1]) == 1, what="the second tab's call")
    other.has_run()
    waiting[0].fallback()
    for each in (front, other):
        expect(each.seat(one)).to_have_attribute("data-state", "kept")
        expect(each.seat(two)).to_have_attribute("data-state", "kept")
        expect(each.countdown).to_have_count(2)
    assert len(waiting) == 1


def test_the_countdown_goes_by_the_servers_clock(front: Front, visitor: Visitor, server: Server) -> None:
    visitor.context.add_init_script(AN_HOUR_AHEAD)
    front.sign_in(server)
    front.open(a_show(server))
    front.hold(front.free_seats()[0])
    expect(front.countdown).to_have_text(re.compile(r"^(8:0\d|7:5\d)$"))


def test_of_a_hold_that_ran_out_what_is_still_free_can_be_held_again(browser: Browser, short_holds: Server) -> None:
    with visiting(browser, short_holds.address) as front:
        buyer = front.sign_in(short_holds)
        show = a_show(short_holds)
        front.open(show)
        lost, kept = front.free_seats()[:2]
        front.hold(lost, kept)
        expect(front.page.get_by_role("heading", name="Time is up")).to_be_visible()
        expect(front.seat(lost)).to_have_attribute("data-state", "free")
        Buyer(short_holds).book(show, lost)
        front.button("Buy them if still free").click()
        front.button(f"Hold {kept} again").click()
        expect(front.order.locator(".hold .lines b")).to_have_text([kept])
        again, first = buyer.bookings()
        assert [ticket["seat"] for ticket in again["tickets"]] == [kept]
        assert first["status"] == "EXPIRED"


def test_a_hold_that_ran_out_is_bought_if_nobody_was_faster(browser: Browser, short_holds: Server) -> None:
    with visiting(browser, short_holds.address) as front:
        buyer = front.sign_in(short_holds)
        front.open(a_show(short_holds))
        seat = front.free_seats()[0]
        front.hold(seat)
        front.button("Buy them if still free").click()
        expect(front.page.get_by_role("heading", name="Enjoy the movie")).to_be_visible()
        assert [each["status"] for each in buyer.bookings()] == ["CONFIRMED"]


def test_a_hold_survives_that_the_server_is_killed_and_started_again(
    browser: Browser, demonstration: dict[str, str], tmp_path: Path
) -> None:
    with processes.started(demonstration, log=tmp_path / "server.log", workers=2) as server:
        address = f"http://{processes.HOST}:{server.port}"
        with visiting(browser, address, "ERR_CONNECTION_REFUSED") as front:
            front.page.goto("/")
            front.page.locator("a.time.next").first.click()
            expect(front.live).to_have_text("Live")
            front.button("2 best seats").click()
            front.page.get_by_role("dialog").get_by_role("button", name="Sign up").click()
            front.sign_up("restarted")
            expect(front.countdown).to_be_visible()
            server.kill()
            expect(front.live).to_have_text("Reconnecting … Seats may have changed meanwhile.")
            expect(front.page.locator(".house.stale")).to_be_visible()
            front.page.get_by_role("button", name="Confirm for").click()
            expect(front.order).to_contain_text("No connection. Trying again …")
            server.start()
            expect(front.page.get_by_role("heading", name="Enjoy the movie")).to_be_visible()
            expect(front.live).to_have_text("Live")
            expect(front.page.locator("[data-seat][data-state=yours]")).to_have_count(2)
            front.page.reload()
            expect(front.page.locator("[data-seat][data-state=yours]")).to_have_count(2)

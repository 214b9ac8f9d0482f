"""Seats as they change: two buyers side by side, and a connection that comes and goes."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser.front import Buyer, Front, a_show, answer
from tests.browser.visitor import Visitor
from tests.serving import Server

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def front(page: Page) -> Front:
    return Front(page)


def without_a_socket(page: Page, *, times: int | None = None, code: int = 1013) -> list[str]:
    """The next connections, or all, are closed at once. Returned is what each one says first, which grows."""
    said: list[str] = []

    def handle(socket: WebSocketRoute) -> None:
        if times is not None and len(said) >= times:
            server = socket.connect_to_server()
            first: list[str] = []

            def note(message: str | bytes) -> None:
                if not first:
                    first.append(str(message))
                    said.append(str(message))
                server.send(message)

            socket.on_message(note)
            return

        def close(message: str | bytes) -> None:
            said.append(str(message))
            socket.close(code=code)

        socket.on_message(close)

    page.route_web_socket("**/graphql", handle)
    return said


def test_two_buyers_see_each_others_seats_without_asking(
    front: Front, visitors: Callable[..., Visitor], server: Server
) -> None:
    other = Front(visitors().page)
    show = a_show(server)
    for each in (front, other):
        each.sign_in(server)
        each.open(show)
    asked = other.intercept("Look")
    seat = front.free_seats()[0]
    front.hold(seat)
    expect(other.seat(seat)).to_have_attribute("data-state", "held")
    front.confirm()
    expect(other.seat(seat)).to_have_attribute("data-state", "taken")
    front.page.goto("/#/bookings")
    front.button("Cancel …").click()
    front.button("Give back 1 seat").click()
    expect(other.seat(seat)).to_have_attribute("data-state", "free")
    assert asked == []


def test_a_picked_seat_that_goes_to_somebody_else_is_said_so_and_another_offered(front: Front, server: Server) -> None:
    front.sign_in(server)
    show = a_show(server)
    front.open(show)
    lost, kept = front.free_seats()[:2]
    front.pick(lost, kept)
    Buyer(server).book(show, lost)
    expect(front.notice).to_contain_text(f"{lost} has just gone to somebody else.")
    assert front.states(lost, kept) == ["taken", "picked"]
    instead = front.notice.get_by_role("button")
    seat = instead.inner_text().split()[1]
    assert front.states(seat) == ["free"]
    instead.click()
    assert front.states(seat, kept) == ["picked", "picked"]
    front.button("Hold 2 seats").click()
    expect(front.countdown).to_be_visible()
    assert front.states(seat, kept) == ["kept", "kept"]


def test_a_seat_lost_while_it_is_asked_for_is_said_so_and_what_the_server_offers(front: Front, server: Server) -> None:
    buyer = front.sign_in(server)
    show = a_show(server)
    front.open(show)
    lost, kept = front.free_seats()[:2]
    front.pick(lost, kept)
    other = Buyer(server)

    def be_faster(route: Route) -> None:
        other.book(show, lost)
        route.fallback()

    front.intercept("Hold", be_faster)
    front.button("Hold 2 seats").click()
    expect(front.notice).to_contain_text(f"No longer available: {lost}.")
    expect(front.seat(lost)).to_have_attribute("data-state", "taken")
    assert front.states(kept) == ["picked"]
    assert buyer.bookings() == []
    front.notice.get_by_role("button").click()
    front.button("Hold 2 seats").click()
    expect(front.countdown).to_be_visible()


def test_without_a_connection_seats_are_asked_for_and_that_is_said(front: Front, server: Server) -> None:
    show = a_show(server)
    without_a_socket(front.page)
    front.page.goto(f"/?show={show['id']}")
    expect(front.live).to_have_text("Reconnecting … Seats are some seconds old.")
    seat = front.free_seats()[0]
    Buyer(server).book(show, seat)
    expect(front.seat(seat)).to_have_attribute("data-state", "taken")


def test_what_nobody_can_vouch_for_is_not_shown_as_if_it_were_so(
    front: Front, visitor: Visitor, server: Server
) -> None:
    visitor.expect_error("ERR_FAILED")
    show = a_show(server)
    front.page.route_web_socket("**/graphql", lambda socket: socket.close(code=1013))
    front.intercept("Look", *[lambda route: route.abort()] * 100)
    front.page.goto(f"/?show={show['id']}")
    expect(front.live).to_have_text("Reconnecting … Seats may have changed meanwhile.")
    expect(front.page.locator(".house.stale")).to_be_visible()


def test_a_connection_that_is_lost_comes_back_and_misses_nothing(front: Front, server: Server) -> None:
    show = a_show(server)
    buyer = Buyer(server)
    booked: list[str] = []
    sent: list[dict[str, Any]] = []

    def handle(socket: WebSocketRoute) -> None:
        if booked:
            server = socket.connect_to_server()

            def note(message: str | bytes) -> None:
                sent.append(json.loads(message))
                server.send(message)

            socket.on_message(note)
            return
        booked.append("A1")
        buyer.book(show, "A1")
        socket.close(code=1012)

    def nothing_new(route: Route) -> None:
        cursor = json.loads(route.request.post_data or "{}")["variables"]["since"]
        answer({"seatChanges": {"cursor": cursor, "seats": []}})(route)

    front.page.route_web_socket("**/graphql", handle)
    looks = front.intercept("Look", *[nothing_new] * 100)
    front.page.goto(f"/?show={show['id']}")
    expect(front.seat("A1")).to_have_attribute("data-state", "taken")
    expect(front.live).to_have_text("Live")
    # The server tells a little more than was asked for, so what was asked for is looked at as well.
    (subscribed,) = [message["payload"] for message in sent if message["type"] == "subscribe"]
    assert subscribed["variables"] == {"showId": show["id"], "since": looks[-1]["since"]}


def test_a_token_that_is_refused_is_traded_for_a_new_one(front: Front, server: Server) -> None:
    session = front.sign_in(server)
    said = without_a_socket(front.page, times=1, code=4403)
    refreshes = front.intercept("Refresh")
    front.page.goto(f"/?show={a_show(server)['id']}")
    expect(front.live).to_have_text("Live")
    assert session.token in said[0]
    assert len(refreshes) == 1
    new = front.page.evaluate("JSON.parse(localStorage.getItem('front.session')).accessToken")
    assert new in said[1]
    assert server.post("{ me { username } }", new)["data"]["me"] is not None


def test_a_cursor_that_is_good_no_longer_has_the_house_read_anew(front: Front, server: Server) -> None:
    show = a_show(server)
    without_a_socket(front.page, times=1)
    houses = front.intercept("Show")
    looks = front.intercept("Look", answer(code="BAD_USER_INPUT"))
    front.page.goto(f"/?show={show['id']}")
    expect(front.live).to_have_text("Live")
    assert (len(houses), len(looks)) == (2, 1)

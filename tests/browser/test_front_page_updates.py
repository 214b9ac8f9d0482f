"""Live seats on the front page: changes by other buyers, and lost connections."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect
from strawberry.relay.utils import from_base64, to_base64

from tests.browser.front_page import Buyer, FrontPage, Staff, next_show, respond
from tests.browser.visitor import Visitor
from tests.serving import Server

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def front_page(page: Page) -> FrontPage:
    return FrontPage(page)


def close_sockets(page: Page, *, times: int | None = None, code: int = 1013) -> list[str]:
    """
    Close the next `times` WebSocket connections, or all, at their first message. The returned list receives the first
    message of each connection.
    """
    first_messages: list[str] = []

    def handle(socket: WebSocketRoute) -> None:
        if times is not None and len(first_messages) >= times:
            server = socket.connect_to_server()
            is_first = True

            def forward(message: str | bytes) -> None:
                nonlocal is_first
                if is_first:
                    first_messages.append(str(message))
                is_first = False
                server.send(message)

            socket.on_message(forward)
            return

        def close(message: str | bytes) -> None:
            first_messages.append(str(message))
            socket.close(code=code)

        socket.on_message(close)

    page.route_web_socket("**/graphql", handle)
    return first_messages


def test_two_buyers_see_each_others_changes_without_polling(
    front_page: FrontPage, visitors: Callable[..., Visitor], server: Server
) -> None:
    other = FrontPage(visitors().page)
    show = next_show(server)
    for each in (front_page, other):
        each.log_in(server)
        each.open(show)
    polls = other.intercept("SeatChanges")
    seat = front_page.available_seats()[0]
    front_page.hold(seat)
    expect(other.seat(seat)).to_have_attribute("data-state", "held")
    front_page.confirm()
    expect(other.seat(seat)).to_have_attribute("data-state", "booked")
    front_page.page.goto("/#/bookings")
    front_page.button("Cancel seats").click()
    front_page.button("Cancel 1 seat").click()
    expect(other.seat(seat)).to_have_attribute("data-state", "available")
    assert polls == []


@pytest.mark.deep
def test_a_pair_that_loses_a_seat_is_offered_another_pair(front_page: FrontPage, server: Server) -> None:
    front_page.log_in(server)
    staff = Staff(server)
    show = staff.create_show(
        # The nearest seat to A2 is A3, but then the pair would not be side by side.
        staff.create_screen("SS_S", "SS_S"),
        staff.create_movie("A pair"),
        datetime.now(UTC) + timedelta(days=2),
    )
    front_page.open({"id": show})
    front_page.select("A1", "A2")
    Buyer(server).book({"id": show}, "A2")
    expect(front_page.notice).to_contain_text("A2 was just taken by someone else.")
    assert front_page.states("A1", "A2") == ["selected", "booked"]
    front_page.notice.get_by_role("button", name="Select B1 and B2 instead").click()
    assert front_page.states("A1", "B1", "B2") == ["available", "selected", "selected"]
    front_page.button("Hold 2 seats").click()
    expect(front_page.countdown).to_be_visible()
    assert front_page.states("B1", "B2") == ["held-by-you", "held-by-you"]


@pytest.mark.deep
def test_seats_are_no_longer_offered_when_they_are_taken_too(front_page: FrontPage, server: Server) -> None:
    staff = Staff(server)
    show = staff.create_show(
        staff.create_screen("SS", "SS", "SS", "SS"),
        staff.create_movie("Four pairs"),
        datetime.now(UTC) + timedelta(days=2),
    )
    front_page.open({"id": show})
    front_page.select("A1", "A2")
    buyer = Buyer(server)
    buyer.hold(show, "A1", "A2")
    offer = front_page.notice.get_by_role("button")
    expect(offer).to_have_text("Select B1 and B2 instead")
    buyer.hold(show, "B2")
    expect(offer).to_have_text("Select C1 and C2 instead")
    expect(front_page.notice).to_contain_text("A1 and A2 were just taken by someone else.")

    # A button that is pressed stays as it is until it is released.
    offer.hover()
    front_page.page.mouse.down()
    buyer.hold(show, "C1")
    expect(front_page.seat("C1")).to_have_attribute("data-state", "held")
    front_page.page.mouse.up()
    expect(front_page.notice).to_contain_text("C1 was just taken by someone else.")
    expect(offer).to_have_text("Select D1 and D2 instead")
    assert front_page.states("C1", "C2") == ["held", "selected"]

    buyer.hold(show, "D1")
    expect(offer).to_have_text("Select C2 and D2 instead")
    buyer.hold(show, "D2")
    expect(offer).to_have_text("Select B1 and C2 instead")
    Buyer(server).hold(show, "B1")
    expect(offer).to_have_count(0)
    expect(front_page.notice).to_contain_text("C1 was just taken by someone else.")
    assert front_page.states("C2") == ["selected"]


@pytest.mark.deep
def test_a_show_that_sells_out_offers_no_seats(front_page: FrontPage, server: Server) -> None:
    staff = Staff(server)
    show = staff.create_show(
        staff.create_screen("SSS"), staff.create_movie("Three seats"), datetime.now(UTC) + timedelta(days=2)
    )
    front_page.open({"id": show})
    reloads = front_page.intercept("Show")
    front_page.button("More seats").click()
    expect(front_page.button("Hold the best 3 seats")).to_be_visible()
    buyer = Buyer(server)
    buyer.book({"id": show}, "A1")
    expect(front_page.button("Hold the best 2 seats")).to_be_visible()
    buyer.book({"id": show}, "A2")
    expect(front_page.button("Hold the best seat")).to_be_visible()
    buyer.book({"id": show}, "A3")
    expect(front_page.page.locator("header .notice")).to_have_text("Sold out")
    expect(front_page.panel).to_contain_text("Sold out.")
    expect(front_page.panel.get_by_role("button")).to_have_count(0)
    buyer.cancel_all()
    expect(front_page.button("Hold the best 3 seats")).to_be_visible()
    expect(front_page.page.locator("header .notice")).to_have_count(0)
    # The seats are not read again, and the map is not drawn again, each time that the show sells out.
    assert reloads == []


@pytest.mark.deep
def test_a_seat_taken_during_the_request_is_reported_with_the_alternatives_of_the_server(
    front_page: FrontPage, server: Server
) -> None:
    buyer = front_page.log_in(server)
    show = next_show(server)
    front_page.open(show)
    lost, remaining = front_page.available_seats()[:2]
    front_page.select(lost, remaining)
    other = Buyer(server)

    alternatives: list[str] = []

    def book_first(route: Route) -> None:
        other.book(show, lost)
        response = route.fetch()
        (result,) = response.json()["data"].values()
        alternatives.extend(result["alternatives"])
        route.fulfill(response=response)

    front_page.intercept("Hold", book_first)
    front_page.button("Hold 2 seats").click()
    expect(front_page.notice).to_contain_text(lost)
    expect(front_page.notice.get_by_role("button")).to_have_text(f"Select {' and '.join(alternatives)} instead")
    expect(front_page.seat(lost)).to_have_attribute("data-state", "booked")
    assert front_page.states(remaining) == ["selected"]
    assert buyer.bookings() == []
    front_page.notice.get_by_role("button").click()
    assert front_page.states(*alternatives) == ["selected"] * len(alternatives)
    front_page.button("Hold 2 seats").click()
    expect(front_page.countdown).to_be_visible()


@pytest.mark.deep
def test_without_a_connection_the_page_polls_and_says_so(front_page: FrontPage, server: Server) -> None:
    show = next_show(server)
    close_sockets(front_page.page)
    front_page.page.goto(f"/?show={show['id']}")
    expect(front_page.connection).to_have_text("Reconnecting… Seats may be a few seconds out of date.")
    seat = front_page.available_seats()[0]
    Buyer(server).book(show, seat)
    expect(front_page.seat(seat)).to_have_attribute("data-state", "booked")


@pytest.mark.deep
def test_seats_are_shown_as_stale_when_polling_fails_too(
    front_page: FrontPage, visitor: Visitor, server: Server
) -> None:
    visitor.expect_error("ERR_FAILED")
    show = next_show(server)
    front_page.page.route_web_socket("**/graphql", lambda socket: socket.close(code=1013))
    front_page.intercept("SeatChanges", *[lambda route: route.abort()] * 100)
    front_page.page.goto(f"/?show={show['id']}")
    expect(front_page.connection).to_have_text("Reconnecting… Some seats may have changed.")
    expect(front_page.page.locator(".seat-map.stale")).to_be_visible()


@pytest.mark.deep
def test_a_new_connection_continues_from_the_last_cursor(front_page: FrontPage, server: Server) -> None:
    show = next_show(server)
    buyer = Buyer(server)
    booked: list[str] = []
    sent: list[dict[str, Any]] = []

    def handle(socket: WebSocketRoute) -> None:
        if booked:
            server = socket.connect_to_server()

            def forward(message: str | bytes) -> None:
                sent.append(json.loads(message))
                server.send(message)

            socket.on_message(forward)
            return
        booked.append("A1")
        buyer.book(show, "A1")
        socket.close(code=1012)

    def no_changes(route: Route) -> None:
        cursor = json.loads(route.request.post_data or "{}")["variables"]["since"]
        respond({"seatChanges": {"cursor": next_cursor(cursor), "seats": []}})(route)

    front_page.page.route_web_socket("**/graphql", handle)
    polls = front_page.intercept("SeatChanges", *[no_changes] * 100)
    front_page.page.goto(f"/?show={show['id']}")
    expect(front_page.seat("A1")).to_have_attribute("data-state", "booked")
    expect(front_page.connection).to_have_text("Live")
    # The server may send changes from before the cursor too, so the cursor itself is asserted as well.
    (subscribed,) = [message["payload"] for message in sent if message["type"] == "subscribe"]
    assert subscribed["variables"] == {"showId": show["id"], "since": next_cursor(polls[-1]["since"])}


def next_cursor(cursor: str) -> str:
    """A cursor just after this one, so that it still comes before the changes of the test."""
    name, moment = from_base64(cursor)
    return to_base64(name, (datetime.fromisoformat(moment) + timedelta(microseconds=1)).isoformat())


@pytest.mark.deep
def test_a_rejected_token_is_replaced_before_the_next_connection(front_page: FrontPage, server: Server) -> None:
    buyer = front_page.log_in(server)
    first_messages = close_sockets(front_page.page, times=1, code=4403)
    refreshes = front_page.intercept("Refresh")
    front_page.page.goto(f"/?show={next_show(server)['id']}")
    expect(front_page.connection).to_have_text("Live")
    assert buyer.token in first_messages[0]
    assert len(refreshes) == 1
    new_token = front_page.access_token()
    assert new_token in first_messages[1]
    assert server.post("{ me { username } }", new_token)["data"]["me"] is not None


@pytest.mark.deep
def test_a_rejected_cursor_causes_a_reload_of_the_seat_map(front_page: FrontPage, server: Server) -> None:
    show = next_show(server)
    close_sockets(front_page.page, times=1)
    seat_maps = front_page.intercept("Show")
    polls = front_page.intercept("SeatChanges", respond(code="BAD_USER_INPUT"))
    front_page.page.goto(f"/?show={show['id']}")
    expect(front_page.connection).to_have_text("Live")
    assert (len(seat_maps), len(polls)) == (2, 1)


@pytest.mark.deep
def test_a_show_that_is_cancelled_is_shown_as_cancelled(front_page: FrontPage, server: Server) -> None:
    front_page.log_in(server)
    show = next_show(server)
    front_page.open(show)
    front_page.select(front_page.available_seats()[0])
    Staff(server).cancel_show(show["id"])
    expect(front_page.page.locator("header .notice")).to_have_text("Cancelled")
    expect(front_page.page.locator('[data-seat][data-state="available"]')).to_have_count(0)
    expect(front_page.panel.get_by_text("This show is cancelled")).to_be_visible()
    expect(front_page.connection).to_be_hidden()
    # Nobody has taken the selected seat.
    expect(front_page.notice).to_have_count(0)
    expect(front_page.panel.get_by_role("button")).to_have_count(0)


@pytest.mark.deep
def test_seats_are_not_for_sale_after_booking_has_closed(front_page: FrontPage, server: Server) -> None:
    staff = Staff(server)
    show = staff.create_show(
        staff.create_screen("SS"), staff.create_movie("Starts soon"), datetime.now(UTC) + timedelta(seconds=4)
    )
    front_page.open({"id": show})
    assert front_page.states("A1", "A2") == ["available", "available"]
    front_page.select("A1")
    expect(front_page.page.locator("header .notice")).to_have_text("Booking is closed", timeout=15_000)
    assert front_page.states("A1", "A2") == ["blocked", "blocked"]
    expect(front_page.seat("A2")).to_have_attribute("aria-disabled", "true")


@pytest.mark.deep
def test_a_cancelled_show_takes_back_the_confirmation(front_page: FrontPage, server: Server) -> None:
    front_page.log_in(server)
    staff = Staff(server)
    show = staff.create_show(
        staff.create_screen("SS"), staff.create_movie("Cancelled later"), datetime.now(UTC) + timedelta(days=2)
    )
    front_page.open({"id": show})
    front_page.hold("A1")
    front_page.confirm()
    expect(front_page.panel.locator(".reference")).to_be_visible()
    staff.cancel_show(show)
    expect(front_page.panel).to_contain_text("This show is cancelled, and so are all bookings for it.")
    expect(front_page.panel.locator(".reference")).to_have_count(0)
    expect(front_page.page.locator(".price-range")).to_be_hidden()

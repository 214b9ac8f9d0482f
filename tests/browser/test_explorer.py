"""The explorer: its tabs from left to right, the session, filled-in variables, and subscriptions."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, Route, WebSocketRoute, expect

from tests import machine
from tests.browser import explorer
from tests.browser.explorer import Explorer
from tests.browser.visitor import Visitor
from tests.serving import Server
from tests.waiting import wait_until

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("browser")]

TABS = [
    *("SignUp", "LogIn", "WhatIsOn", "SeatMap", "BookASeat", "MyBookings", "Cancel"),
    *("HoldSeats", "ExtendHold", "ConfirmBooking", "WatchAShow", "WatchMyBookings"),
]
BOOK = """mutation ($show: ID!, $seat: String!) {
  bookSeat(input: { showId: $show, seat: $seat }) { __typename ... on Booking { id } }
}"""
LOG_IN = """mutation {
  login(input: { username: "bob", password: "popcorn-and-a-movie" }) { ... on Session { accessToken } }
}"""
TOKEN_EXPIRED = {"data": None, "errors": [{"message": "It has expired.", "extensions": {"code": "TOKEN_EXPIRED"}}]}


@pytest.fixture(autouse=True)
def built() -> None:
    machine.needs(explorer.missing())


@pytest.fixture
def explorer_page(page: Page) -> Explorer:
    return Explorer(page)


def available_seats(data: Any) -> list[str]:
    seats = [seat for row in data["show"]["seatMap"]["rows"] for seat in row["seats"]]
    reserved = {"WHEELCHAIR", "COMPANION"}
    return [seat["label"] for seat in seats if seat["status"] == "AVAILABLE" and seat["category"] not in reserved]


def book_one(server: Server, token: str, *, show: str, seats: Sequence[str]) -> str:
    """Book the first of the seats that is sold alone. Returns its label."""
    for seat in seats:
        if server.post(BOOK, token, show=show, seat=seat)["data"]["bookSeat"]["__typename"] == "Booking":
            return seat
    raise AssertionError("no seat could be booked")


def error_code(body: Any) -> str:
    return str(body["errors"][0]["extensions"]["code"])


def test_all_tabs_run_from_left_to_right_without_edits(explorer_page: Explorer, visitor: Visitor) -> None:
    assert explorer_page.tabs() == TABS
    username = explorer_page.sign_up()
    shows = [show["id"] for show in explorer_page.data("WhatIsOn")["shows"]["nodes"]]
    assert explorer_page.variables("SeatMap")["showId"] in shows
    seat = available_seats(explorer_page.data("SeatMap"))[0]
    assert explorer_page.variables("BookASeat")["seat"] == seat
    booked = explorer_page.data("BookASeat")["bookSeat"]
    assert (booked["status"], [ticket["seat"] for ticket in booked["tickets"]]) == ("CONFIRMED", [seat])
    (mine,) = explorer_page.data("MyBookings")["me"]["bookings"]["nodes"]
    assert (mine["id"], mine["status"]) == (booked["id"], "CONFIRMED")
    cancelled = explorer_page.data("Cancel")["cancelBooking"]
    assert (cancelled["reference"], cancelled["status"]) == (booked["reference"], "CANCELLED")
    held = explorer_page.data("HoldSeats")["holdSeats"]
    assert held["status"] == "HELD"
    assert explorer_page.data("ExtendHold")["extendHold"]["secondsLeft"] > held["secondsLeft"]
    confirmed = explorer_page.data("ConfirmBooking")["confirmBooking"]
    assert (confirmed["reference"], confirmed["status"]) == (held["reference"], "CONFIRMED")
    explorer_page.data("LogIn")
    expect(explorer_page.account).to_have_text("Logged in as alice")
    assert username not in {"alice", ""}
    assert visitor.context.cookies() == []


def test_a_subscription_shows_the_booking_of_another_buyer(explorer_page: Explorer, server: Server) -> None:
    seats = available_seats(explorer_page.data("SeatMap"))
    explorer_page.subscribe("WatchAShow")
    token = server.post(LOG_IN)["data"]["login"]["accessToken"]
    seat = book_one(server, token, show=explorer_page.variables("WatchAShow")["showId"], seats=seats)
    expect(explorer_page.result).to_contain_text(f'"label": "{seat}", "status": "BOOKED", "mine": false')


def test_a_subscription_uses_the_session(explorer_page: Explorer, server: Server) -> None:
    explorer_page.sign_up()
    seats = available_seats(explorer_page.data("SeatMap"))
    explorer_page.subscribe("WatchAShow")
    token = explorer_page.session()["accessToken"]
    seat = book_one(server, token, show=explorer_page.variables("WatchAShow")["showId"], seats=seats)
    expect(explorer_page.result).to_contain_text(f'"label": "{seat}", "status": "BOOKED", "mine": true')


@pytest.mark.deep
def test_a_subscription_with_a_rejected_token_reconnects_with_a_new_one(
    explorer_page: Explorer, page: Page, server: Server
) -> None:
    explorer_page.sign_up()
    before = explorer_page.session()
    seats = available_seats(explorer_page.data("SeatMap"))
    rejected: list[WebSocketRoute] = []

    def reject_once(connection: WebSocketRoute) -> None:
        if rejected:
            connection.connect_to_server()
        else:
            rejected.append(connection)
            connection.on_message(lambda _: connection.close(code=4403))

    page.route_web_socket("**/graphql", reject_once)
    explorer_page.subscribe("WatchAShow")
    assert explorer_page.session()["refreshToken"] != before["refreshToken"]
    token = explorer_page.session()["accessToken"]
    seat = book_one(server, token, show=explorer_page.variables("WatchAShow")["showId"], seats=seats)
    expect(explorer_page.result).to_contain_text(f'"label": "{seat}", "status": "BOOKED", "mine": true')


def test_a_link_opens_a_tab_with_its_variables_but_without_passwords(
    explorer_page: Explorer, visitors: Callable[..., Visitor]
) -> None:
    explorer_page.open("LogIn")
    # Only pages of localhost and HTTPS pages can write to the clipboard; the others show the link.
    explorer_page.page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    explorer_page.page.get_by_role("button", name="Copy link").click()
    expect(explorer_page.page.get_by_role("button", name="Copied")).to_be_visible()
    link = explorer_page.page.evaluate("window.copied").replace("LogIn", "SharedLogIn")
    assert "popcorn" not in link

    visitor = visitors()
    visitor.page.goto(link)
    shared = Explorer(visitor.page, url=None)
    assert shared.tabs() == ["SharedLogIn", *TABS]
    assert shared.variables("SharedLogIn") == {"username": "alice", "password": ""}
    # A link does not run by itself, and is sent to no server.
    expect(shared.account).to_have_text("Not logged in")
    assert not any("query=" in request for request in visitor.requests)
    assert visitor.page.url.endswith("/graphql")


def test_the_explorer_can_be_used_on_a_phone(visitors: Callable[..., Visitor]) -> None:
    page = visitors(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True).page
    phone = Explorer(page)
    assert phone.data("WhatIsOn")["shows"]["nodes"]
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    for region in ("Operation Editor", "Variables", "Result Window"):
        box = page.get_by_role("region", name=region).bounding_box()
        assert box
        assert box["width"] > 300
        assert box["height"] > 60
    page.get_by_role("button", name="Show Documentation Explorer").tap()
    box = page.get_by_role("region", name="Documentation Explorer").bounding_box()
    assert box
    assert box["height"] > 500


@pytest.mark.deep
def test_stopping_a_subscription_closes_its_connection(explorer_page: Explorer, page: Page) -> None:
    with page.expect_websocket() as socket:
        explorer_page.subscribe("WatchAShow")
    page.get_by_role("button", name="Stop query").click()
    expect(page.get_by_role("button", name="Execute query")).to_be_visible()
    wait_until(lambda: page.evaluate("0") == 0 and socket.value.is_closed(), what="the end of the connection")


@pytest.mark.deep
def test_a_tab_that_needs_a_show_can_be_run_first(explorer_page: Explorer) -> None:
    assert available_seats(explorer_page.data("SeatMap"))


@pytest.mark.deep
def test_filled_in_variables_remain_when_a_tab_is_opened_twice(explorer_page: Explorer, page: Page) -> None:
    page.get_by_role("button", name="SeatMap", exact=True).evaluate(
        "async (tab) => { tab.click(); await new Promise(requestAnimationFrame); tab.click(); }"
    )
    assert available_seats(explorer_page.data("SeatMap"))


@pytest.mark.deep
def test_variables_written_by_the_user_are_not_replaced(explorer_page: Explorer) -> None:
    explorer_page.data("SeatMap")
    explorer_page.open("BookASeat")
    explorer_page.write("Variables", '{"showId": "custom", "seat": ""}')
    wait_until(lambda: "custom" in explorer_page.stored_tabs(), what="the variables, in this browser's storage")
    seat = available_seats(explorer_page.data("SeatMap"))[0]
    assert explorer_page.variables("BookASeat") == {"showId": "custom", "seat": seat}


def test_tabs_and_session_survive_a_reload(explorer_page: Explorer, page: Page) -> None:
    username = explorer_page.sign_up()
    explorer_page.open("MyBookings")
    explorer_page.write("Operation Editor", "query MineAlone { me { username } }")
    expect(page.get_by_role("button", name="MineAlone")).to_be_visible()
    wait_until(lambda: "MineAlone" in explorer_page.stored_tabs(), what="the tab, in this browser's storage")
    reloaded = Explorer(page)
    assert reloaded.tabs() == ["MineAlone" if tab == "MyBookings" else tab for tab in TABS]
    expect(reloaded.account).to_have_text(f"Logged in as {username}")
    assert reloaded.data("MineAlone") == {"me": {"username": username}}


@pytest.mark.deep
def test_the_tabs_can_be_reset(explorer_page: Explorer, page: Page) -> None:
    explorer_page.open("SignUp")
    page.get_by_role("tab", name="SignUp").get_by_role("button", name="Close Tab").click()
    assert explorer_page.tabs() == TABS[1:]
    wait_until(
        lambda: "SignUp" not in explorer_page.stored_tabs(), what="the removal of the tab from this browser's storage"
    )
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_navigation():
        page.get_by_role("button", name="Reset tabs").click()
    expect(page.get_by_role("button", name="SignUp", exact=True)).to_be_visible()
    assert explorer_page.tabs() == TABS


@pytest.mark.deep
def test_executed_documents_are_in_the_history(explorer_page: Explorer, page: Page) -> None:
    explorer_page.data("WhatIsOn")
    page.get_by_role("button", name="Show History").click()
    expect(page.get_by_role("region", name="History")).to_contain_text("WhatIsOn")


@pytest.mark.deep
def test_the_documentation_shows_descriptions(explorer_page: Explorer, page: Page) -> None:
    page.get_by_role("button", name="Show Documentation Explorer").click()
    documentation = page.get_by_role("region", name="Documentation Explorer")
    documentation.get_by_role("link", name="Mutation").click()
    expect(documentation).to_contain_text("changePassword")
    expect(documentation).to_contain_text("Change the password.")


def test_logging_out_ends_the_session_on_the_server_and_clears_the_history(
    explorer_page: Explorer, page: Page, server: Server
) -> None:
    explorer_page.sign_up()
    token = explorer_page.session()["accessToken"]
    page.evaluate("localStorage['graphiql:queries'] = JSON.stringify({ queries: [{ query: 'a secret of mine' }] })")
    answers = [False, True]

    def answer(dialog: Dialog) -> None:
        assert "This deletes your tabs" in dialog.message
        if answers.pop(0):
            dialog.accept()
        else:
            dialog.dismiss()

    page.on("dialog", answer)
    page.get_by_role("button", name="Log out").click()
    expect(explorer_page.account).to_contain_text("Logged in as")
    assert "a secret of mine" in page.evaluate("JSON.stringify(localStorage)")
    page.get_by_role("button", name="Log out").click()
    expect(explorer_page.account).to_have_text("Not logged in")
    assert error_code(server.post("{ me { id } }", token)) == "UNAUTHENTICATED"
    assert explorer_page.data("MyBookings") == {"me": None}
    assert page.evaluate("Object.keys(sessionStorage)") == []
    # The history may contain passwords.
    assert "a secret of mine" not in page.evaluate("JSON.stringify(localStorage)")


def test_a_session_that_ended_elsewhere_ends_here(explorer_page: Explorer, server: Server) -> None:
    explorer_page.sign_up()
    server.post(
        "mutation { logout(input: { everywhere: true }) { __typename } }", explorer_page.session()["accessToken"]
    )
    assert explorer_page.error_code("MyBookings") == "UNAUTHENTICATED"
    expect(explorer_page.account).to_have_text("Not logged in")


def test_a_header_written_by_the_user_takes_precedence(explorer_page: Explorer) -> None:
    username = explorer_page.sign_up()
    explorer_page.open("MyBookings")
    explorer_page.write_headers(authorization="Bearer nonsense")
    assert explorer_page.error_code("MyBookings") == "UNAUTHENTICATED"
    expect(explorer_page.account).to_have_text(f"Logged in as {username}")


def test_an_expired_token_is_replaced_and_the_request_is_sent_again(explorer_page: Explorer, page: Page) -> None:
    username = explorer_page.sign_up()
    before = explorer_page.session()
    rejected: list[str] = []

    def reject_once(route: Route) -> None:
        if "MyBookings" in (route.request.post_data or "") and not rejected:
            rejected.append(route.request.headers["authorization"])
            route.fulfill(json=TOKEN_EXPIRED)
        else:
            route.continue_()

    page.route("**/graphql", reject_once)
    explorer_page.open("MyBookings")
    explorer_page.press_run()
    expect(explorer_page.result).to_contain_text('"nodes": []')
    expect(explorer_page.account).to_have_text(f"Logged in as {username}")
    assert rejected == [f"Bearer {before['accessToken']}"]
    assert explorer_page.session()["refreshToken"] != before["refreshToken"]


def test_a_session_that_cannot_be_refreshed_ends(explorer_page: Explorer, page: Page, server: Server) -> None:
    explorer_page.sign_up()
    token = explorer_page.session()["accessToken"]
    server.post("mutation { logout(input: {}) { __typename } }", token)
    page.route(
        "**/graphql",
        lambda route: route.fulfill(json=TOKEN_EXPIRED) if token in str(route.request.headers) else route.continue_(),
    )
    explorer_page.open("MyBookings")
    explorer_page.press_run()
    # The request is sent again without a token.
    expect(explorer_page.result).to_contain_text('"me": null')
    expect(explorer_page.account).to_have_text("Not logged in")


@pytest.mark.deep
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_preferred_color_scheme(visitors: Callable[..., Visitor], scheme: str) -> None:
    explorer_page = Explorer(visitors(color_scheme=scheme).page)
    background = explorer_page.page.locator(".graphiql-container").evaluate(
        "(it) => getComputedStyle(it).backgroundColor"
    )
    lightness = sum(int(part) for part in background.removeprefix("rgb(").removesuffix(")").split(","))
    assert (lightness > 3 * 128) is (scheme == "light")

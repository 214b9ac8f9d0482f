"""The explorer's first minute: its tabs, one after the other, and what the page does for whoever runs them."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests import machine
from tests.browser import explorer
from tests.browser.explorer import Explorer
from tests.browser.visitor import Visitor
from tests.serving import Server
from tests.waiting import wait_until

pytestmark = pytest.mark.xdist_group("browser")

TABS = ["SignUp", "LogIn", "WhatIsOn", "SeatMap", "BookASeat", "MyBookings", "Cancel", "WatchAShow"]
BOOK = """mutation ($show: ID!, $seat: String!) {
  bookSeat(input: { showId: $show, seat: $seat }) { __typename ... on Booking { id } }
}"""
LOG_IN = """mutation {
  login(input: { username: "bob", password: "popcorn-and-a-movie" }) { ... on Session { accessToken } }
}"""
OF_BOOKING = "query ($id: ID!) { node(id: $id) { ... on Booking { status } } }"
RUN_OUT = {"data": None, "errors": [{"message": "It has run out.", "extensions": {"code": "TOKEN_EXPIRED"}}]}


@pytest.fixture(autouse=True)
def built() -> None:
    machine.needs(explorer.missing())


@pytest.fixture
def opened(page: Page) -> Explorer:
    return Explorer(page)


def free_seats(answer: Any) -> list[str]:
    seats = [seat for row in answer["show"]["seatMap"]["rows"] for seat in row["seats"]]
    return [seat["label"] for seat in seats if seat["status"] == "AVAILABLE"]


def test_every_tab_runs_as_it_is_from_left_to_right(opened: Explorer, visitor: Visitor) -> None:
    assert opened.tabs() == TABS
    user = opened.sign_up()
    shows = [show["id"] for show in opened.data("WhatIsOn")["shows"]["nodes"]]
    assert opened.variables("SeatMap")["showId"] in shows
    seat = free_seats(opened.data("SeatMap"))[0]
    assert opened.variables("BookASeat")["seat"] == seat
    booked = opened.data("BookASeat")["bookSeat"]
    assert (booked["status"], [ticket["seat"] for ticket in booked["tickets"]]) == ("CONFIRMED", [seat])
    (mine,) = opened.data("MyBookings")["myBookings"]["nodes"]
    assert (mine["id"], mine["status"]) == (booked["id"], "CONFIRMED")
    cancelled = opened.data("Cancel")["cancelBooking"]
    assert (cancelled["reference"], cancelled["status"]) == (booked["reference"], "CANCELLED")
    opened.data("LogIn")
    expect(opened.account).to_have_text("Signed in as alice")
    assert user not in {"alice", ""}
    assert visitor.context.cookies() == []


def test_watching_shows_what_another_buyer_does(opened: Explorer, server: Server) -> None:
    seat = free_seats(opened.data("SeatMap"))[-1]
    opened.watch("WatchAShow")
    other = server.post(LOG_IN)["data"]["login"]["accessToken"]
    server.post(BOOK, other, show=opened.variables("WatchAShow")["showId"], seat=seat)
    expect(opened.result).to_contain_text(f'"label": "{seat}", "status": "BOOKED", "mine": false')


def test_a_subscription_knows_who_is_signed_in(opened: Explorer, server: Server) -> None:
    opened.sign_up()
    seat = free_seats(opened.data("SeatMap"))[-1]
    opened.watch("WatchAShow")
    server.post(BOOK, opened.session()["accessToken"], show=opened.variables("WatchAShow")["showId"], seat=seat)
    expect(opened.result).to_contain_text(f'"label": "{seat}", "status": "BOOKED", "mine": true')


def test_a_subscription_whose_token_is_refused_comes_back_with_a_new_one(
    opened: Explorer, page: Page, server: Server
) -> None:
    opened.sign_up()
    before = opened.session()
    seat = free_seats(opened.data("SeatMap"))[-1]
    refused: list[WebSocketRoute] = []

    def refuse_once(connection: WebSocketRoute) -> None:
        if refused:
            connection.connect_to_server()
        else:
            refused.append(connection)
            connection.on_message(lambda _: connection.close(code=4403))

    page.route_web_socket("**/graphql", refuse_once)
    opened.watch("WatchAShow")
    assert opened.session()["refreshToken"] != before["refreshToken"]
    token = opened.session()["accessToken"]
    server.post(BOOK, token, show=opened.variables("WatchAShow")["showId"], seat=seat)
    expect(opened.result).to_contain_text(f'"label": "{seat}", "status": "BOOKED", "mine": true')


def test_a_subscription_ends_when_it_is_stopped(opened: Explorer, page: Page) -> None:
    with page.expect_websocket() as socket:
        opened.watch("WatchAShow")
    page.get_by_role("button", name="Stop query").click()
    expect(page.get_by_role("button", name="Execute query")).to_be_visible()
    wait_until(lambda: page.evaluate("0") == 0 and socket.value.is_closed(), what="the end of the connection")


def test_a_tab_that_needs_a_show_has_one_whichever_is_run_first(opened: Explorer) -> None:
    assert free_seats(opened.data("SeatMap"))


def test_what_was_filled_in_stays_in_a_tab_that_is_opened_twice_in_a_row(opened: Explorer, page: Page) -> None:
    page.get_by_role("button", name="SeatMap", exact=True).evaluate(
        "async (tab) => { tab.click(); await new Promise(requestAnimationFrame); tab.click(); }"
    )
    assert free_seats(opened.data("SeatMap"))


def test_what_somebody_wrote_into_the_variables_stays(opened: Explorer) -> None:
    opened.data("SeatMap")
    opened.open("BookASeat")
    opened.write("Variables", '{"showId": "theirs", "seat": ""}')
    wait_until(lambda: "theirs" in opened.stored(), what="the variables, in this browser's storage")
    seat = free_seats(opened.data("SeatMap"))[0]
    assert opened.variables("BookASeat") == {"showId": "theirs", "seat": seat}


def test_tabs_and_who_is_signed_in_survive_a_reload(opened: Explorer, page: Page) -> None:
    user = opened.sign_up()
    opened.open("MyBookings")
    opened.write("Operation Editor", "query MineAlone { me { username } }")
    expect(page.get_by_role("button", name="MineAlone")).to_be_visible()
    wait_until(lambda: "MineAlone" in opened.stored(), what="the tab, in this browser's storage")
    again = Explorer(page)
    assert again.tabs() == ["MineAlone" if tab == "MyBookings" else tab for tab in TABS]
    expect(again.account).to_have_text(f"Signed in as {user}")
    assert again.data("MineAlone") == {"me": {"username": user}}


def test_the_first_tabs_can_be_had_again(opened: Explorer, page: Page) -> None:
    opened.open("SignUp")
    page.get_by_role("tab", name="SignUp").get_by_role("button", name="Close Tab").click()
    assert opened.tabs() == TABS[1:]
    wait_until(lambda: "SignUp" not in opened.stored(), what="the closed tab, to be gone from this browser's storage")
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_navigation():
        page.get_by_role("button", name="Reset tabs").click()
    expect(page.get_by_role("button", name="SignUp", exact=True)).to_be_visible()
    assert opened.tabs() == TABS


def test_what_was_run_is_in_the_history(opened: Explorer, page: Page) -> None:
    opened.data("WhatIsOn")
    page.get_by_role("button", name="Show History").click()
    expect(page.get_by_role("region", name="History")).to_contain_text("WhatIsOn")


def test_descriptions_are_shown(opened: Explorer, page: Page) -> None:
    page.get_by_role("button", name="Show Documentation Explorer").click()
    documentation = page.get_by_role("region", name="Documentation Explorer")
    documentation.get_by_role("link", name="Mutation").click()
    expect(documentation).to_contain_text("Change the password. Every other session ends.")


def test_who_signs_out_is_signed_out_on_the_server_too(opened: Explorer, page: Page, server: Server) -> None:
    opened.sign_up()
    token = opened.session()["accessToken"]
    page.evaluate("localStorage['graphiql:queries'] = JSON.stringify({ queries: [{ query: 'a secret of mine' }] })")
    page.get_by_role("button", name="Sign out").click()
    expect(opened.account).to_have_text("Not signed in")
    assert code(server.post("{ me { id } }", token)) == opened.code("MyBookings") == "UNAUTHENTICATED"
    assert page.evaluate("Object.keys(sessionStorage)") == []
    # A password that was typed is nowhere, nor is the history in which it was.
    assert "a secret of mine" not in page.evaluate("JSON.stringify(localStorage)")


def test_a_session_that_has_ended_elsewhere_is_forgotten(opened: Explorer, server: Server) -> None:
    opened.sign_up()
    server.post("mutation { logout(input: { everywhere: true }) { __typename } }", opened.session()["accessToken"])
    assert opened.code("MyBookings") == "UNAUTHENTICATED"
    expect(opened.account).to_have_text("Not signed in")


def test_a_header_written_by_hand_wins(opened: Explorer) -> None:
    user = opened.sign_up()
    opened.open("MyBookings")
    opened.write_headers(authorization="Bearer nonsense")
    assert opened.code("MyBookings") == "UNAUTHENTICATED"
    expect(opened.account).to_have_text(f"Signed in as {user}")


def test_a_token_that_has_run_out_is_replaced_and_the_call_sent_again(opened: Explorer, page: Page) -> None:
    user = opened.sign_up()
    before = opened.session()
    told: list[str] = []

    def run_out_once(route: Route) -> None:
        if "MyBookings" in (route.request.post_data or "") and not told:
            told.append(route.request.headers["authorization"])
            route.fulfill(json=RUN_OUT)
        else:
            route.continue_()

    page.route("**/graphql", run_out_once)
    opened.open("MyBookings")
    opened.press_run()
    expect(opened.result).to_contain_text('"nodes": []')
    expect(opened.account).to_have_text(f"Signed in as {user}")
    assert told == [f"Bearer {before['accessToken']}"]
    assert opened.session()["refreshToken"] != before["refreshToken"]


def test_a_session_that_cannot_be_renewed_is_over(opened: Explorer, page: Page, server: Server) -> None:
    opened.sign_up()
    token = opened.session()["accessToken"]
    server.post("mutation { logout(input: {}) { __typename } }", token)
    page.route(
        "**/graphql",
        lambda route: route.fulfill(json=RUN_OUT) if token in str(route.request.headers) else route.continue_(),
    )
    opened.open("MyBookings")
    opened.press_run()
    expect(opened.result).to_contain_text('"UNAUTHENTICATED"')
    expect(opened.account).to_have_text("Not signed in")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_as_light_or_dark_as_the_visitor_wants(visitors: Callable[..., Visitor], scheme: str) -> None:
    opened = Explorer(visitors(color_scheme=scheme).page)
    background = opened.page.locator(".graphiql-container").evaluate("(it) => getComputedStyle(it).backgroundColor")
    lightness = sum(int(part) for part in background.removeprefix("rgb(").removesuffix(")").split(","))
    assert (lightness > 3 * 128) is (scheme == "light")


def code(answer: Any) -> str:
    return str(answer["errors"][0]["extensions"]["code"])

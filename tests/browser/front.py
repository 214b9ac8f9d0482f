"""The front page, as somebody uses it who opens `/`; and another buyer, who uses the API without a browser."""

import itertools
import json
import uuid
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.serving import Server

WHATS_ON = "What\u2019s on"
PASSWORD = "a-seat-in-the-last-row"
SIGN_UP = """mutation ($input: SignupInput!) {
  signup(input: $input) { ... on Session { accessToken refreshToken user { username } } }
}"""
SHOWS = """{ shows(last: 60, filter: { bookable: true }) {
  nodes { id startsAt movie { title } screen { theater { name timeZone } } } } }"""
BOOK = """mutation ($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"""
BOOKINGS = "{ myBookings { nodes { id status expiresAt tickets { seat status } } } }"
SAVE_SESSION = "(session) => localStorage.setItem('front.session', JSON.stringify(session))"

_turns = itertools.count()


def a_show(server: Server) -> dict[str, Any]:
    """A show of its own for each test, some days ahead: nobody else is in its house."""
    shows: list[dict[str, Any]] = server.post(SHOWS)["data"]["shows"]["nodes"]
    return shows[next(_turns) % len(shows)]


def a_session(server: Server) -> dict[str, Any]:
    """Of somebody who has just signed up."""
    name = f"visitor-{uuid.uuid4().hex[:12]}"
    account = {"username": name, "email": f"{name}@example.com", "password": PASSWORD}
    session: dict[str, Any] = server.post(SIGN_UP, input=account)["data"]["signup"]
    return session


class Buyer:
    """Somebody without a browser."""

    def __init__(self, server: Server, session: dict[str, Any] | None = None) -> None:
        self.server = server
        self.token = (session or a_session(server))["accessToken"]

    def book(self, show: dict[str, Any], seat: str) -> None:
        answer = self.server.post(BOOK, self.token, input={"showId": show["id"], "seat": seat})
        assert answer["data"]["bookSeat"]["__typename"] == "Booking", answer

    def bookings(self) -> list[dict[str, Any]]:
        nodes: list[dict[str, Any]] = self.server.post(BOOKINGS, self.token)["data"]["myBookings"]["nodes"]
        return nodes


class Front:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.order = page.get_by_role("region", name="Your seats")
        self.notice = self.order.locator(".notice")
        self.live = page.locator(".state")
        self.countdown = page.get_by_role("timer")

    def sign_in(self, server: Server) -> Buyer:
        """As somebody new; the same, for asking the API what they have."""
        session = a_session(server)
        self.page.goto("/")
        self.page.evaluate(SAVE_SESSION, session)
        self.page.reload()
        expect(self.button("Log out")).to_be_visible()
        return Buyer(server, session)

    def sign_up(self, name: str) -> None:
        """In the dialog that is open."""
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_label("Username").fill(name)
        dialog.get_by_label("E-mail address").fill(f"{name}@example.com")
        dialog.get_by_label("Password").fill(PASSWORD)
        dialog.get_by_role("button", name="Sign up").click()
        expect(dialog).to_have_count(0)

    def open(self, show: dict[str, Any]) -> None:
        """Its house, live."""
        self.page.goto(f"/?show={show['id']}")
        expect(self.live).to_have_text("Live")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def seat(self, label: str) -> Locator:
        return self.page.locator(f'[data-seat="{label}"]')

    def free_seats(self) -> list[str]:
        """From the middle of the house on: ordinary seats, next to each other as far as they go."""
        seats = self.page.locator('[data-seat][data-state="free"][data-category="STANDARD"]')
        labels: list[str] = seats.evaluate_all("(all) => all.map((button) => button.dataset.seat)")
        return labels[len(labels) // 2 :]

    def pick(self, *labels: str) -> None:
        for label in labels:
            self.seat(label).click()
            expect(self.seat(label)).to_have_attribute("data-state", "picked")

    def hold(self, *labels: str) -> None:
        self.pick(*labels)
        self.button(f"Hold {len(labels)} {'seat' if len(labels) == 1 else 'seats'}").click()
        expect(self.countdown).to_be_visible()

    def confirm(self) -> None:
        self.page.get_by_role("button", name="Confirm for").click()
        expect(self.page.get_by_role("heading", name="Enjoy the movie")).to_be_visible()

    def has_run(self) -> bool:
        """True, when what the page was about to do has been done, and what it asked has come here."""
        return bool(self.page.evaluate("new Promise((done) => setTimeout(() => done(true)))"))

    def states(self, *labels: str) -> list[str | None]:
        return [self.seat(label).get_attribute("data-state") for label in labels]

    def intercept(self, operation: str, *handlers: Callable[[Route], None]) -> list[dict[str, Any]]:
        """
        The next calls of an operation are answered by `handlers`, one each, those after them by the server. Returned is
        the list of what the calls send as their input, which grows.
        """
        inputs: list[dict[str, Any]] = []
        ahead = list(handlers)

        def handle(route: Route) -> None:
            body = json.loads(route.request.post_data or "{}")
            if f" {operation}(" not in body["query"] and f" {operation} " not in body["query"]:
                route.fallback()
                return
            inputs.append(body["variables"].get("input", body["variables"]))
            if ahead:
                ahead.pop(0)(route)
            else:
                route.fallback()

        self.page.route("**/graphql", handle)
        return inputs


def lose_the_answer(route: Route) -> None:
    """The call is done, and nobody hears of it."""
    route.fetch()
    route.abort()


def answer(data: Any = None, code: str | None = None) -> Callable[[Route], None]:
    errors = {"errors": [{"message": f"{code}.", "extensions": {"code": code}}]} if code else {}
    return lambda route: route.fulfill(json={"data": data, **errors})

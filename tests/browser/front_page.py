"""The front page at `/`, driven through a browser; and another buyer, who uses the API without a browser."""

import itertools
import json
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from cinema.management.demo.accounts import DEMO_PASSWORD
from tests.serving import Server

WHATS_ON = "What\u2019s on"
PASSWORD = "a-seat-in-the-last-row"
SIGN_UP = """mutation ($input: SignupInput!) {
  signup(input: $input) { ... on Session { accessToken refreshToken user { username } } }
}"""
SHOWS = """{ shows(last: 60, filter: { bookable: true }) {
  nodes { id startsAt movie { title } screen { theater { name timeZone } } } } }"""
LOG_IN = "mutation ($input: LoginInput!) { login(input: $input) { ... on Session { accessToken } } }"
CREATE_SCREEN = "mutation ($input: CreateScreenInput!) { createScreen(input: $input) { ... on Screen { id } } }"
CREATE_MOVIE = "mutation ($input: CreateMovieInput!) { createMovie(input: $input) { ... on Movie { id } } }"
CREATE_SHOW = "mutation ($input: CreateShowInput!) { createShow(input: $input) { ... on Show { id } } }"
CANCEL_SHOW = "mutation ($input: CancelShowInput!) { cancelShow(input: $input) { __typename } }"
BOOK = """mutation ($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"""
HOLD = "mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { __typename } }"
CANCEL = "mutation ($input: CancelBookingInput!) { cancelBooking(input: $input) { __typename } }"
BOOKINGS = "{ myBookings { nodes { id status expiresAt tickets { seat status } } } }"
SAVE_SESSION = "(session) => localStorage.setItem('front.session', JSON.stringify(session))"
SAVED_ACCESS_TOKEN = "JSON.parse(localStorage.getItem('front.session')).accessToken"

_show_numbers = itertools.count()


def next_show(server: Server) -> dict[str, Any]:
    """Return a bookable show, some days ahead; a different one for each test, so that no other test books its seats."""
    shows: list[dict[str, Any]] = server.post(SHOWS)["data"]["shows"]["nodes"]
    return shows[next(_show_numbers) % len(shows)]


def new_session(server: Server) -> dict[str, Any]:
    """Sign up a new user and return the session."""
    name = f"visitor-{uuid.uuid4().hex[:12]}"
    account = {"username": name, "email": f"{name}@example.com", "password": PASSWORD}
    session: dict[str, Any] = server.post(SIGN_UP, input=account)["data"]["signup"]
    return session


class Staff:
    """A member of staff, who changes the catalog and the schedule with the API."""

    def __init__(self, server: Server) -> None:
        self._server = server
        account = {"username": "staff", "password": DEMO_PASSWORD}
        self._token = server.post(LOG_IN, input=account)["data"]["login"]["accessToken"]

    def create_screen(self, *rows: str) -> str:
        """Add a screen to the first theater and return its ID."""
        (theater,) = self._server.post("{ theaters(first: 1) { nodes { id } } }")["data"]["theaters"]["nodes"]
        return self._create(CREATE_SCREEN, theaterId=theater["id"], name=f"Screen {uuid.uuid4().hex[:8]}", rows=rows)

    def create_movie(self, title: str, **values: str) -> str:
        return self._create(CREATE_MOVIE, title=title, durationMinutes=90, **values)

    def create_show(self, screen: str, movie: str, starts_at: datetime, **values: str) -> str:
        """Add a show with seats for 10.00, companion seats for 5.00 and premium seats for 15.00. Return its ID."""
        amounts = {"STANDARD": "10.00", "PREMIUM": "15.00", "WHEELCHAIR": "10.00", "COMPANION": "5.00"}
        prices = [{"category": category, "amount": amount} for category, amount in amounts.items()]
        start = starts_at.isoformat()
        return self._create(CREATE_SHOW, screenId=screen, movieId=movie, startsAt=start, prices=prices, **values)

    def cancel_show(self, show: str) -> None:
        response = self._server.post(CANCEL_SHOW, self._token, input={"showId": show})
        assert response["data"] == {"cancelShow": {"__typename": "Show"}}, response

    def _create(self, mutation: str, **values: Any) -> str:
        response = self._server.post(mutation, self._token, input=values)
        (created,) = response["data"].values()
        assert "id" in created, response
        return str(created["id"])


class Buyer:
    """A user of the API without a browser."""

    def __init__(self, server: Server, session: dict[str, Any] | None = None) -> None:
        self.server = server
        self.token = (new_session(server) if session is None else session)["accessToken"]

    def book(self, show: dict[str, Any], seat: str) -> None:
        response = self.server.post(BOOK, self.token, input={"showId": show["id"], "seat": seat})
        assert response["data"]["bookSeat"]["__typename"] == "Booking", response

    def hold(self, show: str, *seats: str) -> None:
        response = self.server.post(HOLD, self.token, input={"showId": show, "selection": {"seats": seats}})
        assert response["data"]["holdSeats"]["__typename"] == "Booking", response

    def cancel_all(self) -> None:
        """Cancel all bookings."""
        for booking in self.bookings():
            self._cancel(booking)

    def cancel_latest(self) -> None:
        """Cancel the booking that was made last."""
        self._cancel(self.bookings()[0])

    def _cancel(self, booking: dict[str, Any]) -> None:
        response = self.server.post(CANCEL, self.token, input={"bookingId": booking["id"]})
        assert response["data"]["cancelBooking"]["__typename"] == "Booking", response

    def bookings(self) -> list[dict[str, Any]]:
        nodes: list[dict[str, Any]] = self.server.post(BOOKINGS, self.token)["data"]["myBookings"]["nodes"]
        return nodes


class FrontPage:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.get_by_role("region", name="Your seats")
        self.notice = self.panel.locator(".notice")
        self.connection = page.locator(".connection")
        self.countdown = page.get_by_role("timer")

    def log_in(self, server: Server) -> Buyer:
        """Log in as a new user. The returned buyer is the same user, for asserting on their bookings."""
        session = new_session(server)
        self.page.goto("/")
        self.page.evaluate(SAVE_SESSION, session)
        self.page.reload()
        expect(self.button("Log out")).to_be_visible()
        return Buyer(server, session)

    def sign_up(self, name: str) -> None:
        """Fill in and submit the signup dialog, which is open."""
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_label("Username").fill(name)
        dialog.get_by_label("Email address").fill(f"{name}@example.com")
        dialog.get_by_label("Password").fill(PASSWORD)
        dialog.get_by_role("button", name="Sign up").click()
        expect(dialog).to_have_count(0)

    def open(self, show: dict[str, Any]) -> None:
        """Open the page of a show and wait until its seats are live."""
        self.page.goto(f"/?show={show['id']}")
        expect(self.connection).to_have_text("Live")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def seat(self, label: str) -> Locator:
        return self.page.locator(f'[data-seat="{label}"]')

    def available_seats(self) -> list[str]:
        """Return the labels of available standard seats, from the middle row to the last."""
        seats = self.page.locator('[data-seat][data-state="available"][data-category="STANDARD"]')
        labels: list[str] = seats.evaluate_all("(all) => all.map((button) => button.dataset.seat)")
        return labels[len(labels) // 2 :]

    def select(self, *labels: str) -> None:
        for label in labels:
            self.seat(label).click()
            expect(self.seat(label)).to_have_attribute("data-state", "selected")

    def hold(self, *labels: str) -> None:
        self.select(*labels)
        self.button(f"Hold {len(labels)} {'seat' if len(labels) == 1 else 'seats'}").click()
        expect(self.countdown).to_be_visible()

    def confirm(self) -> None:
        self.page.get_by_role("button", name="Confirm for").click()
        expect(self.page.get_by_role("heading", name="Booking confirmed")).to_be_visible()

    def access_token(self) -> str:
        """Return the access token that the page has saved."""
        return str(self.page.evaluate(SAVED_ACCESS_TOKEN))

    def run_pending_tasks(self) -> bool:
        """Return True after the page has run its pending tasks and its requests have reached the test."""
        return bool(self.page.evaluate("new Promise((done) => setTimeout(() => done(true)))"))

    def states(self, *labels: str) -> list[str | None]:
        return [self.seat(label).get_attribute("data-state") for label in labels]

    def intercept(self, operation: str, *handlers: Callable[[Route], None]) -> list[dict[str, Any]]:
        """
        Handle the next requests of an operation with `handlers`, one each. Later requests go to the server. The
        returned list receives the input of every request.
        """
        inputs: list[dict[str, Any]] = []
        remaining = list(handlers)

        def handle(route: Route) -> None:
            body = json.loads(route.request.post_data or "{}")
            if f" {operation}(" not in body["query"] and f" {operation} " not in body["query"]:
                route.fallback()
                return
            inputs.append(body["variables"].get("input", body["variables"]))
            if remaining:
                remaining.pop(0)(route)
            else:
                route.fallback()

        self.page.route("**/graphql", handle)
        return inputs


def lose_the_response(route: Route) -> None:
    """Let the server handle the request, then fail it in the browser."""
    route.fetch()
    route.abort()


def respond(data: Any = None, code: str | None = None) -> Callable[[Route], None]:
    """Return a handler that responds with `data` or with an error of `code`."""
    errors = {"errors": [{"message": f"{code}.", "extensions": {"code": code}}]} if code else {}
    return lambda route: route.fulfill(json={"data": data, **errors})

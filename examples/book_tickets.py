"""Book tickets in a terminal: what's on, the best seats, hold, confirm and cancel.

It needs Python 3.11 or newer, no packages, and a server, such as the one that `make run` starts:

    python3 examples/book_tickets.py --username alice --password popcorn-and-a-movie
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

LOGIN = """
mutation LogIn($input: LoginInput!) {
  login(input: $input) {
    ... on Session { accessToken refreshToken }
    ... on Problem { message }
  }
}
"""
REFRESH = """
mutation Refresh($input: RefreshTokenInput!) {
  refreshToken(input: $input) {
    ... on Session { accessToken refreshToken }
    ... on Problem { message }
  }
}
"""
WHAT_IS_ON = """
query WhatIsOn {
  cinema { seatsPerPerson }
  shows(first: 8, filter: { bookable: true }) {
    nodes {
      id
      startsAt
      movie { title }
      screen { name theater { name city timeZone } }
      seatsAvailable
      priceFrom { amount currency }
    }
  }
}
"""
HOLD = """
mutation Hold($input: HoldSeatsInput!) {
  holdSeats(input: $input) {
    __typename
    ... on Booking {
      id
      secondsLeft
      tickets { seat category price { amount currency } }
      total { amount currency }
    }
    ... on Busy { retryAfterMs }
    ... on Problem { message }
  }
}
"""
CONFIRM = """
mutation Confirm($input: ConfirmBookingInput!) {
  confirmBooking(input: $input) {
    __typename
    ... on Booking { id reference cancellableUntil }
    ... on Busy { retryAfterMs }
    ... on Problem { message }
  }
}
"""
CANCEL = """
mutation Cancel($input: CancelBookingInput!) {
  cancelBooking(input: $input) {
    __typename
    ... on Booking { id status }
    ... on Busy { retryAfterMs }
    ... on Problem { message }
  }
}
"""
ATTEMPTS = 5


class ApiError(Exception):
    """The API refused a request. The message can be shown to the user."""


class Api:
    """Sends documents to the server. After `log_in`, it refreshes the access token when it has expired."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.tokens: dict[str, str] = {}

    def log_in(self, username: str, password: str) -> None:
        self._set_tokens(self.send(LOGIN, {"username": username, "password": password}))

    def book(self, document: str, values: dict[str, Any]) -> dict[str, Any]:
        """Send a booking mutation. Its key makes it safe to repeat it if the server is busy or a response is lost."""
        values = {**values, "idempotencyKey": str(uuid.uuid4())}
        for _ in range(ATTEMPTS):
            result: dict[str, Any] = self.send(document, values)
            if result["__typename"] != "Busy":
                break
            time.sleep(result["retryAfterMs"] / 1000)
        if result["__typename"] != "Booking":
            raise ApiError(result["message"])
        return result

    def send(self, document: str, values: dict[str, Any] | None = None) -> Any:
        """The data of a query, or the result of a mutation with this input."""
        body = self._post(document, values)
        if "TOKEN_EXPIRED" in _codes(body):
            self._set_tokens(self.send(REFRESH, {"refreshToken": self.tokens["refreshToken"]}))
            body = self._post(document, values)
        if "errors" in body:
            raise ApiError(body["errors"][0]["message"])
        (*_, result) = body["data"].values()
        return body["data"] if values is None else result

    def _set_tokens(self, session: dict[str, str]) -> None:
        if "accessToken" not in session:
            raise ApiError(session["message"])
        self.tokens = session

    def _post(self, document: str, values: dict[str, Any] | None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if self.tokens and document != REFRESH:
            headers["Authorization"] = f"Bearer {self.tokens['accessToken']}"
        content = json.dumps({"query": document, "variables": {"input": values} if values else {}}).encode()
        for attempt in range(1, ATTEMPTS + 1):
            request = urllib.request.Request(self.url, content, headers)
            try:
                with urllib.request.urlopen(request, timeout=30) as response:
                    body: dict[str, Any] = json.load(response)
            except urllib.error.HTTPError as error:
                body = json.load(error)
                if error.code == HTTPStatus.SERVICE_UNAVAILABLE and attempt < ATTEMPTS:
                    time.sleep(int(error.headers["Retry-After"]))
                    continue
            break
        return body


def _codes(body: dict[str, Any]) -> set[str]:
    return {error["extensions"]["code"] for error in body.get("errors", [])}


def money(price: dict[str, str]) -> str:
    return f"{price['amount']} {price['currency']}"


def line(show: dict[str, Any]) -> str:
    """A show with its time in the theater's time zone."""
    theater = show["screen"]["theater"]
    starts_at = datetime.fromisoformat(show["startsAt"]).astimezone(ZoneInfo(theater["timeZone"]))
    place = f"{theater['name']}, {theater['city']}, {show['screen']['name']}"
    left = f"{show['seatsAvailable']} seats left, from {money(show['priceFrom'])}"
    return f"{starts_at:%a %d %b %H:%M}  {show['movie']['title']}  ({place}; {left})"


def ask_number(question: str, most: int, default: int) -> int:
    while True:
        answer = input(f"{question} [{default}] ").strip() or str(default)
        if answer.isdecimal() and 1 <= int(answer) <= most:
            return int(answer)
        print(f"Enter a number from 1 to {most}.")


def confirmed(question: str) -> bool:
    return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}


def book_tickets(api: Api) -> None:
    on = api.send(WHAT_IS_ON)
    shows = on["shows"]["nodes"]
    for number, show in enumerate(shows, start=1):
        print(f"{number}. {line(show)}")
    show = shows[ask_number("Which show?", most=len(shows), default=1) - 1]
    count = ask_number("How many seats?", most=on["cinema"]["seatsPerPerson"], default=2)

    hold = api.book(HOLD, {"showId": show["id"], "selection": {"bestAvailable": {"count": count}}})
    for ticket in hold["tickets"]:
        print(f"{ticket['seat']}  {ticket['category'].lower()}  {money(ticket['price'])}")
    minutes = round(hold["secondsLeft"] / 60)
    if not confirmed(f"Held for {minutes} minutes. Pay {money(hold['total'])}?"):
        api.book(CANCEL, {"bookingId": hold["id"]})
        print("The seats are available again.")
        return

    booking = api.book(CONFIRM, {"bookingId": hold["id"]})
    print(f"Booked. Your reference is {booking['reference']}.")
    if booking["cancellableUntil"] and confirmed("Cancel the booking?"):
        print(api.book(CANCEL, {"bookingId": booking["id"]})["status"].capitalize() + ".")


def main() -> None:
    parser = argparse.ArgumentParser(description="Book tickets in a terminal.")
    parser.add_argument("--url", default="http://127.0.0.1:8000/graphql")
    parser.add_argument("--username", required=True)
    parser.add_argument("--password", required=True)
    options = parser.parse_args()
    api = Api(options.url)
    try:
        api.log_in(options.username, options.password)
        book_tickets(api)
    except (ApiError, OSError) as error:
        sys.exit(str(error))
    except (EOFError, KeyboardInterrupt):
        sys.exit("\nStopped. Seats that are held become available when the hold expires.")


if __name__ == "__main__":
    main()

"""Calls that hold seats, and queries of the resulting state."""

from typing import Any

from cinema.models import Show
from tests.conftest import Api, ApiResponse, global_id

HOLD_SEATS = """
mutation ($input: HoldSeatsInput!) {
  holdSeats(input: $input) {
    __typename
    ... on Booking {
      id reference status createdAt expiresAt confirmedAt cancelledAt
      total { amount currency }
      tickets { id seat category status price { amount currency } }
      show { id seatsAvailable }
    }
    ... on Problem { message }
    ... on SeatsTaken { seats alternatives }
    ... on UnknownSeats { seats }
    ... on NotEnoughSeats { requested available }
    ... on AccessibleSeatsOnly { seats }
    ... on ShowNotOnSale { showStatus }
    ... on SeatLimitReached { limit alreadyTaken }
    ... on TooManyAttempts { retryAfterSeconds }
    ... on Busy { retryAfterMs }
  }
}
"""
BOOKING = """
query ($reference: String!) {
  booking(reference: $reference) { status expiresAt total { amount } tickets { seat status } }
}
"""
SEATS = "query ($id: ID!) { show(id: $id) { seatMap { rows { seats { label status mine } } } } }"


def send(api: Api, show: Show, selection: Any, **options: Any) -> ApiResponse:
    return api(HOLD_SEATS, input={"showId": global_id(show), "selection": selection, **options})


def hold(api: Api, show: Show, *seats: str) -> Any:
    return send(api, show, {"seats": seats}).data["holdSeats"]


def hold_best(api: Api, show: Show, count: int, *, needs_accessible: bool = False, **options: Any) -> Any:
    best = {"bestAvailable": {"count": count, **options}}
    return send(api, show, best, needsAccessible=needs_accessible).data["holdSeats"]


def seats_of(booking: Any) -> list[str]:
    return [ticket["seat"] for ticket in booking["tickets"]]


def seat_statuses(api: Api, show: Show) -> dict[str, str]:
    """Statuses by label. An asterisk marks the viewer's own seats."""
    rows = api(SEATS, id=global_id(show)).data["show"]["seatMap"]["rows"]
    return {seat["label"]: seat["status"] + "*" * seat["mine"] for row in rows for seat in row["seats"]}

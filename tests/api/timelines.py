"""Queries of timelines, and the events that tests expect in them."""

from datetime import datetime
from typing import Any

from cinema.models import Booking, Show, User
from tests.conftest import Api, ApiResponse, global_id

SEAT_TIMELINE = """
query ($showId: ID!, $seat: String!) {
  seatTimeline(showId: $showId, seat: $seat) { kind at until seat by { username } booking { reference } }
}
"""
BOOKING_TIMELINE = """
query ($reference: String!) {
  booking(reference: $reference) { timeline { kind at until seat by { username } booking { reference } } }
}
"""


def query_seat_timeline(api: Api, show: Show, seat: str) -> ApiResponse:
    return api(SEAT_TIMELINE, showId=global_id(show), seat=seat)


def seat_timeline(api: Api, show: Show, seat: str = "A1") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = query_seat_timeline(api, show, seat).data["seatTimeline"]
    return found


def booking_timeline(api: Api, booking: Booking) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api(BOOKING_TIMELINE, reference=booking.reference).data["booking"]["timeline"]
    return found


def event(
    kind: str,
    at: datetime | None,
    *,
    by: User | None = None,
    booking: Booking | None = None,
    seat: str = "A1",
    until: datetime | None = None,
) -> dict[str, Any]:
    return {
        "kind": kind,
        "at": at.isoformat() if at else None,
        "until": until.isoformat() if until else None,
        "seat": seat,
        "by": {"username": by.username} if by else None,
        "booking": {"reference": booking.reference} if booking else None,
    }


def kinds_and_actors(events: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(each["kind"], each["by"] and each["by"]["username"]) for each in events]

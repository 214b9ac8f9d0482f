"""The history of seats as the API returns it, and as tests expect it."""

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


def asked(api: Api, show: Show, seat: str) -> ApiResponse:
    return api(SEAT_TIMELINE, showId=global_id(show), seat=seat)


def of_seat(api: Api, show: Show, seat: str = "A1") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asked(api, show, seat).data["seatTimeline"]
    return found


def of_booking(api: Api, booking: Booking) -> list[dict[str, Any]]:
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


def who_did_what(events: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(each["kind"], each["by"] and each["by"]["username"]) for each in events]

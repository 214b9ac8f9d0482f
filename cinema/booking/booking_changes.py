"""The current state of the bookings of users, for comparison with an earlier one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from cinema.booking.models import BookingStatus
from cinema.booking.seat_maps import safe_since
from cinema.core import sql

# The values that change with a booking or its show, and when one of its tickets was last written. A ticket that was
# released before it expired was cancelled.
_STATES = """
SELECT booking.user_id, booking.id, {now}, MAX(ticket.changed_at), booking.status, booking.total, booking.expires_at,
    booking.confirmed_at, booking.cancelled_at, show.changed_at,
    SUM(CASE WHEN ticket.released_at IS NOT NULL
        AND (ticket.expires_at IS NULL OR ticket.released_at < ticket.expires_at) THEN 1 ELSE 0 END)
FROM cinema_booking AS booking
JOIN cinema_show AS show ON show.id = booking.show_id
JOIN cinema_ticket AS ticket ON ticket.booking_id = booking.id
WHERE booking.user_id {in_users} AND (show.ends_at > {now} OR booking.status = 'HELD')
GROUP BY booking.id, show.id
"""
_FIELDS = (None, None, sql.TIME, sql.TIME, None, sql.AMOUNT, sql.TIME, sql.TIME, sql.TIME, sql.TIME, None)


class BookingVersion(NamedTuple):
    """The state of a booking. It is equal to an earlier one if the booking and its show have not changed."""

    status: str
    total: object
    expires_at: datetime | None
    confirmed_at: datetime | None
    cancelled_at: datetime | None
    show_changed_at: datetime | None
    cancelled_tickets: int


@dataclass
class BookingsRead:
    """The bookings of a user by key, those that have changed lately, and the seconds until the next hold expires."""

    versions: dict[int, BookingVersion]
    recent: set[int]
    seconds_to_expiry: float | None = None

    def add(self, booking_id: int, version: BookingVersion, *, now: datetime, written_at: datetime) -> None:
        changed_at = written_at
        if version.status == BookingStatus.HELD and version.expires_at is not None:
            seconds = (version.expires_at - now).total_seconds()
            if seconds > 0:
                self.seconds_to_expiry = min(seconds, self.seconds_to_expiry or seconds)
            else:
                # Whether or not it has been released.
                changed_at = version.expires_at
                version = version._replace(status=BookingStatus.EXPIRED)
        self.versions[booking_id] = version
        if max(changed_at, version.show_changed_at or changed_at) >= safe_since(now):
            self.recent.add(booking_id)


def read(user_ids: Collection[int]) -> Mapping[int, BookingsRead]:
    """The bookings of each user, as of the database's clock. Takes one query.

    Bookings for shows that have ended are left out, because they no longer change. `recent` has the bookings that may
    have become visible to others a moment ago.
    """
    found = {user_id: BookingsRead({}, set()) for user_id in user_ids}
    for user_id, booking_id, now, written_at, *version in sql.fetch(_STATES, {"users": list(user_ids)}, _FIELDS):
        found[user_id].add(booking_id, BookingVersion(*version), now=now, written_at=written_at)
    return found

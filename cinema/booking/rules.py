from dataclasses import dataclass
from datetime import timedelta

from cinema.core.rules import Given


@dataclass(frozen=True, kw_only=True)
class BookingRules:
    """Limits and deadlines of holds, bookings and cancellations by customers."""

    seats_per_user_and_show: int
    open_holds_per_user: int
    # For users without a verified email address: open holds, and the seats in them, of all shows. None: no such limit.
    open_holds_per_unverified_user: int | None
    held_seats_per_unverified_user: int | None
    # Seats in the open holds from one network address, of all users and shows.
    held_seats_per_address: int
    # A user who has released a seat of a show this many times in the period, or let its hold expire, cannot hold it
    # again until the period ends. At least 1.
    hold_releases_per_seat: int
    hold_release_period: timedelta
    hold_lifetime: timedelta
    # The maximum lifetime of an extended hold, from its creation.
    hold_lifetime_at_most: timedelta
    booking_closes_before_start: timedelta
    cancelling_closes_before_start: timedelta
    # Whether users with a verified email address get emails about their bookings.
    sends_emails: bool


rules = Given[BookingRules]()

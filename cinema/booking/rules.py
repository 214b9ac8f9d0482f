from dataclasses import dataclass
from datetime import timedelta

from cinema.core.rules import Given


@dataclass(frozen=True, kw_only=True)
class BookingRules:
    """Limits and deadlines of holds, bookings and cancellations by customers."""

    seats_per_user_and_show: int
    open_holds_per_user: int
    hold_lifetime: timedelta
    # The maximum lifetime of an extended hold, from its creation.
    hold_lifetime_at_most: timedelta
    booking_closes_before_start: timedelta
    cancelling_closes_before_start: timedelta


rules = Given[BookingRules]()

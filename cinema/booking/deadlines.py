"""Until when a show can be booked, and its bookings can be cancelled."""

from datetime import datetime

from cinema.booking.models import Booking, BookingStatus
from cinema.booking.rules import rules


def bookable_until(starts_at: datetime) -> datetime:
    """When booking closes for a show that starts then. A cancelled show cannot be booked at all."""
    return starts_at - rules().booking_closes_before_start


def cancellable_until(starts_at: datetime) -> datetime:
    """The last moment at which confirmed bookings of a show that starts then can be cancelled."""
    return starts_at - rules().cancelling_closes_before_start


def booking_cancellable_until(booking: Booking, now: datetime) -> datetime | None:
    """The last moment at which the booking can be cancelled, or None if it cannot be cancelled at `now`.

    A hold can be released until it expires.
    """
    match booking.status_at(now):
        case BookingStatus.HELD:
            return booking.expires_at
        case BookingStatus.CONFIRMED:
            deadline = cancellable_until(booking.show.starts_at)
            return deadline if now <= deadline else None
        case _:
            return None

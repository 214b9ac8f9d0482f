"""Until when a show can be booked, and its bookings can be cancelled."""

from datetime import datetime

from cinema.booking.models import Booking, BookingStatus
from cinema.booking.rules import rules
from cinema.catalog.models import Show


def bookable_until(show: Show) -> datetime:
    """When booking closes. A cancelled show cannot be booked at all."""
    return show.starts_at - rules().booking_closes_before_start


def cancellable_until(show: Show) -> datetime:
    """The last moment at which confirmed bookings can be cancelled."""
    return show.starts_at - rules().cancelling_closes_before_start


def booking_cancellable_until(booking: Booking, now: datetime) -> datetime | None:
    """The last moment at which the booking can be cancelled, or None if it cannot be cancelled at `now`.

    A hold can be released until it expires.
    """
    match booking.status_at(now):
        case BookingStatus.HELD:
            return booking.expires_at
        case BookingStatus.CONFIRMED:
            deadline = cancellable_until(booking.show)
            return deadline if now <= deadline else None
        case _:
            return None

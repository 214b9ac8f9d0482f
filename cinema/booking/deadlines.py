"""Until when a show can be booked, and its bookings can be cancelled.

A theater can have its own deadlines. A negative rule is a deadline after the start of a show, but never after its end.
"""

from datetime import datetime, timedelta

from cinema.booking.models import Booking, BookingStatus
from cinema.booking.rules import rules
from cinema.catalog.models import Show, Theater


def booking_closes_before_start(minutes: int | None) -> timedelta:
    """How long before a show booking closes, by the theater's rule: its minutes, or None for the default."""
    return rules().booking_closes_before_start if minutes is None else timedelta(minutes=minutes)


def cancelling_closes_before_start(minutes: int | None) -> timedelta:
    """How long before a show cancelling closes, likewise."""
    return rules().cancelling_closes_before_start if minutes is None else timedelta(minutes=minutes)


def booking_closes_at(starts_at: datetime, ends_at: datetime, minutes: int | None) -> datetime:
    """When booking closes for a show with these times, by the theater's rule."""
    return min(starts_at - booking_closes_before_start(minutes), ends_at)


def bookable_until(show: Show, theater: Theater) -> datetime:
    """When booking closes for a show in this theater. A cancelled show cannot be booked at all."""
    return booking_closes_at(show.starts_at, show.ends_at, theater.booking_closes_minutes_before_start)


def cancellable_until(show: Show, theater: Theater) -> datetime:
    """The last moment at which a booking can be cancelled that is made now and confirmed."""
    closes_before_start = cancelling_closes_before_start(theater.cancelling_closes_minutes_before_start)
    return min(show.starts_at - closes_before_start, show.ends_at)


def confirmed_cancellable_until(booking: Booking, theater: Theater) -> datetime:
    """The last moment at which the booking can be cancelled once it is confirmed.

    If staff have moved the show by more than a few minutes since it was made, it is at least the start of the show.
    """
    show = booking.show
    deadline = cancellable_until(show, theater)
    is_moved = show.moved_at is not None and booking.created_at <= show.moved_at
    return max(deadline, show.starts_at) if is_moved else deadline


def booking_cancellable_until(booking: Booking, now: datetime) -> datetime | None:
    """The last moment at which the booking can be cancelled, or None if it cannot be cancelled at `now`.

    A hold can be released until it expires. The show and the theater must be loaded.
    """
    match booking.status_at(now):
        case BookingStatus.HELD:
            return booking.expires_at
        case BookingStatus.CONFIRMED:
            deadline = confirmed_cancellable_until(booking, booking.show.screen.theater)
            return deadline if now <= deadline else None
        case _:
            return None
